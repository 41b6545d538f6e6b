"""When something is in force: at these times of day, on these days of the week, in this season.

A schedule goes by the clock on the wall of its zone: a moment is inside when that clock shows a time which is. On the
night when clocks are put back an hour happens twice, and both are inside; one that is left out happens on no clock.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TOKYO: Final = "Asia/Tokyo"
MINUTES: Final = 24 * 60  # of a day


class Day(StrEnum):
    """Days of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Moments that fit all of what is given. Several schedules together are inside where one of them is.

    days: days of the week, 0 is Monday; empty: not asked for
    times: (from, until) in minutes of the day; an `until` not after its `from` is on the next day, and what lies past
        midnight belongs to the day on which it began; empty: the whole day
    dates: (first, last) as (month, day), both included; a last before its first is in the next year; empty: every date
    holidays: of Japan. True: they are days as well as those of `days`; False: never on one; None: not asked for
    zone: of the IANA time zone database
    """

    days: tuple[int, ...] = ()
    times: tuple[tuple[int, int], ...] = ()
    dates: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    holidays: bool | None = None
    zone: str = TOKYO
