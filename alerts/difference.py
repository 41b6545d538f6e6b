"""What differs between runs over the same readings, without those that came late and with them.

To a group, late is also what came behind it, and no run without that is what the group saw: it knows these readings at
later moments. So there are two, one that knows them from their own time on and one that never does, and what both of
them say as well is no news.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from alerts.alert_events import Stamp
from alerts.engine_state import FIRING, INACTIVE, PENDING
from alerts.fired import Fired, Span, is_silence
from alerts.in_force import InForce, Unit
from alerts.open_alert import OpenAlert
from alerts.plan import FAR
from alerts.second_run import Episode, Run
from alerts.standing import Name, Standing, standing
from city.alert import AlertEvent, AlertState, Evidence
from city.reading import ReadingBatch

# Readings closer than that are of one moment: where they change places on the way, an alert is told once.
EARLIER_MS: Final = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What a pass brings, marked, each by date, rule and subject.

    going_on: changes of rows that go on as live ones; over: events of alerts that are over again
    """

    going_on: list[AlertEvent]
    over: list[AlertEvent]


class Difference:
    """What a run with the late readings says beyond one without them, and beyond what was told."""

    def __init__(
        self, in_force: InForce, fired: Fired, without: Sequence[Run], within: Run, readings: ReadingBatch, stamp: Stamp
    ) -> None:
        self._in_force = in_force
        self._fired = fired
        self._without = without
        self._within = within
        self._readings = readings
        self._stamp = stamp

    def found(self) -> Found:
        """The events; rows that go on as live ones are moved."""
        going_on: list[AlertEvent] = []
        over: list[AlertEvent] = []
        for name, episodes in self._within.episodes.items():
            for episode in episodes:
                if episode.resolved_ms < FAR:
                    over += self._over(name, episode)
                else:
                    going_on += self._going_on(name, episode)
                    over += self._earlier(name, episode)
        for name, alert in self._within.open.items():
            if alert.state is AlertState.PENDING:
                going_on += self._pending(name, alert)
        return Found(_marked(going_on), _marked(over))

    def _over(self, name: Name, episode: Episode) -> Iterable[AlertEvent]:
        """An alert that is over again."""
        raised, resolved = episode.raised_ms, episode.resolved_ms
        found = self._row(name)
        told = [span for span in self._fired.of(*name) if span.meets(raised, resolved)]
        if found is None or not self._is_new(name, episode, told, found):
            return ()
        if told:
            return self._before(episode, min(span.raised_ms for span in told), found)
        last = found.unit.states.last
        last[found.row] = max(int(last[found.row]), resolved)
        return episode.events

    def _is_new(self, name: Name, episode: Episode, told: Sequence[Span], of: Standing) -> bool:
        """Whether the late readings alone say so, beyond what was told."""
        if any(not span.retroactive for span in told) and not self._began_earlier(name, episode, told, of):
            return False
        return not all(self._says_so_too(run, name, episode, told) for run in self._without)

    def _began_earlier(self, name: Name, episode: Episode, told: Sequence[Span], of: Standing) -> bool:
        """Whether what was told live is late for the late readings alone. Of a group no run says what it knew when."""
        begins_ms = min(span.raised_ms for span in told)
        if not isinstance(of.unit, Unit) or begins_ms - episode.raised_ms < EARLIER_MS:
            return False
        return not any(
            other.raised_ms < begins_ms
            and Span(other.raised_ms, other.resolved_ms).meets(episode.raised_ms, episode.resolved_ms)
            for run in self._without
            for other in run.episodes.get(name, ())
        )

    def _says_so_too(self, run: Run, name: Name, episode: Episode, told: Sequence[Span]) -> bool:
        """Whether a run without the late readings says something like it that nobody was told."""
        for other in run.episodes.get(name, ()):
            span = Span(other.raised_ms, other.resolved_ms)
            if span.meets(episode.raised_ms, episode.resolved_ms) and not any(
                span.meets(one.raised_ms, one.resolved_ms) for one in told
            ):
                return True
        return False

    def _stood(self, name: Name) -> Sequence[OpenAlert | None]:
        """What stands at the end of each run without the late readings."""
        return [run.open.get(name) for run in self._without]

    def _before(self, episode: Episode, begins_ms: int, of: Standing) -> Iterable[AlertEvent]:
        """What of an alert lies before that of it which was told."""
        first = episode.events[0]
        if first.raised_ms >= begins_ms:
            return
        yield first
        yield self._stamp.event(
            rule=first.rule,
            version=first.version,
            subject=first.subject,
            severity=first.severity,
            states=(AlertState.FIRING, AlertState.RESOLVED),
            raised_ms=first.raised_ms,
            at_ms=begins_ms,
            evidence=Evidence(first.evidence.series, None, None, None, self._peak(first, begins_ms, of)),
            shadow=first.shadow,
            flapping=first.flapping,
        )

    def _going_on(self, name: Name, episode: Episode) -> Iterable[AlertEvent]:
        """An alert that fires at the end."""
        found = self._row(name)
        if found is None:
            return
        row, states = found.row, found.unit.states
        if states.state[row] == FIRING or found.is_muted:
            return
        # Of a group no run says what it knew when: that it fires now and nobody was told is enough.
        if isinstance(found.unit, Unit) and all(one and one.state is AlertState.FIRING for one in self._stood(name)):
            return  # not because of what came late
        first = episode.events[0]
        at = max(episode.raised_ms, int(states.last[row]) + 1)
        pending = states.state[row] == PENDING
        states.state[row], states.since[row], states.last[row] = FIRING, at, at
        if states.flaps is not None:
            states.flaps.begin(np.array([row]), np.array([at]))
        states.peak[row] = -np.inf  # brought up to the newest reading with those of all that fires
        found.look_again()
        self._climb(name, found)
        yield self._stamp.event(
            rule=first.rule,
            version=first.version,
            subject=first.subject,
            severity=self._within.open[name].severity,
            states=(AlertState.PENDING if pending else AlertState.INACTIVE, AlertState.FIRING),
            raised_ms=at,
            at_ms=at,
            evidence=first.evidence,
            shadow=first.shadow,
            flapping=bool(states.flapping(np.array([row]))[0]),
        )

    def _earlier(self, name: Name, episode: Episode) -> Iterable[AlertEvent]:
        """What of an alert that fires at the end lies before the live one."""
        found = self._row(name)
        told = [span for span in self._fired.of(*name) if span.meets(episode.raised_ms, FAR)]
        if found is None or not told or found.unit.states.state[found.row] != FIRING:
            return ()
        live = any(span.raised_ms == found.unit.states.since[found.row] for span in told)
        if not live or not self._is_new(name, episode, told, found):
            return ()
        return self._before(episode, min(span.raised_ms for span in told), found)

    def _pending(self, name: Name, alert: OpenAlert) -> Iterable[AlertEvent]:
        """What is pending at the end: it has been so since then."""
        found = self._row(name)
        if found is None or all(
            one is not None and (one.state is AlertState.FIRING or one.since_ms <= alert.since_ms)
            for one in self._stood(name)
        ):
            return
        row, states = found.row, found.unit.states
        if found.is_muted:
            return
        if states.state[row] == PENDING:
            states.since[row] = min(int(states.since[row]), alert.since_ms)
        elif states.state[row] == INACTIVE:
            at = max(alert.since_ms, int(states.last[row]) + 1)
            states.state[row], states.since[row], states.last[row] = PENDING, at, at
            yield self._stamp.event(
                rule=alert.rule,
                version=alert.version,
                subject=alert.subject,
                severity=alert.severity,
                states=(AlertState.INACTIVE, AlertState.PENDING),
                raised_ms=at,
                at_ms=at,
                evidence=Evidence(alert.subject, alert.time_ms, alert.value, None, None),
            )
        found.look_again()

    def _row(self, name: Name) -> Standing | None:
        """Where the alert stands; None where it has heard nothing yet, or waits for its windows to be filled."""
        found = None if is_silence(name[0]) else standing(self._in_force, name)
        return found if found is not None and found.looks else None

    def _climb(self, name: Name, of: Standing) -> None:
        """What goes on as a live alert is as severe as it was in the run."""
        found = standing(self._within.in_force, name)
        if found is None:
            return
        here, there = of.unit.severities, found.unit.severities
        if here is not None and there is not None:
            here.told[of.row] = there.told[found.row]
            here.truths[of.row] = there.truths[found.row]

    def _peak(self, first: AlertEvent, end_ms: int, of: Standing) -> float | None:
        """The greatest reading with raised ≤ time < end."""
        readings = self._readings
        inside = np.isin(readings.series, of.own) & (readings.time >= first.raised_ms) & (readings.time < end_ms)
        inside &= ~of.unit.view.hides(readings.quality)
        found = float(readings.value[inside].max(initial=-np.inf))
        return found if np.isfinite(found) else None


def _marked(events: Iterable[AlertEvent]) -> list[AlertEvent]:
    found = [replace(event, retroactive=True) for event in events]
    return sorted(found, key=lambda event: (event.at_ms, event.rule, event.subject))
