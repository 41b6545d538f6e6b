"""What InfluxDB 1.x does with readings, seen from its own side."""

import math
import time
from collections.abc import Callable

import httpx
import numpy as np
import pytest

from bench.servers import Server
from city.errors import UnavailableError
from city.ports import Aggregate, Written
from city.reading import Quality
from ingest.stores.hours import DAY_MS, HOUR_MS
from ingest.stores.influxdb import LINES, InfluxStore
from tests.support.batches import batch_of, rows_of
from tests.support.influxdb import ask
from tests.support.small_catalog import catalog_of

T = 1_719_104_400_000  # 2024-06-23T01:00:00Z
FOREVER = (0, 2 * T)
Open = Callable[..., InfluxStore]


@pytest.fixture
def store(influx: Server, database: str, opened: Open) -> InfluxStore:
    return opened(url=influx.url, database=database, raw_days=0)


def test_points_are_laid_out_as_the_format_says(influx: Server, store: InfluxStore, database: str) -> None:
    store.bind(catalog_of("a:level"))
    store.write(batch_of([(0, T, 0.1 + 0.2, Quality.LATE)]))
    (table,) = ask(influx.url, "SELECT * FROM water_level", database)
    row = dict(zip(table.columns, table.values[0], strict=True))
    assert row == {
        "time": T,
        "zone": "z",
        "area": "a",
        "site": "s",
        "device": "a",
        "sensor": "level",
        "value": 0.1 + 0.2,
        "quality": int(Quality.LATE),
    }
    fields = ask(influx.url, "SHOW FIELD KEYS", database)[0].values
    assert sorted(fields) == [["quality", "integer"], ["value", "float"]]


def test_more_than_one_request_is_one_write(store: InfluxStore) -> None:
    store.bind(catalog_of("a:level"))
    many = batch_of([(0, T + n, float(n)) for n in range(2 * LINES + 1)])
    assert store.write(many) == Written(2 * LINES + 1, 0)
    assert rows_of(store.readings(np.array([0]), *FOREVER)) == rows_of(many)


def test_refused_points_are_told_with_its_own_words_and_the_rest_is_stored(influx: Server, store: InfluxStore) -> None:
    devices = catalog_of("a:level", "b:level", "c:level", "d:level", "e:level")  # the server takes three devices
    store.bind(devices)
    store.write(batch_of([(n, T - 1, 0.0) for n in range(3)]))
    written = store.write(batch_of([(n % 5, T + n, float(n)) for n in range(100)]))
    assert written.stored == 60
    assert {refused.row % 5 for refused in written.refused} == {3, 4}
    assert len({refused.row for refused in written.refused}) == 40
    assert all("max-values-per-tag limit exceeded" in refused.message for refused in written.refused)
    found = store.readings(np.arange(5), T, 2 * T)
    assert sorted(found.value.tolist()) == [float(n) for n in range(100) if n % 5 < 3]
    assert store.latest().series.tolist() == [0, 1, 2]


def test_a_line_that_cannot_be_read_spoils_no_other(store: InfluxStore) -> None:
    store.bind(catalog_of("a:level"))
    written = store.write(batch_of([(0, T + n, math.nan if n == 7 else 1.0) for n in range(20)]))
    (refused,) = written.refused
    assert (written.stored, refused.row) == (19, 7)
    assert "unable to parse" in refused.message
    assert "nan" in refused.message


def test_when_all_are_refused_it_is_asked_once(influx: Server, database: str, opened: Open) -> None:
    store = opened(url=influx.url, database=database, raw_days=400)
    store.bind(catalog_of("a:level"))
    store.write(batch_of([(0, int(time.time() * 1000), 1.0)]))
    before = requests(influx)
    written = store.write(batch_of([(0, T + n, 1.0) for n in range(1000)]))
    assert requests(influx) == before + 1
    assert (written.stored, len(written.refused)) == (0, 1000)
    assert "points beyond retention policy" in written.refused[0].message


def requests(influx: Server) -> int:
    (table,) = (table for table in ask(influx.url, "SHOW STATS FOR 'httpd'") if table.name == "httpd")
    return int(table.numbers("writeReq")[0])


