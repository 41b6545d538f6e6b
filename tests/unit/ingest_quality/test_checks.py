"""Each quality check on readings that show what it is for, and what it is not."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pytest

from city.catalog import Catalog
from city.quality_limits import LIMITS, QualityLimits
from city.quantity import QUANTITIES
from city.reading import Int64s, ReadingBatch, SeriesKey
from ingest.quality import CHECKS
from ingest.quality.examination import Examination
from ingest.quality.keeping import pack_memories, unpack_memories
from tests.support.small_catalog import catalog_of

T = 1_700_000_000_000 // 3_600_000 * 3_600_000
MINUTE = 60_000
HOUR = 60 * MINUTE


def gauges(quantity: str = "water_level", limits: QualityLimits | None = None, count: int = 1) -> Catalog:
    catalog = catalog_of(*(f"{letter}:x" for letter in "abcdef"[:count]))
    of = QUANTITIES[quantity]
    sensors = tuple(dataclasses.replace(s, quantity=of, quality=limits, resolution=0.01) for s in catalog.sensors)
    return dataclasses.replace(catalog, sensors=sensors)


def found(
    catalog: Catalog, rows: Sequence[tuple[int, int, float]], ages_ms: Sequence[int] | None = None
) -> dict[str, list[int]]:
    """By check, the numbers of the readings (series, minutes, value) that it finds doubtful."""
    time = np.array([T + minutes * MINUTE for _, minutes, _ in rows], np.int64)
    batch = ReadingBatch(
        np.array([series for series, _, _ in rows], np.int32),
        time,
        np.array([value for _, _, value in rows], np.float64),
        np.zeros(len(rows), np.uint8),
    )
    arrived: Int64s = time if ages_ms is None else time + np.array(ages_ms, np.int64)
    findings = Examination(catalog).examine(batch, arrived)
    return {finding.check.name: sorted(finding.rows.tolist()) for finding in findings if len(finding.rows)}


def every_ten_minutes(*values: float) -> list[tuple[int, int, float]]:
    return [(0, 10 * number, value) for number, value in enumerate(values)]


def test_each_check_says_what_it_is_in_both_languages_and_what_it_needs_of_the_past() -> None:
    assert [check.name for check in CHECKS] == ["range", "rate", "spike", "flat", "drift", "clock"]
    for check in CHECKS:
        assert all((check.title.ja, check.title.en, check.past.ja, check.past.en, len(check.doc) > 100)), check.name


def test_each_quantity_has_limits() -> None:
    assert set(LIMITS) == set(QUANTITIES)


@pytest.mark.parametrize(
    ("what", "values", "expected"),
    [
        ("a single leap, not the return", [1, 1.01, 1, 0.99, 1, 2.0, 1, 1], {"spike": [5]}),
        ("downwards too", [1, 1.01, 1, 0.99, 1, 0.1, 1, 1], {"spike": [5]}),
        ("of a step the first reading", [1, 1.01, 1, 0.99, 1, 2.0, 2, 2, 2.01, 2], {"spike": [5]}),
        ("two leaps, each for itself", [1, 1.01, 1, 0.99, 1, 2.0, 1, 2, 1, 1], {"spike": [5, 7]}),
        ("less than the least leap", [1, 1.01, 1, 0.99, 1, 1.49, 1, 1], {}),
        ("among noise as wide", [1, 1.3, 0.8, 1.2, 0.7, 1.6, 0.9, 1.3], {}),
        ("a river that rises ever faster", [1, 1.1, 1.25, 1.5, 1.85, 2.25, 2.7, 3.2], {}),
        ("before the past is known", [1, 1.01, 1, 2.0, 1, 1, 1, 1], {}),
    ],
)
def test_spike(what: str, values: list[float], expected: dict[str, list[int]]) -> None:
    assert found(gauges(), every_ten_minutes(*values)) == expected, what


def test_what_is_half_a_day_old_tells_nothing_of_a_spike() -> None:
    rows = [*every_ten_minutes(1, 1.01, 1, 0.99, 1), (0, 13 * 60, 2.0)]
    assert found(gauges(), rows) == {}


def test_a_leap_that_is_too_fast_is_found_by_rate_and_by_spike() -> None:
    assert found(gauges(), every_ten_minutes(1, 1.01, 1, 0.99, 1, 5.0, 1)) == {"rate": [5], "spike": [5]}


def test_a_wild_sensor_is_too_fast_at_each_reading() -> None:
    assert found(gauges(), every_ten_minutes(1, 6, 12, 1, 8)) == {"rate": [1, 2, 3, 4]}


@pytest.mark.parametrize(
    ("quantity", "value", "hours", "doubtful"),
    [
        ("water_level", 1.23, 80, True),
        ("water_level", 1.23, 70, False),
        ("rainfall", 0.5, 7, True),
        ("rainfall", 0.0, 24 * 30, False),
        ("snow_depth", -1.0, 24 * 30, False),
        ("snow_depth", 40.0, 24 * 5, True),
        ("on_off", 1.0, 24 * 30, False),
    ],
)
def test_flat_line(quantity: str, value: float, hours: int, doubtful: bool) -> None:  # noqa: FBT001  what is expected
    rows = [(0, minutes, value) for minutes in range(0, hours * 60 + 1, 60)]
    assert (found(gauges(quantity), rows).get("flat") is not None) is doubtful


def test_a_flat_line_ends_with_the_first_other_value_and_a_step_of_rounding_is_none() -> None:
    limits = QualityLimits(flat_ms=HOUR)
    values = [1.0, 1.0 + 1e-4, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.01, 1.01]
    assert found(gauges(limits=limits), every_ten_minutes(*values)) == {"flat": [6, 7]}


def test_one_reading_a_day_is_no_flat_line_soon() -> None:
    rows = [(0, 24 * 60 * day, 1.0) for day in range(8)]
    assert found(gauges(limits=QualityLimits(flat_ms=24 * HOUR)), rows) == {"flat": [5, 6, 7]}


def hourly(hours: int, *shapes: float) -> list[tuple[int, int, float]]:
    """Gauges that go up and down together, the last one moving away by so much an hour after the first day."""
    rows = []
    for hour in range(hours):
        for series, shape in enumerate(shapes):
            course = 1 + series + 0.04 * math.sin(hour / 4)
            rows.append((series, 60 * hour + series, course + shape * max(0, hour - 24)))
    return rows


def test_who_moves_away_from_its_neighbours_drifts_and_they_do_not() -> None:
    rows = hourly(48, 0.0, 0.0, 0.05)
    drifting = found(gauges(count=3), rows)["drift"]
    assert {rows[number][0] for number in drifting} == {2}
    assert 24 + 0.3 / 0.05 <= rows[drifting[0]][1] / 60 <= 24 + 0.3 / 0.05 + 6  # six hours until the limit is passed
    assert drifting[-1] == len(rows) - 1


def test_a_river_that_rises_as_a_whole_does_not_drift_nor_is_drift_looked_for_in_a_flood() -> None:
    assert found(gauges(count=3), hourly(48, 0.05, 0.05, 0.05)) == {}
    assert found(gauges(count=3), hourly(48, 0.05, 0.05, 0.2)) == {}


def test_one_neighbour_is_not_enough_to_say_which_of_the_two_drifts() -> None:
    assert found(gauges(count=2), hourly(48, 0.0, 0.05)) == {}


def test_a_clock_is_wrong_that_is_ahead_of_the_citys() -> None:
    rows = every_ten_minutes(1, 1.01, 1, 1.01)
    assert found(gauges(), rows, [-70_000, -50_000, 0, -600_000]) == {"clock": [0, 3]}


def test_a_clock_is_wrong_by_which_all_readings_come_late_by_the_same_time() -> None:
    rows = [(0, 10 * number, 1 + number % 7 / 100) for number in range(12)]
    behind = [20 * MINUTE + number % 3 * 1_000 for number in range(12)]
    assert found(gauges(), rows, behind) == {"clock": [6, 7, 8, 9, 10, 11]}


def test_a_backlog_is_no_wrong_clock_however_slowly_it_comes() -> None:
    rows = [(0, number, 1 + number % 7 / 100) for number in range(240)]
    at_once = [(240 - minutes) * MINUTE for _, minutes, _ in rows]
    assert found(gauges(), rows, at_once) == {}
    slowly = [200 * MINUTE - number * 25_000 for number in range(240)]  # a little faster than it was made
    assert found(gauges(), rows, slowly) == {}


def keys(catalog: Catalog) -> list[SeriesKey]:
    return [sensor.key for sensor in catalog.sensors]


def test_what_is_kept_has_a_form_and_another_form_is_let_go() -> None:
    catalog = gauges()
    examination = Examination(catalog)
    batch = ReadingBatch(np.zeros(1, np.int32), np.array([T]), np.ones(1), np.zeros(1, np.uint8))
    examination.examine(batch, np.array([T]))
    packed = pack_memories(examination.memories(), keys(catalog))
    again = Examination(catalog)
    again.remember(unpack_memories(packed, keys(catalog)))
    assert pack_memories(again.memories(), keys(catalog)) == packed
    assert unpack_memories(packed.replace(b"\xa4form\x01", b"\xa4form\x02"), keys(catalog)) == {}


def test_what_is_kept_goes_with_the_series_whatever_its_place() -> None:
    """`b` was there alone, and has another place in the catalog that comes after."""
    limits = QualityLimits(flat_ms=HOUR)
    first = gauges(limits=limits, count=2)
    first = dataclasses.replace(first, sensors=first.sensors[1:])
    before = Examination(first)
    time = T + np.arange(6) * 10 * MINUTE
    before.examine(ReadingBatch(np.zeros(6, np.int32), time, np.ones(6), np.zeros(6, np.uint8)), time)
    then = gauges(limits=limits, count=3)
    after = Examination(then)
    after.remember(unpack_memories(pack_memories(before.memories(), keys(first)), keys(then)))
    at = np.full(3, T + HOUR)
    batch = ReadingBatch(np.arange(3, dtype=np.int32), at, np.ones(3), np.zeros(3, np.uint8))
    assert [f.rows.tolist() for f in after.examine(batch, at) if f.check.name == "flat"] == [[1]]
