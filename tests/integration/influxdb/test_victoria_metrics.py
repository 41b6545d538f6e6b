"""What reaches VictoriaMetrics through influxdb-client, asked for through VictoriaMetrics' own API."""

from collections.abc import Callable

import httpx
import msgspec
import numpy as np
import pytest

from bench.servers import Server
from bench.waiting import wait_for
from city.ports import Aggregate, Written
from city.reading import Quality
from ingest.stores.influxdb import InfluxStore
from ingest.stores.influxdb_server import InfluxDBError
from tests.support.batches import batch_of, rows_of
from tests.support.small_catalog import catalog_of

T = 1_719_104_400_000  # 2024-06-23T01:00:00Z


class Exported(msgspec.Struct):
    metric: dict[str, str]
    values: list[float]
    timestamps: list[int]


def exported(victoria: Server, match: str) -> list[Exported]:
    answer = httpx.get(f"{victoria.url}/api/v1/export", params={"match[]": match}, timeout=60)
    answer.raise_for_status()
    return [msgspec.json.decode(line, type=Exported) for line in answer.content.splitlines()]


@pytest.fixture
def store(victoria: Server, opened: Callable[..., InfluxStore]) -> InfluxStore:
    store = opened(url=victoria.url, version="victoriametrics")
    store.bind(catalog_of("a:level", "b:level"))
    return store


def test_readings_are_there_with_their_tags(victoria: Server, store: InfluxStore) -> None:
    assert store.write(batch_of([(0, T, 1.5), (0, T + 1, 2.5, Quality.LATE), (1, T, 3.5)])) == Written(3, 0)
    found = wait_for(lambda: exported(victoria, '{__name__=~"water_level_.*",device="a"}'), "the readings")
    by_name = {each.metric["__name__"]: each for each in found}
    assert by_name["water_level_value"].values == [1.5, 2.5]
    assert by_name["water_level_quality"].values == [0, int(Quality.LATE)]
    assert by_name["water_level_value"].timestamps == [T, T + 1]
    tags = {name: by_name["water_level_value"].metric[name] for name in ("zone", "area", "site", "device", "sensor")}
    assert tags == {"zone": "z", "area": "a", "site": "s", "device": "a", "sensor": "level"}


def test_the_newest_are_known_and_the_past_is_asked_for_elsewhere(store: InfluxStore) -> None:
    store.write(batch_of([(0, T + 1, 1.0), (1, T, 2.0)]))
    assert rows_of(store.latest()) == [(0, T + 1, 1.0, 0), (1, T, 2.0, 0)]
    with pytest.raises(InfluxDBError, match="VictoriaMetrics"):
        store.readings(np.array([0]), 0, 2 * T)
    with pytest.raises(InfluxDBError, match="VictoriaMetrics"):
        store.buckets(0, 0, 2 * T, 60_000, Aggregate.MEAN)
    store.maintain(T)
