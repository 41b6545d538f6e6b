"""What every store does. Times are small steps from a whole hour of 2024.

A store that cannot tell duplicates counts them as stored, and of them the last stands; else it is the first.
"""

import numpy as np
import pytest

from city.ports import Aggregate, Store, Written
from city.reading import Quality, ReadingBatch, SeriesKey
from ingest.stores import Kind
from ingest.stores.hours import DAY_MS, HOUR_MS
from tests.support.batches import batch_of, rows_of
from tests.support.sabae import sabae_catalog
from tests.support.small_catalog import catalog_of

T = 1_719_104_400_000  # 2024-06-23T01:00:00Z
MIN = 60_000
FOREVER = (0, T * 2)
ABC = catalog_of("a:level", "b:level", "c:level")
A, B, C = 0, 1, 2


def all_rows(store: Store, *series: int) -> list[tuple[int, int, float, int]]:
    return rows_of(store.readings(np.array(series, np.int64), *FOREVER))


def test_gives_back_what_was_written_by_series_then_time(store: Store) -> None:
    store.bind(ABC)
    written = store.write(batch_of([(B, T, 2.0), (A, T, 1.0), (A, T + 1, 1.5, Quality.LATE), (C, T - 1, 3.0)]))
    assert written == Written(stored=4, duplicate=0)
    assert all_rows(store, B, A) == [(A, T, 1.0, 0), (A, T + 1, 1.5, Quality.LATE), (B, T, 2.0, 0)]


def test_an_empty_batch_is_nothing(store: Store) -> None:
    store.bind(ABC)
    assert store.write(ReadingBatch.empty()) == Written(0, 0)
    assert len(store.latest()) == 0
    assert all_rows(store, A, B, C) == []


def test_the_span_holds_its_start_and_not_its_end(store: Store) -> None:
    store.bind(ABC)
    store.write(batch_of([(A, T, 1.0), (A, T + 1, 2.0), (A, T + 2, 3.0)]))
    assert rows_of(store.readings(np.array([A]), T, T + 2)) == [(A, T, 1.0, 0), (A, T + 1, 2.0, 0)]


def counted(kind: Kind, stored: int, duplicate: int) -> Written:
    """What a store of this kind says of so many new readings and duplicates."""
    return Written(stored, duplicate) if kind.tells_duplicates else Written(stored + duplicate, 0)


def test_the_same_batch_again_changes_nothing(store: Store, kind: Kind) -> None:
    store.bind(ABC)
    batch = batch_of([(A, T, 1.0), (B, T, 2.0), (A, T + MIN, 3.0)])
    assert store.write(batch) == Written(3, 0)
    before = all_rows(store, A, B, C)
    assert store.write(batch) == counted(kind, 0, 3)
    assert all_rows(store, A, B, C) == before


def test_of_equal_series_and_time_one_stands(store: Store, kind: Kind) -> None:
    store.bind(ABC)
    assert store.write(batch_of([(A, T, 1.0), (B, T, 5.0), (A, T, 2.0)])) == counted(kind, 2, 1)
    stands = 1.0 if kind.tells_duplicates else 2.0
    assert all_rows(store, A) == [(A, T, stands, 0)]
    assert rows_of(store.latest()) == [(A, T, stands, 0), (B, T, 5.0, 0)]
    assert store.write(batch_of([(A, T, 3.0), (A, T - 1, 4.0), (B, T + 1, 6.0)])) == counted(kind, 2, 1)
    stands = 1.0 if kind.tells_duplicates else 3.0
    assert all_rows(store, A) == [(A, T - 1, 4.0, 0), (A, T, stands, 0)]
    assert rows_of(store.latest()) == [(A, T, stands, 0), (B, T + 1, 6.0, 0)]


def test_late_readings_far_apart_are_told_from_duplicates(store: Store, kind: Kind) -> None:
    store.bind(ABC)
    days = [T + day * 24 * HOUR_MS for day in range(60)]
    store.write(batch_of([(A, time, 1.0) for time in days]))
    late = [(A, time + MIN * (i % 2), 2.0) for i, time in enumerate(days[:-1])]
    assert store.write(batch_of(late)) == counted(kind, stored=29, duplicate=30)
    assert len(all_rows(store, A)) == 89


def test_latest_is_the_newest_reading_by_its_own_time(store: Store) -> None:
    store.bind(ABC)
    store.write(batch_of([(C, T + 5, 9.0, Quality.BAD), (A, T + MIN, 1.0)]))
    store.write(batch_of([(A, T, 7.0)]))  # arrives later, but is older
    assert rows_of(store.latest()) == [(A, T + MIN, 1.0, 0), (C, T + 5, 9.0, Quality.BAD)]


