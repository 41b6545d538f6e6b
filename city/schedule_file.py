"""Schedules from YAML: `{days: [mon, fri], times: 7:30-16:30, dates: 12/1-3/31, holidays: false, zone: Asia/Tokyo}`."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final
from zoneinfo import available_timezones

from city.schedule import MINUTES, TOKYO, Day, Schedule
from city.section import Section
from city.value import Value, near

_TIMES: Final = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
_DATES: Final = re.compile(r"(\d{1,2})/(\d{1,2})(?:\s*-\s*(\d{1,2})/(\d{1,2}))?", re.ASCII)
_MINUTES_OF_HOUR: Final = 60
_LEAP_YEAR: Final = 2000


def read_schedules(section: Section, key: str) -> tuple[Schedule, ...]:
    """What stands under `key`: one schedule, a list of them, or nothing."""
    return tuple(_schedule(inner) for inner in section.sections(key))


def written(schedules: Sequence[Schedule]) -> str:
    """As YAML in one line, of which the same would be read; empty where there are none."""
    each = [_written(schedule) for schedule in schedules]
    return each[0] if len(each) == 1 else f"[{', '.join(each)}]" if each else ""


def _written(schedule: Schedule) -> str:
    names = list(Day)
    keys = {
        "days": [names[day].value for day in schedule.days],
        "times": [f"{_clock(begin)}-{_clock(end)}" for begin, end in schedule.times],
        "dates": [f"{first[0]}/{first[1]}-{last[0]}/{last[1]}" for first, last in schedule.dates],
    }
    said = [f"{key}: [{', '.join(items)}]" for key, items in keys.items() if items]
    if schedule.holidays is not None:
        said.append(f"holidays: {str(schedule.holidays).lower()}")
    if schedule.zone != TOKYO:
        said.append(f"zone: {schedule.zone}")
    return f"{{{', '.join(said)}}}"


def _clock(minutes: int) -> str:
    return f"{minutes // _MINUTES_OF_HOUR}:{minutes % _MINUTES_OF_HOUR:02d}"


def _schedule(section: Section) -> Schedule:
    keys = ("days", "times", "dates", "holidays")
    if not any(section.has(key) for key in keys):
        section.wrong("city.schedule_nothing")
    days = {list(Day).index(item.choice(Day)) for item in section.items("days")}
    return Schedule(
        days=tuple(sorted(days)),
        times=tuple(sorted({_times(item) for item in section.items("times")})),
        dates=tuple(sorted({_dates(item) for item in section.items("dates")})),
        holidays=section.flag("holidays", default=None),
        zone=_zone(section),
    )


def _times(value: Value) -> tuple[int, int]:
    text = value.text()
    found = _TIMES.fullmatch(text.strip())
    if found is not None:
        minutes = [int(found[h]) * _MINUTES_OF_HOUR + int(found[h + 1]) for h in (1, 3)]
        right = all(int(found[m]) < _MINUTES_OF_HOUR for m in (2, 4)) and minutes[0] < MINUTES and minutes[1] <= MINUTES
        if right and minutes[0] != minutes[1]:
            return minutes[0], minutes[1]
    if text:
        value.wrong("city.schedule_times", found=text[:80])
    return 0, MINUTES


def _dates(value: Value) -> tuple[tuple[int, int], tuple[int, int]]:
    text = value.text()
    found = _DATES.fullmatch(text.strip())
    if found is not None:
        first = int(found[1]), int(found[2])
        last = (int(found[3]), int(found[4])) if found[3] else first
        if _exists(*first) and _exists(*last):
            return first, last
    if text:
        value.wrong("city.schedule_dates", found=text[:80])
    return (1, 1), (12, 31)


def _exists(month: int, day: int) -> bool:
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        return False
    return True


def _zone(section: Section) -> str:
    if not section.optional("zone"):
        return TOKYO
    value = section.value("zone")
    text = value.text()
    known = available_timezones() - {"localtime"}  # that one is another on every machine
    if text and text not in known:
        value.wrong("city.schedule_zone", found=text[:80], near=near(text, known) or TOKYO)
        return TOKYO
    return text
