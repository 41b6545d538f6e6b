"""Alerts from their events, each from firing to resolved, as a replay prints them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from alerts.engine import Engine
from city.alert import AlertEvent, AlertState
from city.reading import SeriesKey

TOKYO: Final = ZoneInfo("Asia/Tokyo")


class ReplayedAlert(msgspec.Struct, frozen=True):
    """One alert of a replay. Times are ISO 8601 with offset; `cleared_at` is None while it fires at the end."""

    rule: str
    subject: str
    raised_at: str
    cleared_at: str | None
    severity: int
    peak: float | None


class Episodes:
    """Alerts from their events: each from firing to resolved."""

    def __init__(self, subject_of: Callable[[SeriesKey], str]) -> None:
        self._subject_of = subject_of
        self._open: dict[tuple[str, str, int], AlertEvent] = {}
        self._alerts: list[tuple[int, ReplayedAlert]] = []

    def take(self, events: Sequence[AlertEvent]) -> None:
        """Takes events in their order."""
        for event in events:
            key = (event.rule, event.subject, event.raised_ms)
            if event.to_state is AlertState.FIRING:
                self._open[key] = event
            elif event.to_state is AlertState.RESOLVED:
                self._add(self._open.pop(key), event.at_ms, event.evidence.peak)

    def still_open(self, engine: Engine) -> None:
        """What fires at the end, with its peak so far."""
        peaks = {(a.rule, a.subject, a.since_ms): a.peak for a in engine.open_alerts()}
        for key, event in self._open.items():
            self._add(event, None, peaks.get(key))
        self._open.clear()

    def alerts(self) -> list[ReplayedAlert]:
        """All of them, by time raised, rule and subject."""
        return [alert for _, alert in sorted(self._alerts, key=lambda a: (a[0], a[1].rule, a[1].subject))]

    def _add(self, event: AlertEvent, cleared_ms: int | None, peak: float | None) -> None:
        alert = ReplayedAlert(
            rule=event.rule,
            subject=event.subject if ":" not in event.subject else self._subject_of(SeriesKey.parse(event.subject)),
            raised_at=iso(event.raised_ms),
            cleared_at=None if cleared_ms is None else iso(cleared_ms),
            severity=event.severity,
            peak=peak,
        )
        self._alerts.append((event.raised_ms, alert))


def iso(time_ms: int) -> str:
    """ISO 8601 in Asia/Tokyo, with its offset."""
    return (datetime.fromtimestamp(0, TOKYO) + timedelta(milliseconds=time_ms)).isoformat()
