import dataclasses
import math

import numpy as np
import pytest

from city.catalog import Catalog
from city.reading import Quality
from ingest.frontier import Frontier
from ingest.validation import AHEAD_MS, EARLIEST_MS, Validation, find_unusable
from tests.support.batches import Row, batch_of, rows_of
from tests.support.small_catalog import catalog_of

T = 1_700_000_000_000
HOUR = 3_600_000
BAD, SUSPECT, LATE, CLOCK = (int(bit) for bit in Quality)


def gauges() -> Catalog:
    """Two river gauges that may rise six metres an hour; the second one reaches from 0 to 4 m."""
    catalog = catalog_of("a:x", "b:x")
    river = dataclasses.replace(catalog.sensors[0].quantity, low=-5.0, high=30.0, rate_per_hour=6.0)
    first, second = (dataclasses.replace(sensor, quantity=river) for sensor in catalog.sensors)
    return dataclasses.replace(catalog, sensors=(first, dataclasses.replace(second, low=0.0, high=4.0)))


@pytest.fixture
def validation() -> Validation:
    catalog = gauges()
    return Validation(catalog, Frontier([sensor.key for sensor in catalog.sensors]))


def flagged(validation: Validation, *rows: tuple[int, int, float] | Row) -> list[Row]:
    batch = batch_of(rows)
    return rows_of(validation.flag(batch.series, batch.time, batch.value, batch.quality.copy()))


def test_what_cannot_be_used_has_one_reason_each() -> None:
    value = np.array([1.0, math.nan, math.inf, -math.inf, 1.0, 1.0, 1.0, 1.0, math.nan])
    time = np.array([T, T, T, T, EARLIEST_MS - 1, EARLIEST_MS, T + AHEAD_MS, T + AHEAD_MS + 1, 0])
    unusable = find_unusable(time, value, T + AHEAD_MS)
    assert unusable.not_finite.nonzero()[0].tolist() == [1, 2, 3, 8]
    assert unusable.impossible_time.nonzero()[0].tolist() == [4, 7]
    assert unusable.usable.nonzero()[0].tolist() == [0, 5, 6]


def test_a_batch_is_sorted_by_time_and_equal_times_by_arrival(validation: Validation) -> None:
    found = flagged(validation, (0, T + 2, 1.0), (1, T, 2.0), (0, T, 3.0), (1, T, 2.1))
    assert found == [(1, T, 2.0, 0), (0, T, 3.0, 0), (1, T, 2.1, 0), (0, T + 2, 1.0, SUSPECT)]


def test_the_sensors_own_range_goes_before_the_quantitys(validation: Validation) -> None:
    found = flagged(validation, (0, T, -5.0), (0, T + HOUR, -5.1), (1, T, 4.0), (1, T + HOUR, 4.01), (1, T + 2, -0.01))
    assert {(s, v): q for s, _, v, q in found} == {
        (0, -5.0): 0,
        (0, -5.1): BAD,
        (1, 4.0): 0,
        (1, 4.01): BAD,
        (1, -0.01): BAD,
    }


def test_a_rise_faster_than_plausible_is_suspect_within_a_batch_and_across_batches(validation: Validation) -> None:
    assert flagged(validation, (0, T, 1.0), (0, T + HOUR, 7.0), (0, T + 2 * HOUR, 13.01)) == [
        (0, T, 1.0, 0),
        (0, T + HOUR, 7.0, 0),
        (0, T + 2 * HOUR, 13.01, SUSPECT),
    ]
    assert flagged(validation, (0, T + 3 * HOUR, 19.1)) == [(0, T + 3 * HOUR, 19.1, SUSPECT)]
    assert flagged(validation, (0, T + 4 * HOUR, 25.0)) == [(0, T + 4 * HOUR, 25.0, 0)]


def test_the_return_from_a_leap_is_not_one_itself(validation: Validation) -> None:
    found = flagged(validation, (0, T, 1.0), (0, T + HOUR, 9.0), (0, T + 2 * HOUR, 1.1))
    assert [quality for *_, quality in found] == [0, SUSPECT, 0]


def test_the_last_digit_of_a_gauge_read_every_second_is_not_suspect(validation: Validation) -> None:
    assert flagged(validation, (0, T, 1.00), (0, T + 1000, 1.05)) == [(0, T, 1.00, 0), (0, T + 1000, 1.05, 0)]


def test_bad_late_and_duplicate_readings_are_not_what_others_are_judged_by(validation: Validation) -> None:
    flagged(validation, (0, T, 1.0))
    found = flagged(validation, (0, T + 1, 31.0), (0, T - 1, 20.0), (0, T + 2, 1.0), (0, T + 2, 9.0), (0, T + 3, 1.0))
    assert found == [
        (0, T - 1, 20.0, LATE),
        (0, T + 1, 31.0, BAD),
        (0, T + 2, 1.0, 0),
        (0, T + 2, 9.0, 0),
        (0, T + 3, 1.0, 0),
    ]


def test_a_bit_that_came_with_a_reading_stays(validation: Validation) -> None:
    assert flagged(validation, (1, T, 9.0, CLOCK)) == [(1, T, 9.0, CLOCK | BAD)]


def test_an_empty_batch_is_an_empty_batch(validation: Validation) -> None:
    assert flagged(validation) == []
