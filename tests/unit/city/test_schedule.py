from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from city.errors import Mistake
from city.schedule import Schedule
from city.schedule_file import read_schedules, written
from city.section import file_section
from city.timetable import NO_EDGE, Timetable
from tests.support.wall_clock import HOLIDAYS_2024, by_the_wall

HOUR = 3_600_000
ZONES = (
    "Asia/Tokyo",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
)


def read(text: str) -> tuple[tuple[Schedule, ...], list[Mistake]]:
    mistakes: list[Mistake] = []
    section = file_section(text, "rules.yaml", mistakes)
    found = read_schedules(section, "schedule")
    section.end()
    return found, mistakes


def ms(text: str, zone: str = "Asia/Tokyo") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def inside(schedules: tuple[Schedule, ...], *moments: str) -> list[bool]:
    found: list[bool] = Timetable(schedules).inside(np.array([ms(m, schedules[0].zone) for m in moments])).tolist()
    return found


def test_school_hours_leave_out_holidays_and_weekends() -> None:
    (school,), mistakes = read("schedule: {days: [mon, tue, wed, thu, fri], times: 7:30-16:30, holidays: false}\n")
    assert not mistakes
    assert inside((school,), "2024-06-03T07:29:59", "2024-06-03T07:30", "2024-06-03T16:29:59", "2024-06-03T16:30") == [
        False,
        True,
        True,
        False,
    ]
    assert inside((school,), "2024-06-01T12:00", "2024-02-12T12:00", "2024-02-13T12:00") == [False, False, True]


def test_the_snow_season_goes_over_the_new_year() -> None:
    (snow,), _ = read("schedule: {dates: 12/1-3/31}\n")
    assert inside((snow,), "2025-11-30T23:59", "2025-12-01T00:00", "2026-01-01T00:00", "2026-03-31T23:59") == [
        False,
        True,
        True,
        True,
    ]
    edges = Timetable((snow,)).next_edge_ms(np.array([ms("2026-01-05T00:00"), ms("2026-03-31T23:59:59.999")]))
    assert edges.tolist() == [ms("2026-04-01T00:00")] * 2


def test_holidays_may_be_all_that_is_asked_for_or_come_on_top() -> None:
    (only,), _ = read("schedule: {holidays: true}\n")
    (sundays,), _ = read("schedule: {days: sun, holidays: true}\n")
    sunday, holiday, monday = "2024-06-02T12:00", "2024-02-12T12:00", "2024-06-03T12:00"
    assert inside((only,), sunday, holiday, monday) == [False, True, False]
    assert inside((sundays,), sunday, holiday, monday) == [True, True, False]


def test_holidays_are_those_of_the_cabinet_office() -> None:
    days = np.datetime64("2024-01-01") + np.arange(366)
    noon = days.astype("datetime64[ms]").astype(np.int64) + 3 * HOUR
    on = Timetable((Schedule(holidays=True),)).inside(noon)
    assert [str(day)[5:] for day in days[on]] == list(HOLIDAYS_2024)


def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    (friday,), _ = read("schedule: {days: [fri], times: ['22:00-6:00']}\n")
    assert inside((friday,), "2024-06-07T05:00", "2024-06-07T23:00", "2024-06-08T05:59", "2024-06-08T23:00") == [
        False,
        True,
        True,
        False,
    ]


