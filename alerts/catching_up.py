"""Alerts that were late and may act after all: rules.md "Decided late".

What is decided later than its rule's `act_within` moves nothing, unless the alert still fires once its series has
caught up; so does what was found afterwards. A series has caught up when its newest reading is no older than that
`act_within`: what is decided on it now is decided in time. A group has when one of its own series has.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alerts.fired import is_silence
from alerts.in_force import InForce
from alerts.standing import Standing, standing
from alerts.view import View
from city.alert import ACT_WITHIN_MS, AlertEvent, AlertState
from city.reading import Int64s

_Alert = tuple[str, str, int]  # rule, subject, raised_ms


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    """Those of one view. own: int64[links], the series of each, from `first` on; within_ms: int64[alerts]."""

    view: View
    alerts: list[_Alert]
    own: Int64s
    first: Int64s
    within_ms: Int64s

    def caught_up(self, clock_ms: int) -> Iterable[_Alert]:
        newest = np.maximum.reduceat(self.view.newest[self.own], self.first)
        return (self.alerts[k] for k in np.flatnonzero(clock_ms - newest <= self.within_ms).tolist())


class CatchingUp:
    """Those that were told late and still fire, for what is in force."""

    def __init__(self, in_force: InForce, waiting: Iterable[AlertEvent] = ()) -> None:
        """waiting: what `remember` gave."""
        self._in_force = in_force
        self._within_ms = {rule.id: rule.act_within_ms for rule in in_force.rules}
        self._waiting = {_alert_of(event): event for event in waiting}
        self._standing: dict[_Alert, Standing | None] = {}  # of those that wait: to look for it costs most
        self._watched: list[_Watched] | None = None  # None: to be made when it is asked for

    def settle(
        self,
        events: Sequence[AlertEvent],
        clock_ms: int,
        suppresses: Callable[[AlertEvent, int], bool],
        *,
        caught_up: bool,
    ) -> list[AlertEvent]:
        """A step's events, those marked that act after all; beside them those of steps before that act now.

        suppresses: whether nobody is to be told of an alert at that date: then it waits on
        caught_up: whether what waited for the engine itself has been seen, too: in it may be what ends an alert
        """
        for event in events:
            self._see(event)
        acting: dict[str, AlertEvent] = {}
        for alert in self._caught_up(clock_ms) if caught_up else ():
            event = self._waiting[alert]
            if not suppresses(event, clock_ms):
                acting[event.id] = replace(event, caught_up=True)
                self._forget(alert)
        marked = [acting.pop(event.id, event) for event in events]
        return [*marked, *acting.values()]

    def remember(self) -> list[AlertEvent]:
        """The newest told of each that waits."""
        return list(self._waiting.values())

    def _see(self, event: AlertEvent) -> None:
        if not event.told or is_silence(event.rule):
            return
        alert = _alert_of(event)
        within_ms = self._within_ms.get(event.rule, ACT_WITHIN_MS)
        if event.to_state is AlertState.FIRING and event.late(within_ms):
            if alert not in self._waiting:
                self._watched = None
            self._waiting[alert] = event
        else:  # it is over, or changed in time and acts by that
            self._forget(alert)

    def _forget(self, alert: _Alert) -> None:
        if self._waiting.pop(alert, None) is not None:
            self._standing.pop(alert, None)
            self._watched = None

    def _caught_up(self, clock_ms: int) -> list[_Alert]:
        if not self._waiting:
            return []
        if self._watched is None:
            self._watched = list(self._watch())
        return [alert for watched in self._watched for alert in watched.caught_up(clock_ms)]

    def _watch(self) -> Iterable[_Watched]:
        of_view: dict[int, list[tuple[_Alert, Standing]]] = defaultdict(list)
        for alert in self._waiting:
            if alert not in self._standing:
                self._standing[alert] = standing(self._in_force, alert[:2])
            found = self._standing[alert]
            if found is not None and len(found.own):
                of_view[id(found.unit.view)].append((alert, found))
        for mine in of_view.values():
            own = [found.own for _, found in mine]
            lengths = np.array([len(series) for series in own])
            within = [self._within_ms.get(rule, ACT_WITHIN_MS) for (rule, _, _), _ in mine]
            yield _Watched(
                view=mine[0][1].unit.view,
                alerts=[alert for alert, _ in mine],
                own=np.concatenate(own),
                first=np.cumsum(lengths) - lengths,
                within_ms=np.array(within, np.int64),
            )


def _alert_of(event: AlertEvent) -> _Alert:
    return event.rule, event.subject, event.raised_ms
