"""The verdict of chaos can fail: by a reading that is lost, or doubled, or an alarm that is missing or unexplained."""

import msgspec
import pytest

from bench.chaos.faults import SHORT, Fault, draw
from bench.chaos.truth import Reading
from bench.chaos.verdict import Interval, Trouble, Verdict, beyond, compare, merged, missing, quiet_intervals, surplus

RULES = {"danger": 5.0}
WATCHED = ("danger", "a:level")
APPENDED = [Reading("a", "level", at, value) for at, value in ((10, 4.0), (20, 5.0), (30, 6.0), (40, 4.9), (50, 5.5))]
QUIET = {WATCHED: [(20, 40), (50, 50)]}


def test_the_same_readings_in_another_order_are_all_there() -> None:
    assert compare(APPENDED, reversed(APPENDED)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        pytest.param(APPENDED[1:], (1, 0, 0), id="lost"),
        pytest.param([*APPENDED, APPENDED[0]], (0, 1, 0), id="doubled"),
        pytest.param([*APPENDED, Reading("a", "level", 60, 1.0)], (0, 0, 1), id="foreign"),
        pytest.param([Reading("a", "level", 10, 9.0), *APPENDED[1:]], (1, 0, 1), id="another-value"),
    ],
)
def test_what_is_wrong_with_the_store_is_counted(stored: list[Reading], told: tuple[int, int, int]) -> None:
    assert compare(APPENDED, stored) == told


def test_a_quiet_run_is_in_order_of_time_whatever_came_first() -> None:
    assert quiet_intervals(reversed(APPENDED), RULES) == QUIET


@pytest.mark.parametrize(
    ("alarmed", "holds"),
    [
        pytest.param([(20, 40), (50, 60)], True, id="the-same"),
        pytest.param([(20, 30), (30, 60)], True, id="live-and-retroactive-together"),
        pytest.param([(50, 60)], False, id="none"),
        pytest.param([(25, 60)], False, id="late"),
        pytest.param([(20, 39), (50, 60)], False, id="ended-early"),
        pytest.param([(20, 40)], False, id="none-for-one-reading"),
    ],
)
def test_an_alarm_that_does_not_cover_the_quiet_one_is_missing(alarmed: list[Interval], *, holds: bool) -> None:
    assert (not missing(QUIET, {WATCHED: alarmed})) is holds


STEPPED = Trouble("clock_stepped", "a", 15, 16)


@pytest.mark.parametrize(
    ("late", "explained"),
    [
        pytest.param({"a:level": [40]}, {"clock_stepped": 10}, id="late-where-the-quiet-run-ended"),
        pytest.param({"a:level": [45]}, {"clock_stepped": 10}, id="late-within"),
        pytest.param({"a:level": [39]}, {}, id="late-before"),
        pytest.param({"a:level": [51]}, {}, id="late-after"),
        pytest.param({"a:other": [45]}, {}, id="late-in-another-series"),
        pytest.param({}, {}, id="none-late-though-its-clock-was-stepped"),
    ],
)
def test_a_surplus_is_explained_by_late_readings_of_its_series_alone(
    late: dict[str, list[int]], explained: dict[str, int]
) -> None:
    alarmed = {WATCHED: [(20, 50)]}
    causes, unexplained = surplus({WATCHED: [(20, 40)]}, alarmed, late, [STEPPED])
    assert (causes, bool(unexplained)) == (explained, not explained)


def test_a_surplus_has_the_name_of_the_last_fault_of_its_device_or_the_city_before_it() -> None:
    troubles = [
        Trouble("line_cut", "a", 5, 6), Trouble("city_killed", "", 25, 30), Trouble("device_killed", "b", 35, 36),
        Trouble("device_stopped", "a", 60, 70),
    ]  # fmt: skip
    assert surplus({WATCHED: [(20, 40)]}, {WATCHED: [(20, 50)]}, {"a:level": [45]}, troubles)[0] == {"city_killed": 10}


HOLDS = Verdict(
    seed=1, appended=5, stored=5, lost=0, doubled=0, foreign=0, alerts=2, alerts_missing=0, alerts_unexplained=0,
    surplus={"line_cut": 10}, balanced=True, quarantined=1, misjudged=0, unkept=3,
    unkept_unexplained=0, queued=[4, 1], faults={},
)  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"lost": 1}, {"doubled": 1}, {"foreign": 1}, {"alerts_missing": 1}, {"alerts_unexplained": 1},
        {"balanced": False}, {"misjudged": 1}, {"unkept_unexplained": 1}, {"queued": [4, 0]},
    ],
    ids=lambda wrong: next(iter(wrong)),
)  # fmt: skip
def test_whatever_is_wrong_makes_a_verdict_fail(wrong: dict[str, object]) -> None:
    assert HOLDS.holds
    assert not msgspec.structs.replace(HOLDS, **wrong).holds


def test_intervals_are_merged_and_subtracted() -> None:
    assert merged([(5, 6), (1, 3), (2, 4)]) == [(1, 4), (5, 6)]
    assert beyond([(0, 10)], [(2, 3), (5, 12)]) == [(0, 2), (3, 5)]


def test_a_seed_gives_the_same_faults_again() -> None:
    assert draw(7, 120, 6, SHORT) == draw(7, 120, 6, SHORT) != draw(8, 120, 6, SHORT)


def test_each_kind_of_fault_comes_before_any_comes_again() -> None:
    plan = [planned.fault for planned in draw(7, 120, 6, tuple(Fault))]
    assert set(plan[: len(Fault)]) == set(Fault)