def test_another_catalog_finds_the_same_series_under_other_indices(store: Store, kind: Kind) -> None:
    store.bind(ABC)
    store.write(batch_of([(A, T, 1.0), (B, T, 2.0), (C, T, 3.0)]))
    store.bind(catalog_of("aa:level", "b:level", "c:level", "d:level"))  # a is gone, aa and d are new
    assert rows_of(store.latest()) == [(1, T, 2.0, 0), (2, T, 3.0, 0)]
    store.write(batch_of([(0, T, 8.0), (3, T, 9.0), (1, T, -1.0)]))
    stands = 2.0 if kind.tells_duplicates else -1.0
    assert all_rows(store, 0, 1, 2, 3) == [(0, T, 8.0, 0), (1, T, stands, 0), (2, T, 3.0, 0), (3, T, 9.0, 0)]
    store.bind(ABC)
    assert all_rows(store, A) == [(A, T, 1.0, 0)]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Aggregate.MEAN, [2.0, 6.0]),
        (Aggregate.MIN, [1.0, 6.0]),
        (Aggregate.MAX, [3.0, 6.0]),
        (Aggregate.SUM, [4.0, 6.0]),
        (Aggregate.COUNT, [2.0, 1.0]),
    ],
)
@pytest.mark.parametrize("every", [10 * MIN, HOUR_MS, 6 * HOUR_MS])
@pytest.mark.parametrize("maintained", [False, True])
def test_buckets_leave_out_the_bad_and_the_empty(
    store: Store, how: Aggregate, expected: list[float], every: int, *, maintained: bool
) -> None:
    store.bind(ABC)
    start = T - T % every
    far = start + 5 * every
    store.write(
        batch_of([(A, start, 1.0), (A, start + 9 * MIN, 3.0), (A, start + 1, 99.0, Quality.BAD), (A, far, 6.0)])
    )
    store.write(batch_of([(B, start, 50.0), (A, start + 2 * every, 1e6, Quality.BAD)]))
    if maintained:
        store.maintain(start + 100 * every)
    buckets = store.buckets(A, start - every, far + every, every, how)
    assert buckets.time.tolist() == [start, far]
    assert buckets.value.tolist() == expected


@pytest.mark.parametrize("maintained", [False, True])
def test_buckets_hold_only_what_lies_in_the_span(store: Store, *, maintained: bool) -> None:
    store.bind(ABC)
    store.write(batch_of([(A, T + i * 10 * MIN, float(i)) for i in range(24)]))
    if maintained:
        store.maintain(T + 24 * HOUR_MS)
    start, end = T + 30 * MIN, T + 3 * HOUR_MS + 10 * MIN
    buckets = store.buckets(A, start, end, HOUR_MS, Aggregate.COUNT)
    assert buckets.time.tolist() == [T, T + HOUR_MS, T + 2 * HOUR_MS, T + 3 * HOUR_MS]
    assert buckets.value.tolist() == [3.0, 6.0, 6.0, 1.0]
    within = store.buckets(A, T + 10 * MIN, T + 40 * MIN, HOUR_MS, Aggregate.SUM)
    assert within.value.tolist() == [1.0 + 2.0 + 3.0]


def test_hourly_figures_take_up_what_comes_after_them(store: Store, kind: Kind) -> None:
    store.bind(ABC)
    store.write(batch_of([(A, T, 1.0)]))
    store.maintain(T + 2 * HOUR_MS)
    duplicate = 100.0 if kind.tells_duplicates else 1.0
    store.write(batch_of([(A, T + MIN, 3.0), (A, T, duplicate)]))
    for _ in range(2):  # the late reading shows at once, and no more than once when the hour is reckoned anew
        assert store.buckets(A, T, T + HOUR_MS, HOUR_MS, Aggregate.SUM).value.tolist() == [4.0]
        store.maintain(T + 3 * HOUR_MS)
    assert store.buckets(A, T, T + HOUR_MS, HOUR_MS, Aggregate.MEAN).value.tolist() == [2.0]


def test_the_health_of_a_sensor_is_a_series_like_any(store: Store) -> None:
    sabae = sabae_catalog()
    level = sabae.index[SeriesKey("rpi-toba", "water_level")]
    health = sabae.index[SeriesKey("rpi-toba", "water_level-health")]
    store.bind(sabae)
    store.write(batch_of([(level, T, 2.5), (health, T, 100.0), (health, T + HOUR_MS, 37.5)]))
    assert rows_of(store.readings(np.array([health]), 0, T + DAY_MS)) == [
        (health, T, 100.0, 0),
        (health, T + HOUR_MS, 37.5, 0),
    ]
    assert (health, T + HOUR_MS, 37.5, 0) in rows_of(store.latest())
    assert store.buckets(health, T, T + DAY_MS, DAY_MS, Aggregate.MIN).value.tolist() == [37.5]
    assert rows_of(store.readings(np.array([level]), 0, T + DAY_MS)) == [(level, T, 2.5, 0)]
