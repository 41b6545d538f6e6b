"""How long somebody has: `30m`, `2h`, `3d`, or business days, `2bd`.

Business days are those on which the city hall is open. The first day is not counted, and the term ends with office
hours of the last one (民法 140 条 and 141 条 count so, to the end of the day; nobody is there after hours).
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from city.errors import UserError
from city.schedule import TOKYO, Schedule
from city.timetable import Timetable
from city.value import MS_OF

# 8:30 to 17:15, Monday to Friday, no holidays, closed from 29 December to 3 January (the days of 地方自治法 4 条の 2).
OFFICE_HOURS: Final = Schedule(
    days=(0, 1, 2, 3, 4), times=((8 * 60 + 30, 17 * 60 + 15),), dates=(((1, 4), (12, 28)),), holidays=False
)
BUSINESS_DAYS: Final = "bd"
_DAY_MS: Final = 86_400_000
_LONGEST_BREAK_DAYS: Final = 30  # more than the days without business that any thirty in a row have
_FORM: Final = re.compile(r"([1-9][0-9]{0,2})(m|h|d|bd)", re.ASCII)  # 999 business days are four years


class DueError(UserError):
    """It says no time that somebody could have."""


@dataclass(frozen=True, slots=True)
class Due:
    """A term. unit: `m`, `h`, `d` (of 24 hours) or `bd`."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    @classmethod
    def parse(cls, text: str) -> "Due":
        """The term as people write it, from 1 to 999 of a unit. Raises DueError."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise DueError("case.due", found=text[:40])
        return cls(int(found[1]), found[2])

    def end_ms(self, now_ms: int) -> int:
        """When a term is over that begins now. Raises DueError past 2099, whose holidays nobody knows."""
        if self.unit == BUSINESS_DAYS:
            return _closing_ms(now_ms, self.count)
        return now_ms + self.count * MS_OF[self.unit]


def _closing_ms(now_ms: int, count: int) -> int:
    """When the city hall closes on the `count`-th business day after today."""
    zone = ZoneInfo(TOKYO)
    tomorrow = datetime.fromtimestamp(now_ms / 1000, zone).date() + timedelta(days=1)
    after_ms = round(datetime.combine(tomorrow, time(), zone).timestamp() * 1000) - 1
    before_ms = after_ms + (2 * count + _LONGEST_BREAK_DAYS) * _DAY_MS
    # Each day opens and closes once, and midnight is outside: every second edge is a closing.
    _, edges = Timetable((OFFICE_HOURS,)).edges_between(np.array([after_ms]), np.array([before_ms]))
    if len(edges) < 2 * count:
        raise DueError("case.due-far", found=f"{count}{BUSINESS_DAYS}")
    return int(edges[2 * count - 1])
