"""A week of the duty roster as people look at it: for each role at a place, what stands on each day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from api.access_ports import Roster
from api.wording import TOKYO
from city.duty import Duty
from city.right import Role

DAYS: Final = 7
_WHOLE_DAY: Final = ("0:00", "24:00")


@dataclass(frozen=True, slots=True)
class Piece:
    """What of an entry falls on a day. hours: (from, to) on the clock; None: the whole day."""

    name: str
    away: str | None
    hours: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Post:
    """A role at a place. now: names of those who are asked at this moment; days: the pieces of each day."""

    role: Role
    unit: str
    now: Sequence[str]
    days: Sequence[Sequence[Piece]]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday on, by the calendar of Japan."""

    monday: date

    @classmethod
    def of(cls, time_ms: int) -> "Week":
        """The one in which that moment lies."""
        return cls.around(datetime.fromtimestamp(time_ms / 1000, TOKYO).date())

    @classmethod
    def around(cls, day: date) -> "Week":
        """The one in which that day lies."""
        return cls(day - timedelta(days=day.weekday()))

    @property
    def days(self) -> Sequence[date]:
        """Monday first."""
        return [self.monday + timedelta(days=n) for n in range(DAYS)]

    @property
    def from_ms(self) -> int:
        """Its beginning."""
        return _midnight_ms(self.monday)

    @property
    def until_ms(self) -> int:
        """Its end, which is the next one's beginning."""
        return _midnight_ms(self.monday + timedelta(days=DAYS))

    def posts(
        self,
        entries: Sequence[Duty],
        names: Mapping[str, str],
        roster: Roster,
        now_ms: int,
        places: Sequence[str],
    ) -> Sequence[Post]:
        """Every role at a place for which something stands in this week, in the order of `places`."""
        found = {(entry.role, entry.unit) for entry in entries}
        roles = list(Role)
        order = {unit: number for number, unit in enumerate(places)}
        return [
            Post(
                role,
                unit,
                [names[one] for one in roster.on_duty(role, unit, now_ms)],
                [self._on(day, [e for e in entries if (e.role, e.unit) == (role, unit)], names) for day in self.days],
            )
            for role, unit in sorted(found, key=lambda post: (order.get(post[1], len(order)), roles.index(post[0])))
        ]

    def _on(self, day: date, entries: Sequence[Duty], names: Mapping[str, str]) -> Sequence[Piece]:
        begin_ms, end_ms = _midnight_ms(day), _midnight_ms(day + timedelta(days=1))
        return [
            Piece(
                names[entry.person],
                None if entry.in_place_of is None else names[entry.in_place_of],
                _hours(max(entry.from_ms, begin_ms), min(entry.until_ms, end_ms), end_ms),
            )
            for entry in entries
            if entry.from_ms < end_ms and entry.until_ms > begin_ms
        ]


def _hours(from_ms: int, until_ms: int, midnight_ms: int) -> tuple[str, str] | None:
    hours = (_clock(from_ms), "24:00" if until_ms == midnight_ms else _clock(until_ms))
    return None if hours == _WHOLE_DAY else hours


def _clock(time_ms: int) -> str:
    local = datetime.fromtimestamp(time_ms / 1000, TOKYO)
    return f"{local.hour}:{local.minute:02d}"


def _midnight_ms(day: date) -> int:
    return round(datetime.combine(day, time(), TOKYO).timestamp() * 1000)
