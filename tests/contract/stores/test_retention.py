"""What stores that keep their own history do with it. InfluxDB sees to that
itself: tests/integration/influxdb."""

import numpy as np
import pytest

from city.ports import Aggregate, Store
from city.reading import Quality
from ingest.stores import STORES, Kind
from ingest.stores.hours import DAY_MS, HOUR_MS, RAW_DAYS
from tests.support.batches import batch_of, rows_of
from tests.support.small_catalog import catalog_of

T = 1_719_104_400_000  # 2024-06-23T01:00:00Z
AB = catalog_of("a:level", "b:level")
A, B = 0, 1
LATER = T + RAW_DAYS * DAY_MS + HOUR_MS  # the readings of T's hour are just past their time, those of the next are not


@pytest.fixture(params=sorted(name for name, kind in STORES.items() if kind.embedded))
def kind(request: pytest.FixtureRequest) -> Kind:
    return STORES[request.param]


def figures(store: Store, every: int = HOUR_MS) -> dict[Aggregate, list[float]]:
    return {how: store.buckets(A, T, T + every, every, how).value.tolist() for how in Aggregate}


def test_raw_readings_go_after_400_days_and_hourly_figures_stay(store: Store) -> None:
    store.bind(AB)
    store.write(batch_of([(A, T, 1.0), (A, T + 1, 4.0), (A, T + 2, 77.0, Quality.BAD)]))
    store.write(batch_of([(A, T + HOUR_MS, 9.0), (B, LATER, 5.0)]))
    before = figures(store)
    assert before[Aggregate.SUM] == [5.0]
    store.maintain(LATER)
    assert figures(store) == before
    assert rows_of(store.readings(np.array([A]), 0, LATER)) == [(A, T + HOUR_MS, 9.0, 0)]
    assert store.buckets(A, T, T + 60_000, 60_000, Aggregate.MEAN).value.tolist() == []


def test_what_comes_after_its_raw_readings_went_is_added_to_their_hour(store: Store) -> None:
    store.bind(AB)
    store.write(batch_of([(A, T, 1.0), (B, LATER, 5.0)]))
    store.maintain(LATER)
    store.write(batch_of([(A, T + 1, 3.0), (B, T + 1, 8.0), (A, T - HOUR_MS, 2.0)]))
    for _ in range(3):
        assert figures(store)[Aggregate.SUM] == [4.0]
        assert figures(store)[Aggregate.COUNT] == [2.0]
        assert figures(store)[Aggregate.MAX] == [3.0]
        assert store.buckets(B, T, T + HOUR_MS, HOUR_MS, Aggregate.MIN).value.tolist() == [8.0]
        assert store.buckets(A, T - DAY_MS, T, DAY_MS, Aggregate.SUM).value.tolist() == [2.0]
        store.maintain(LATER + 1)
    assert len(store.readings(np.array([A]), 0, LATER)) == 0


def test_latest_is_of_readings_that_are_still_there(store: Store) -> None:
    store.bind(AB)
    store.write(batch_of([(A, T, 1.0), (B, LATER, 5.0)]))
    store.maintain(LATER)
    assert rows_of(store.latest()) == [(B, LATER, 5.0, 0)]


def test_a_clock_that_jumps_ahead_erases_nothing(store: Store) -> None:
    store.bind(AB)
    store.write(batch_of([(A, T, 1.0), (A, T + DAY_MS, 2.0)]))
    store.maintain(T + 100 * 365 * DAY_MS)
    assert len(store.readings(np.array([A]), 0, LATER)) == 2
