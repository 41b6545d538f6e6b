"""What became of a case: what was expected and did not come, and all that did."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.script.words import span
from city.alert import AlertEvent
from city.entry import Entry
from city.errors import Place


@dataclass(frozen=True, slots=True)
class Missed:
    """One expectation that was not met: where it stands, as it was written, and what was found."""

    place: Place
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case.

    entries, events: the journal that its course makes, and every change of state in it
    """

    title: str
    place: Place
    start_ms: int
    missed: tuple[Missed, ...]
    entries: tuple[Entry, ...]
    events: tuple[AlertEvent, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.missed

    def diff(self) -> str:
        """What was expected and what came, as lines with - and +, then all changes; empty where the case passed."""
        if self.passed:
            return ""
        lines = [f"{self.place} {self.title}"]
        for missed in self.missed:
            lines += [f"- {missed.place.line}: {missed.expected}", f"+ {missed.place.line}: {missed.found}"]
        return "\n".join([*lines, *(f"  {change(event, self.start_ms)}" for event in self.events)])


def change(event: AlertEvent, start_ms: int) -> str:
    """A change of state in one line."""
    untold = "" if event.told or event.suppressed_by is None else " (untold)"
    found = (" (retroactive)" if event.retroactive else "") + (" (flapping)" if event.flapping else "")
    severity = f" (severity {event.severity})" if event.climbs else ""
    return f"{span(event.at_ms - start_ms):>8} {event.rule} {event.subject} → {event.to_state}{severity}{found}{untold}"


def changes(events: Sequence[AlertEvent], start_ms: int) -> str:
    """Several of them, shortly."""
    return "; ".join(change(event, start_ms).strip() for event in events) or "nothing"
