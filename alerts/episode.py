"""Alerts as they are counted afterwards: each from firing to resolved, put together from its events."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.open_alert import OpenAlert
from city.alert import AlertEvent, AlertState


@dataclass(frozen=True, slots=True)
class Episode:
    """One alert of which somebody is told, or would be were its rule not on trial.

    rule: the id under which it goes, with `:no-data` where it is one of silence
    cleared_ms: None where it still fires at the end
    severity: the gravest it had
    peak: greatest reading while it fired, canonical unit; None where there was none
    """

    rule: str
    subject: str
    severity: int
    raised_ms: int
    cleared_ms: int | None
    peak: float | None


class Episodes:
    """Gathers the episodes of an engine's or a ledger's events."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str, int], AlertEvent] = {}
        self._cleared: list[Episode] = []

    def take(self, events: Iterable[AlertEvent]) -> None:
        """Takes events in their order; those that another alert inhibits are passed over."""
        for event in events:
            key = (event.rule, event.subject, event.raised_ms)
            if event.to_state is AlertState.FIRING and event.suppressed_by is None:
                known = self._open.get(key)
                if known is None or event.severity > known.severity:
                    self._open[key] = event
            elif event.to_state is AlertState.RESOLVED and key in self._open:
                self._cleared.append(_episode(self._open.pop(key), event.at_ms, event.evidence.peak))

    def all(self, still_open: Iterable[OpenAlert] = ()) -> list[Episode]:
        """All of them, by time raised, rule and subject; `still_open` says the peaks of those that fire at the end."""
        peaks = {(a.rule, a.subject, a.since_ms): a.peak for a in still_open}
        firing = [_episode(event, None, peaks.get(key)) for key, event in self._open.items()]
        return sorted([*self._cleared, *firing], key=lambda e: (e.raised_ms, e.rule, e.subject))


def _episode(event: AlertEvent, cleared_ms: int | None, peak: float | None) -> Episode:
    return Episode(event.rule, event.subject, event.severity, event.raised_ms, cleared_ms, peak)
