"""The real readings of 2024: every row is accounted for, and the store holds what a plain script takes from the CSV."""

import csv
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from city.ports import Aggregate, Written
from city.quarantine import Reason
from city.reading import ReadingBatch, SeriesKey
from ingest.sources.fukui_river import FukuiRiver
from ingest.stores.duckdb import DuckStore
from ingest.stores.hours import DAY_MS, HOUR_MS

JST = timezone(timedelta(hours=9))
BATCH = 10_000


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def plain(folder: Path, start: date, end: date) -> tuple[Mapping[str, Mapping[datetime, float]], Counter[str]]:
    """For each gauge its readings by time, the first of equal times; and how many rows met which fate."""
    gauges = {row["id"] for row in rows_of(folder / "sensors.csv")}
    levels: dict[str, dict[datetime, float]] = {gauge: {} for gauge in gauges}
    fates: Counter[str] = Counter()
    for file in sorted((folder / "data").glob("*.csv")):
        if not start <= date.fromisoformat(file.stem) < end:
            continue
        for row in rows_of(file):
            day, clock = row["日時"].split("T")
            hours, minutes = map(int, clock.split(":"))
            time = datetime.fromisoformat(day).replace(tzinfo=JST) + timedelta(hours=hours, minutes=minutes)
            fates["read"] += 1
            if row["id"] not in gauges:
                fates[Reason.UNKNOWN_SENSOR] += 1
            elif row["河川水位"] in {"", "*"}:
                fates[Reason.NO_VALUE] += 1
            elif time.date() > date.fromisoformat(file.stem) + timedelta(days=1):
                fates[Reason.IMPOSSIBLE_TIME] += 1
            elif not start <= time.date() < end:
                fates["outside"] += 1
            elif time in levels[row["id"]]:
                fates["duplicate"] += 1
            else:
                levels[row["id"]][time] = float(row["河川水位"])
    return levels, fates


def stored(store: DuckStore, batch: ReadingBatch) -> Written:
    """What became of the batch, written piece by piece."""
    pieces = [store.write(batch.take(np.arange(i, min(i + BATCH, len(batch))))) for i in range(0, len(batch), BATCH)]
    return Written(sum(piece.stored for piece in pieces), sum(piece.duplicate for piece in pieces))


def test_june_2024_is_stored_as_a_plain_script_reads_it(fukui_river: Path, tmp_path: Path) -> None:
    start, end = date(2024, 6, 1), date(2024, 7, 1)
    levels, fates = plain(fukui_river, start, end)
    river = FukuiRiver(fukui_river)
    got = river.readings(start, end)
    store = DuckStore(tmp_path / "readings.duckdb")
    store.bind(river.catalog())
    written = stored(store, got.batch)

    assert written.duplicate == fates["duplicate"]
    assert got.read == fates["read"] == written.stored + written.duplicate + got.outside + sum(got.quarantined.values())
    assert got.outside == fates["outside"]
    assert got.quarantined == {reason: fates[reason] for reason in Reason if fates[reason]}

    for key, series in river.catalog().index.items():
        rows = store.readings(np.array([series]), 0, 2**53)
        expected = sorted((round(time.timestamp() * 1000), level) for time, level in levels[key.device].items())
        assert list(zip(rows.time.tolist(), rows.value.tolist(), strict=True)) == expected
    store.close()


def test_the_flood_stands_in_the_hourly_figures(fukui_river: Path, tmp_path: Path) -> None:
    river = FukuiRiver(fukui_river)
    store = DuckStore(tmp_path / "readings.duckdb")
    store.bind(river.catalog())
    stored(store, river.readings(date(2024, 6, 22), date(2024, 6, 26)).batch)
    toba = river.catalog().index[SeriesKey("80", "level")]
    start = round(datetime(2024, 6, 22, tzinfo=JST).timestamp() * 1000)
    asked = (toba, start, start + 4 * DAY_MS, HOUR_MS, Aggregate.MAX)
    before = store.buckets(*asked)
    store.maintain(start + 5 * DAY_MS)
    after = store.buckets(*asked)
    assert after.time.tolist() == before.time.tolist()
    assert after.value.tolist() == before.value.tolist()
    assert before.value.max() > river.catalog().sensors[toba].levels["evacuation"]
    store.close()


def test_a_year_is_accounted_for_and_takes_few_bytes(fukui_river: Path, tmp_path: Path) -> None:
    river = FukuiRiver(fukui_river)
    got = river.readings(date(2024, 1, 1), date(2025, 1, 1))
    assert got.read == len(got.batch) + got.outside + sum(got.quarantined.values())
    assert got.quarantined[Reason.IMPOSSIBLE_TIME] > 0
    file = tmp_path / "readings.duckdb"
    store = DuckStore(file)
    store.bind(river.catalog())
    written = stored(store, got.batch)
    assert written.stored + written.duplicate == len(got.batch)
    assert stored(store, got.batch) == Written(0, len(got.batch))
    store.close()
    assert file.stat().st_size / written.stored <= 6  # bytes a reading, raw
