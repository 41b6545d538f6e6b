"""When alerts fired in the last month: what a retroactive pass must know so as to tell nothing that was told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from alerts.plan import FAR
from alerts.unseen import SPAN_MS
from city.alert import NO_DATA, ZONE_SILENT, AlertEvent, AlertState

# 100 bytes each. A city whose alerts fire more often than this in a month is told what it knows twice at worst.
MOST: Final = 65_536


def is_silence(alert: str) -> bool:
    """Whether it is an alert of silence: late readings are no part of these."""
    return alert == ZONE_SILENT or alert.endswith(NO_DATA)


class Span(msgspec.Struct):
    """From firing to resolved (FAR while it fires), ms; `retroactive`: it was found afterwards."""

    raised_ms: int
    resolved_ms: int
    retroactive: bool = False

    def meets(self, raised_ms: int, resolved_ms: int) -> bool:
        """Whether it has a moment in common with another; the ends belong to both."""
        return self.raised_ms <= resolved_ms and raised_ms <= self.resolved_ms


class FiredMemory(msgspec.Struct, frozen=True):
    """All of it: (alert, subject) and its spans; `most`: see `Fired`."""

    spans: list[tuple[str, str, list[Span]]] = []
    most: int = MOST


@dataclass(slots=True)
class Fired:
    """By alert and subject, its spans in the order in which they were told; alerts of silence are left out.

    most: beyond so many it lets go of some. What still fires stays, and is not to be looked through at every step
    """

    spans: dict[tuple[str, str], list[Span]]
    count: int = 0
    most: int = MOST

    def note(self, events: Iterable[AlertEvent], clock_ms: int) -> None:
        """What a step told, or would have told under a rule that is not on trial."""
        for event in events:
            if event.to_state not in {AlertState.FIRING, AlertState.RESOLVED} or is_silence(event.rule):
                continue
            mine = self.spans.setdefault((event.rule, event.subject), [])
            known = next((span for span in reversed(mine) if span.raised_ms == event.raised_ms), None)
            if event.to_state is AlertState.RESOLVED and known is not None:
                known.resolved_ms = event.at_ms
            elif event.to_state is AlertState.FIRING and known is None:
                mine.append(Span(event.raised_ms, FAR, event.retroactive))
                self.count += 1
        if self.count > self.most:
            self._forget(clock_ms)

    def of(self, alert: str, subject: str) -> list[Span]:
        """Its spans."""
        return self.spans.get((alert, subject), [])

    def remember(self) -> FiredMemory:
        """All it knows."""
        return FiredMemory([(*key, mine) for key, mine in self.spans.items() if mine], self.most)

    @classmethod
    def recall(cls, memory: FiredMemory) -> "Fired":
        """The same."""
        spans = {(alert, subject): mine for alert, subject, mine in memory.spans}
        return cls(spans, sum(map(len, spans.values())), memory.most)

    def _forget(self, clock_ms: int) -> None:
        """Lets go of what is over for longer than a pass looks back, or else of the older half."""
        ends = sorted(span.resolved_ms for mine in self.spans.values() for span in mine)
        before = max(clock_ms - SPAN_MS, min(ends[len(ends) // 2], FAR - 1))
        for key, mine in list(self.spans.items()):
            kept = [span for span in mine if span.resolved_ms > before]
            if kept:
                self.spans[key] = kept
            else:
                del self.spans[key]
        self.count = sum(map(len, self.spans.values()))
        self.most = max(MOST, 2 * self.count)
