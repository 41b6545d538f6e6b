"""Two rules side by side: what of one's alerts the other has too, and which of them is earlier.

Alerts of the two on one subject that overlap are one *occasion*. An occasion on which only the proposed rule fires is
gained, one with the current rule alone is lost, and of the others the first alert of either says who is earlier.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from alerts.episode import Episode

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
# Night is 22 to 6 in Japan, which has known no summer time since 1951: the first eight hours of days that begin at 22.
_NIGHT_MS: Final = 8 * _HOUR_MS
_NIGHT_BEGINS_MS: Final = 22 * _HOUR_MS - 9 * _HOUR_MS


@dataclass(frozen=True, slots=True)
class Span:
    """start ≤ time < end, ms."""

    start_ms: int
    end_ms: int

    def of(self, episode: Episode) -> tuple[int, int]:
        """What of an alert lies in it; one that still fires goes to the end."""
        end_ms = self.end_ms if episode.cleared_ms is None else episode.cleared_ms
        return max(self.start_ms, episode.raised_ms), min(self.end_ms, end_ms)


@dataclass(frozen=True, slots=True)
class Figures:
    """How much of an alarm a rule was. `hours` of several subjects at once count for each of them."""

    alerts: int
    hours: float
    raised_at_night: int
    hours_at_night: float


class Outcome(StrEnum):
    """What the proposed rule makes of an occasion."""

    GAINED = "gained"
    LOST = "lost"
    EARLIER = "earlier"
    LATER = "later"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Alerts of one subject that hang together in time, of either side in their order."""

    subject: str
    proposed: tuple[Episode, ...]
    current: tuple[Episode, ...]

    @property
    def earlier_ms(self) -> int | None:
        """By how much the proposed rule fires earlier; negative where it is later, None where only one fires."""
        if not self.proposed or not self.current:
            return None
        return self.current[0].raised_ms - self.proposed[0].raised_ms

    @property
    def outcome(self) -> Outcome:
        """What the proposed rule makes of it."""
        earlier_ms = self.earlier_ms
        if earlier_ms is None:
            return Outcome.GAINED if self.proposed else Outcome.LOST
        if earlier_ms == 0:
            return Outcome.SAME
        return Outcome.EARLIER if earlier_ms > 0 else Outcome.LATER


def figures(episodes: Iterable[Episode], span: Span) -> Figures:
    """The figures of one rule's alerts within a span."""
    found = list(episodes)
    parts = [span.of(episode) for episode in found]
    return Figures(
        alerts=len(found),
        hours=sum(end - start for start, end in parts) / _HOUR_MS,
        raised_at_night=sum(is_night(episode.raised_ms) for episode in found),
        hours_at_night=sum(_night_until(end) - _night_until(start) for start, end in parts) / _HOUR_MS,
    )


def occasions(proposed: Sequence[Episode], current: Sequence[Episode], span: Span) -> list[Occasion]:
    """All occasions of two rules, by subject, then time."""
    sides = [(episode, True) for episode in proposed] + [(episode, False) for episode in current]
    sides.sort(key=lambda side: (side[0].subject, side[0].raised_ms))
    found: list[Occasion] = []
    for subject, mine in groupby(sides, key=lambda side: side[0].subject):
        found += (_occasion(subject, together) for together in _overlapping(mine, span))
    return found


def is_night(time_ms: int) -> bool:
    """Whether it is night in Japan, 22 to 6."""
    return (time_ms - _NIGHT_BEGINS_MS) % _DAY_MS < _NIGHT_MS


Side = tuple[Episode, bool]


def _overlapping(sides: Iterable[Side], span: Span) -> Iterator[list[Side]]:
    """Runs of alerts that hang together, of one subject in order of time."""
    together: list[Side] = []
    until_ms = 0
    for side in sides:
        start_ms, end_ms = span.of(side[0])
        if together and start_ms >= until_ms:
            yield together
            together = []
        until_ms = max(until_ms, end_ms) if together else end_ms
        together.append(side)
    if together:
        yield together


def _occasion(subject: str, together: Sequence[Side]) -> Occasion:
    return Occasion(
        subject,
        tuple(episode for episode, is_proposed in together if is_proposed),
        tuple(episode for episode, is_proposed in together if not is_proposed),
    )


def _night_until(time_ms: int) -> int:
    """How much of all time before is night, ms, but for a constant."""
    days, rest = divmod(time_ms - _NIGHT_BEGINS_MS, _DAY_MS)
    return days * _NIGHT_MS + min(rest, _NIGHT_MS)
