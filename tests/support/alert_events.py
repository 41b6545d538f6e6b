"""Alert events as the ledger would give them, in memory; and events to put there."""

import threading
from collections.abc import Iterable, Sequence

from city.alert import AlertEvent, AlertState, Evidence, event_id
from city.entry import DecisionEntry

START_MS = 1_719_100_800_000  # 2024-06-23 00:00 UTC


class MemoryAlertEvents:
    """Implements `city.ports.AlertEvents`."""

    def __init__(self, events: Iterable[AlertEvent] = ()) -> None:
        self._lock = threading.Lock()
        self._decisions: list[DecisionEntry] = []
        self._unrelayed = {event.id: event for event in events}

    def commit(self, *events: AlertEvent) -> None:
        with self._lock:
            self._unrelayed |= {event.id: event for event in events}

    def unrelayed(self, limit: int) -> Sequence[AlertEvent]:
        with self._lock:
            return list(self._unrelayed.values())[:limit]

    def mark_relayed(self, events: Sequence[AlertEvent]) -> None:
        with self._lock:
            for event in events:
                if self._unrelayed.get(event.id) == event:
                    del self._unrelayed[event.id]

    def decide(self, *decisions: DecisionEntry) -> None:
        with self._lock:
            self._decisions += decisions

    def unrelayed_decisions(self, limit: int) -> Sequence[DecisionEntry]:
        with self._lock:
            return self._decisions[:limit]

    def mark_decisions_relayed(self, decisions: Sequence[DecisionEntry]) -> None:
        with self._lock:
            self._decisions = [one for one in self._decisions if one not in decisions]


def alert_event(
    subject: str = "rpi-toba:water_level",
    to_state: AlertState = AlertState.FIRING,
    raised_ms: int = START_MS,
    at_ms: int | None = None,
    rule: str = "river-danger",
    severity: int = 4,
    quality: int = 0,
    late_ms: int = 30_000,
) -> AlertEvent:
    """An event of one alert; a resolved one is dated an hour after it was raised."""
    at = at_ms if at_ms is not None else raised_ms + (3_600_000 if to_state is AlertState.RESOLVED else 0)
    return AlertEvent(
        id=event_id("sabae", rule, subject, raised_ms, to_state, at),
        city="sabae",
        rule=rule,
        version="1",
        subject=subject,
        severity=severity,
        from_state=AlertState.PENDING if to_state is AlertState.FIRING else AlertState.FIRING,
        to_state=to_state,
        raised_ms=raised_ms,
        at_ms=at,
        decided_ms=at + late_ms,
        position=1,
        evidence=Evidence(subject, at, 5.7, quality, 5.7),
    )


def firing_and_resolved(subject: str, raised_ms: int = START_MS) -> tuple[AlertEvent, AlertEvent]:
    """Both events that are told of one alert."""
    return (
        alert_event(subject, AlertState.FIRING, raised_ms),
        alert_event(subject, AlertState.RESOLVED, raised_ms),
    )