def test_the_hour_that_happens_twice_is_inside_twice_and_the_one_that_is_left_out_never() -> None:
    (night,), _ = read("schedule: {times: 1:30-2:30, zone: America/New_York}\n")
    table = Timetable((night,))
    autumn = ms("2024-11-03T01:30", "America/New_York")  # the first time
    first = np.arange(autumn - HOUR, autumn + 3 * HOUR, HOUR // 2)
    assert table.inside(first).tolist() == [False, False, True, False, True, True, False, False]
    spring = ms("2024-03-10T01:30", "America/New_York")  # at 2:00 it is 3:00
    assert table.next_edge_ms(np.array([spring - 1, spring])).tolist() == [spring, spring + HOUR // 2]


def test_a_schedule_that_has_no_edge_has_none() -> None:
    always = Timetable((Schedule(days=tuple(range(7))),))
    now = np.array([ms("2026-06-01T00:00")])
    assert always.inside(now).tolist() == [True]
    assert always.next_edge_ms(now).tolist() == [NO_EDGE]
    assert always.edges_between(now, now + 1000 * 24 * HOUR)[1].tolist() == []


def test_a_leap_day_is_found_years_ahead() -> None:
    leap = Timetable((Schedule(dates=(((2, 29), (2, 29)),)),))
    assert leap.next_edge_ms(np.array([ms("2024-03-01T00:00")])).tolist() == [ms("2028-02-29T00:00")]


times = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda t: t[0] != t[1])
dates = st.tuples(*[st.tuples(st.integers(1, 12), st.integers(1, 28))] * 2)
schedules = st.builds(
    Schedule,
    days=st.lists(st.integers(0, 6), max_size=3, unique=True).map(lambda d: tuple(sorted(d))),
    times=st.lists(times, max_size=2).map(tuple),
    dates=st.lists(dates, max_size=2).map(tuple),
    holidays=st.sampled_from([None, True, False]),
    zone=st.sampled_from(ZONES),
)
begin, end = ms("2024-01-03T00:00"), ms("2024-12-29T00:00")


@settings(deadline=None, max_examples=300)
@given(st.lists(schedules, min_size=1, max_size=2).map(tuple), st.lists(st.integers(begin, end), max_size=30))
@example(
    (Schedule(times=((30, 90),), zone="Australia/Lord_Howe"),),
    [ms("2024-04-06T15:00") + k * HOUR // 4 for k in range(9)],
)
def test_a_timetable_is_the_clock_on_the_wall(found: tuple[Schedule, ...], moments: list[int]) -> None:
    table = Timetable(found)
    assert table.inside(np.array(moments, np.int64)).tolist() == [by_the_wall(found, t) for t in moments]
    edges = table.next_edge_ms(np.array(moments, np.int64)).tolist()
    for moment, edge in zip(moments, edges, strict=True):
        if edge < end:
            assert by_the_wall(found, edge - 1) == by_the_wall(found, moment)
            assert by_the_wall(found, edge) != by_the_wall(found, moment)


@given(st.lists(schedules.filter(lambda s: s != Schedule(zone=s.zone)), min_size=1, max_size=3).map(tuple))
def test_a_schedule_that_is_written_down_is_read_as_the_same(found: tuple[Schedule, ...]) -> None:
    again, mistakes = read(f"schedule: {written(found)}")
    assert not mistakes
    assert again == tuple(
        replace(each, times=tuple(sorted(set(each.times))), dates=tuple(sorted(set(each.dates)))) for each in found
    )


@settings(deadline=None)
@given(schedules, st.integers(begin, end), st.integers(0, 60 * 24 * HOUR))
def test_the_edges_between_are_found_one_by_one(schedule: Schedule, after: int, span: int) -> None:
    table = Timetable((schedule,))
    pair, edge = table.edges_between(np.array([after, after]), np.array([after + span, after]))
    expected, at = [], after
    while (at := int(table.next_edge_ms(np.array([at]))[0])) < after + span:
        expected.append(at)
    assert edge.tolist() == expected
    assert pair.tolist() == [0] * len(expected)


def test_years_that_come_later_do_not_change_what_was_said() -> None:
    fresh, used = (Timetable((Schedule(days=(0,), times=((540, 600),), holidays=False),)) for _ in range(2))
    near = np.array([ms("2024-06-03T09:30")])
    far = np.array([ms("2031-06-02T09:30"), ms("1999-01-04T09:30")])
    assert used.inside(near).tolist() == [True]
    assert used.inside(far).tolist() == [True, True]
    assert used.next_edge_ms(near).tolist() == fresh.next_edge_ms(near).tolist()


@pytest.mark.parametrize(
    ("text", "line", "column", "key"),
    [
        ("schedule: {}\n", 1, 11, "city.schedule_nothing"),
        ("schedule: {zone: Asia/Tokyo}\n", 1, 11, "city.schedule_nothing"),
        ("schedule:\n  days: [mon, monday]\n", 2, 15, "city.need_choice"),
        ("schedule: {times: 7-16}\n", 1, 19, "city.schedule_times"),
        ("schedule: {times: 7:00-24:30}\n", 1, 19, "city.schedule_times"),
        ("schedule: {times: '9:00-9:00'}\n", 1, 20, "city.schedule_times"),
        ("schedule: {dates: 2/30-3/1}\n", 1, 19, "city.schedule_dates"),
        ("schedule: {dates: snow}\n", 1, 19, "city.schedule_dates"),
        ("schedule: {holidays: maybe}\n", 1, 22, "city.need_flag"),
        ("schedule: {days: mon, zone: Asia/Tokio}\n", 1, 29, "city.schedule_zone"),
        ("schedule: {day: mon, times: 7:00-8:00}\n", 1, 12, "city.unknown_key_near"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, line: int, column: int, key: str) -> None:
    _, mistakes = read(text)
    assert [(m.place.line, m.place.column, m.key) for m in mistakes] == [(line, column, key)]