def test_retention_is_influxdbs_own_and_can_be_changed(influx: Server, database: str, opened: Open) -> None:
    def policies() -> list[tuple[object, object, object]]:
        (table,) = ask(influx.url, f'SHOW RETENTION POLICIES ON "{database}"')
        columns = (table.column("name"), table.column("duration"), table.column("default"))
        return [row for row in zip(*columns, strict=True) if row[0] != "autogen"]

    for days, duration in ((400, "9600h0m0s"), (0, "0s"), (30, "720h0m0s")):
        store = opened(url=influx.url, database=database, raw_days=days)
        store.bind(catalog_of("a:level"))
        assert len(store.latest()) == 0
        assert policies() == [("readings", duration, True), ("hourly", "0s", False)]


def test_hourly_figures_stay_when_raw_readings_go(influx: Server, database: str, opened: Open) -> None:
    store = opened(url=influx.url, database=database, raw_days=30)
    store.bind(catalog_of("a:level"))
    now = int(time.time() * 1000)
    day = (now - 29 * DAY_MS) // DAY_MS * DAY_MS  # soon to go
    store.write(
        batch_of(
            [
                (0, day + 1, 1.0),
                (0, day + 2, 4.0),
                (0, day + 3, 99.0, Quality.BAD),
                (0, day + HOUR_MS, 7.0),
                (0, now, 2.0),
            ]
        )
    )

    def figures(every_ms: int) -> dict[Aggregate, list[float]]:
        return {how: store.buckets(0, day, day + DAY_MS, every_ms, how).value.tolist() for how in Aggregate}

    before = {every: figures(every) for every in (HOUR_MS, DAY_MS)}
    assert before[HOUR_MS][Aggregate.SUM] == [5.0, 7.0]
    for _ in range(10):  # a day each
        store.maintain(now)
    drop_raw(influx, database, day)
    assert {every: figures(every) for every in (HOUR_MS, DAY_MS)} == before
    assert len(store.readings(np.array([0]), day, day + DAY_MS)) == 0
    assert store.buckets(0, day, day + DAY_MS, 60_000, Aggregate.SUM).value.tolist() == []


def drop_raw(influx: Server, database: str, time_ms: int) -> None:
    """Drops the shard of raw readings that this time lies in, as retention does."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time_ms / 1000))
    for table in ask(influx.url, "SHOW SHARDS"):
        rows = (dict(zip(table.columns, row, strict=True)) for row in table.values)
        for row in rows:
            ours = row["database"] == database and row["retention_policy"] == "readings"
            if ours and str(row["start_time"]) <= at < str(row["end_time"]):
                ask(influx.url, f"DROP SHARD {row['id']}")


def test_a_continuous_query_reckons_the_hours(influx: Server, store: InfluxStore, database: str) -> None:
    store.bind(catalog_of("a:level"))
    store.latest()
    (table,) = (table for table in ask(influx.url, "SHOW CONTINUOUS QUERIES") if table.name == database)
    (row,) = table.values
    assert row[0] == "hourly"
    assert "RESAMPLE EVERY 1h FOR 2d" in str(row[1])


def test_what_it_has_is_found_by_the_next_start(influx: Server, database: str, opened: Open) -> None:
    catalog = catalog_of("a:level", "b:level")
    first = opened(url=influx.url, database=database, raw_days=0)
    first.bind(catalog)
    first.write(batch_of([(0, T, 1.0), (0, T + 5, 2.0, Quality.SUSPECT), (1, T, 3.0)]))
    second = opened(url=influx.url, database=database, raw_days=0)
    second.bind(catalog)
    assert rows_of(second.latest()) == [(0, T + 5, 2.0, Quality.SUSPECT), (1, T, 3.0, 0)]


def test_a_database_that_was_dropped_is_made_anew(influx: Server, store: InfluxStore, database: str) -> None:
    store.bind(catalog_of("a:level"))
    batch = batch_of([(0, T, 1.0)])
    store.write(batch)
    ask(influx.url, f'DROP DATABASE "{database}"')
    with pytest.raises(UnavailableError, match="database not found"):
        store.write(batch)
    assert store.write(batch) == Written(1, 0)


def test_who_may_make_nothing_finds_what_others_made(influx: Server, database: str, opened: Open) -> None:
    store = opened(url=influx.url, database=database, raw_days=0, create=False)
    store.bind(catalog_of("a:level"))
    with pytest.raises(UnavailableError, match="database not found"):
        store.write(batch_of([(0, T, 1.0)]))
    httpx.post(f"{influx.url}/query", data={"q": f'CREATE DATABASE "{database}" WITH NAME "readings"'})
    assert store.write(batch_of([(0, T, 1.0)])) == Written(1, 0)
    assert rows_of(store.readings(np.array([0]), *FOREVER)) == [(0, T, 1.0, 0)]
