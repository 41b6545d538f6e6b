"""The retroactive pass: series that late readings touched are evaluated again, by the same engine, in order.

Two engines that have seen nothing run over the same readings, one without the late ones and one with them: what
differs is what these say. It may open alerts, or extend those that a pass found before backwards; it clears nothing.

- An alert that is over again is told as a fact, with both its events; one that begins before an alert that a pass found
  earlier is told up to where that one begins.
- One that still fires at the end goes on as a live one, dated 1 ms after its row's newest change at the earliest; what
  is still pending goes on as pending, from then.
- Windows hold the late readings from then on.

Alerts of silence are no part of it: what comes late does not say that anybody was heard.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from alerts.alert_events import Stamp
from alerts.closing import series_of
from alerts.engine_state import FIRING, INACTIVE, PENDING
from alerts.expression import goes_across
from alerts.fired import Fired, Span, is_silence
from alerts.in_force import InForce, Unit
from alerts.open_alert import OpenAlert
from alerts.plan import FAR, NEVER, conditions_of
from alerts.unseen import Unseen
from alerts.view import View
from alerts.window import KEPT, spans
from city.alert import AlertEvent, AlertState, Evidence
from city.catalog import Catalog
from city.entry import BatchEntry, RetroactiveEntry
from city.reading import Int64s, ReadingBatch, SeriesKey
from city.rule import Rule

Name = tuple[str, str]  # alert and subject


@dataclass(frozen=True, slots=True)
class Found:
    """What a pass brings, marked, each by date, rule and subject.

    going_on: changes of rows that go on as live ones; over: events of alerts that are over again
    """

    going_on: list[AlertEvent]
    over: list[AlertEvent]


class Scratch(Protocol):
    """An engine that has seen nothing, and for which no reading is late."""

    def step(self, entry: BatchEntry) -> list[AlertEvent]:
        """Takes the readings."""
        ...

    def open_alerts(self) -> list[OpenAlert]:
        """What stands at the end."""
        ...


@dataclass(frozen=True, slots=True)
class _Episode:
    """An alert as a run over the readings saw it: its events from firing on, the last of which resolves it or not."""

    events: tuple[AlertEvent, ...]

    @property
    def raised_ms(self) -> int:
        return self.events[0].raised_ms

    @property
    def resolved_ms(self) -> int:
        last = self.events[-1]
        return last.at_ms if last.to_state is AlertState.RESOLVED else FAR


@dataclass(frozen=True, slots=True)
class _Run:
    """What came of a run: episodes, what stands open at its end, and where its rows stand."""

    episodes: dict[Name, list[_Episode]]
    open: dict[Name, OpenAlert]
    in_force: InForce


def retroactive_pass(
    in_force: InForce,
    unseen: Unseen,
    fired: Fired,
    entry: RetroactiveEntry,
    scratch: Callable[[Catalog, Sequence[Rule]], tuple[Scratch, InForce]],
    stamp: Stamp,
) -> Found:
    """Everything of one entry."""
    series = entry.series.astype(np.int64)
    readings = _in_order([entry.batch, unseen.kept(series)])
    found = Found([], [])
    if len(readings):
        late = unseen.unseen(readings)
        catalog, rules = _only(in_force, series)
        without = _run(scratch(catalog, rules), readings.take(~late), in_force, series, stamp)
        within = _run(scratch(catalog, rules), readings, in_force, series, stamp)
        found = _Difference(in_force, fired, without, within, readings, stamp).found()
        _into_windows(in_force, series, readings)
    unseen.passed(series, entry.from_ms, in_force, stamp.clock_ms)
    return found


def _in_order(parts: Sequence[ReadingBatch]) -> ReadingBatch:
    """By time; of equal times the first stands first, and counts."""
    readings = ReadingBatch.concat(list(parts))
    return readings.take(np.argsort(readings.time, kind="stable"))


def _only(in_force: InForce, series: Int64s) -> tuple[Catalog, list[Rule]]:
    """A catalog of these series alone, and the rules that may look at them: none is of silence, and none inhibits.

    None goes across series: what it says hangs on others too, which are not here.
    """
    sensors = tuple(in_force.catalog.sensors[k] for k in series.tolist())
    quantities = {sensor.quantity.id for sensor in sensors}
    rules = [
        replace(rule, no_data_ms=None, inhibits=())
        for rule in in_force.rules
        if rule.select.quantity in quantities and not any(goes_across(condition) for condition in conditions_of(rule))
    ]
    return replace(in_force.catalog, sensors=sensors, files={}), rules


def _run(
    scratch: tuple[Scratch, InForce], readings: ReadingBatch, in_force: InForce, series: Int64s, stamp: Stamp
) -> _Run:
    """Over readings in order, each of which arrived at its time; the newest when it did: there the clock goes on."""
    engine, own = scratch
    arrived = readings.time.copy()
    for view in in_force.views.values():
        newest = readings.time == view.newest[readings.series]
        arrived[newest] = np.maximum(arrived[newest], view.arrived[readings.series][newest])
    place = np.searchsorted(series, readings.series).astype(np.int32)
    batch = ReadingBatch(place, readings.time, readings.value, readings.quality)
    found = engine.step(BatchEntry(stamp.position, stamp.clock_ms, batch, arrived=arrived))
    episodes: dict[Name, dict[int, list[AlertEvent]]] = {}
    for event in found:
        if event.to_state in {AlertState.FIRING, AlertState.RESOLVED}:
            episodes.setdefault((event.rule, event.subject), {}).setdefault(event.raised_ms, []).append(event)
    return _Run(
        {name: [_Episode(tuple(events)) for events in mine.values()] for name, mine in episodes.items()},
        {(alert.rule, alert.subject): alert for alert in engine.open_alerts()},
        own,
    )


class _Difference:
    """What a run with the late readings says beyond one without them, and beyond what was told."""

    def __init__(
        self, in_force: InForce, fired: Fired, without: _Run, within: _Run, readings: ReadingBatch, stamp: Stamp
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

    def _over(self, name: Name, episode: _Episode) -> Iterable[AlertEvent]:
        """An alert that is over again."""
        raised, resolved = episode.raised_ms, episode.resolved_ms
        found = self._row(name)
        told = [span for span in self._fired.of(*name) if span.meets(raised, resolved)]
        if found is None or not self._is_new(name, episode, told):
            return ()
        unit, row = found
        if told:
            return self._before(episode, min(span.raised_ms for span in told), unit.view)
        unit.states.last[row] = max(int(unit.states.last[row]), resolved)
        return episode.events

    def _is_new(self, name: Name, episode: _Episode, told: Sequence[Span]) -> bool:
        """Whether the late readings alone say so, and only passes before this one said anything like it."""
        if any(not span.retroactive for span in told):
            return False
        for other in self._without.episodes.get(name, ()):
            span = Span(other.raised_ms, other.resolved_ms)
            if span.meets(episode.raised_ms, episode.resolved_ms) and not any(
                span.meets(one.raised_ms, one.resolved_ms) for one in told
            ):
                return False
        return True

    def _before(self, episode: _Episode, begins_ms: int, view: View) -> Iterable[AlertEvent]:
        """What of an alert lies before one that a pass found earlier."""
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
            evidence=Evidence(first.evidence.series, None, None, None, self._peak(first, begins_ms, view)),
            shadow=first.shadow,
            flapping=first.flapping,
        )

    def _going_on(self, name: Name, episode: _Episode) -> Iterable[AlertEvent]:
        """An alert that fires at the end."""
        found = self._row(name)
        if found is None:
            return
        unit, row = found
        states = unit.states
        if states.state[row] == FIRING:
            return
        before = self._without.open.get(name)
        if _is_muted(unit, row) or (before is not None and before.state is AlertState.FIRING):
            return  # not because of what came late
        first = episode.events[0]
        at = max(episode.raised_ms, int(states.last[row]) + 1)
        pending = states.state[row] == PENDING
        states.state[row], states.since[row], states.last[row] = FIRING, at, at
        if states.flaps is not None:
            states.flaps.begin(np.array([row]), np.array([at]))
        states.peak[row] = -np.inf  # brought up to the newest reading with those of all that fires
        unit.due_ms = NEVER
        self._climb(name, unit, row)
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

    def _earlier(self, name: Name, episode: _Episode) -> Iterable[AlertEvent]:
        """What of an alert that fires at the end lies before the live one, if that was itself found by a pass."""
        found = self._row(name)
        told = [span for span in self._fired.of(*name) if span.meets(episode.raised_ms, FAR)]
        if found is None or found[0].states.state[found[1]] != FIRING or not told:
            return ()
        unit, row = found
        live = any(span.raised_ms == unit.states.since[row] for span in told)
        if not live or not self._is_new(name, episode, told):
            return ()
        return self._before(episode, min(span.raised_ms for span in told), unit.view)

    def _pending(self, name: Name, alert: OpenAlert) -> Iterable[AlertEvent]:
        """What is pending at the end: it has been so since then."""
        found = self._row(name)
        before = self._without.open.get(name)
        if found is None or (
            before is not None and (before.state is AlertState.FIRING or before.since_ms <= alert.since_ms)
        ):
            return
        unit, row = found
        states = unit.states
        if _is_muted(unit, row):
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
        unit.due_ms = NEVER

    def _row(self, name: Name) -> tuple[Unit, int] | None:
        """Where the alert stands; None where it has heard nothing yet, or waits for its windows to be filled."""
        found = None if is_silence(name[0]) else _find(self._in_force, name)
        if found is None:
            return None
        unit, row = found
        heard = unit.view.newest[unit.plan.series[row]] != NEVER
        return found if heard and (unit.waits is None or not unit.waits[row]) else None

    def _climb(self, name: Name, unit: Unit, row: int) -> None:
        """What goes on as a live alert is as severe as it was in the run."""
        found = _find(self._within.in_force, name)
        if unit.severities is None or found is None:
            return
        there, of = found
        assert there.severities is not None
        unit.severities.told[row] = there.severities.told[of]
        unit.severities.truths[row] = there.severities.truths[of]

    def _peak(self, first: AlertEvent, end_ms: int, view: View) -> float | None:
        """The greatest reading with raised ≤ time < end."""
        series = self._in_force.catalog.index[SeriesKey.parse(first.evidence.series)]
        readings = self._readings
        inside = (readings.series == series) & (readings.time >= first.raised_ms) & (readings.time < end_ms)
        inside &= ~view.hides(readings.quality)
        found = float(readings.value[inside].max(initial=-np.inf))
        return found if np.isfinite(found) else None


def _marked(events: Iterable[AlertEvent]) -> list[AlertEvent]:
    marked = [replace(event, retroactive=True) for event in events]
    return sorted(marked, key=lambda event: (event.at_ms, event.rule, event.subject))


def _find(in_force: InForce, name: Name) -> tuple[Unit, int] | None:
    alert, subject = name
    series = series_of(subject, in_force.catalog)
    for unit in in_force.units:
        for k in range(len(unit.plan.rules)):
            if series is not None and unit.plan.alert(k) == alert:
                for row in unit.plan.rows_of(k, series):
                    return unit, row
    return None


def _is_muted(unit: Unit, row: int) -> bool:
    """Whether a person closed it, and its raise has not been false since."""
    return unit.states.muted is not None and bool(unit.states.muted[row])


def _into_windows(in_force: InForce, series: Int64s, readings: ReadingBatch) -> None:
    """What views keep of these series is from now on what they would keep had all come in order."""
    for view in in_force.views.values():
        mine = series[(view.reach_ms[series] >= 0) & (view.newest[series] != NEVER)]
        if mine.size:
            _merge(view, mine, readings)
    for unit in in_force.units:
        if not unit.plan.silence:
            _raise_peaks(unit, series, readings)


def _merge(view: View, series: Int64s, readings: ReadingBatch) -> None:
    samples = view.samples
    begin, length = samples.begin[series], samples.end[series] - samples.begin[series]
    held = spans(begin, length)
    seen = np.isin(readings.series, series) & ~view.hides(readings.quality)
    seen &= readings.time <= view.newest[readings.series]
    of = np.concatenate([np.repeat(series, length), readings.series[seen]])
    time = np.concatenate([samples.time[held], readings.time[seen]])
    order = np.lexsort((time, of))  # stable: of equal times what is there stays
    of, time = of[order], time[order]
    value = np.concatenate([samples.value[held], readings.value[seen]])[order]
    quality = np.concatenate([samples.quality[held], readings.quality[seen]])[order]
    stays = np.append(True, (of[1:] != of[:-1]) | (time[1:] != time[:-1]))
    reached = (time > view.newest[of] - view.reach_ms[of] - 2) | (time == view.newest[of])
    awaited = np.zeros(len(view.newest), np.bool_)
    if samples.awaited is not None:  # groups have yet to come to some of what is there
        awaited = samples.awaited < FAR
        reached |= awaited[of] & (time >= np.where(length > 0, samples.time[begin], FAR)[np.searchsorted(series, of)])
    stays &= reached
    of, time, value, quality = of[stays], time[stays], value[stays], quality[stays]
    count = np.searchsorted(of, series, side="right") - np.searchsorted(of, series)
    length = np.where(awaited[series], count, np.minimum(count, KEPT))
    kept = spans(np.cumsum(count) - length, length)
    samples.replace(series, length, time[kept], value[kept], quality[kept])


def _raise_peaks(unit: Unit, series: Int64s, readings: ReadingBatch) -> None:
    """The peak of what fires is the greatest of all readings since then."""
    states = unit.states
    rows = unit.open_rows()
    rows = rows[(states.state[rows] == FIRING) & np.isin(unit.plan.series[rows], series)]
    for row in rows.tolist():
        mine = (readings.series == unit.plan.series[row]) & (readings.time >= states.since[row])
        mine &= ~unit.view.hides(readings.quality)
        states.peak[row] = max(states.peak[row], readings.value[mine].max(initial=-np.inf))
