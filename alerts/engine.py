"""The rule engine: entries of the journal go in, changes of alerts' states come out.

What comes out is a function of the entries alone. It is the one implementation of the rules: live, after a restart, for
a replay and for a rule's tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from alerts.conditions import Pairs, known_false, known_true
from alerts.course import Course, Single, course_of, touched_by
from alerts.engine_state import FIRING, INACTIVE, PENDING, RESOLVED, STATES, Changes, RowStates
from alerts.life_cycle import Timed, Verdict, along, at_moment
from alerts.moments import Moments
from alerts.plan import FAR, NEVER, Plan, make_plans, reach_ms
from alerts.rule_file import load_rules
from alerts.settle import settle_course, settle_moment
from alerts.snapshot import Memory, decode, encode, recall, remember
from alerts.view import Arrivals, View
from alerts.zone_silence import ZoneSilence
from city.alert import ZONE_SILENT, AlertEvent, AlertState, Evidence, event_id
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.entry import BatchEntry, CatalogEntry, CaughtUpEntry, Entry, RulesEntry, StartEntry, TickEntry
from city.reading import Int64s, ReadingBatch, SeriesKey
from city.rule import QualityView, Rule

_AT_ONCE = 32_768  # readings taken in together: large enough for NumPy, small enough to stay in the processor's cache


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that is pending or firing.

    since_ms: when that began; last_ms: date of its newest change
    peak: greatest reading since firing began, None while there is none
    time_ms, value: the newest reading that its rule sees
    """

    rule: str
    version: str
    subject: str
    severity: int
    state: AlertState
    since_ms: int
    peak: float | None
    time_ms: int | None
    value: float | None


class Engine:
    """Evaluates rules over a city's readings.

    Not safe for several threads at once; between two calls it may move from one thread to another.
    """

    def __init__(
        self,
        city: str,
        catalog: Catalog,
        rules: Sequence[Rule],
        *,
        rule_files: Mapping[str, str] | None = None,
        replay_from_ms: int | None = None,
    ) -> None:
        """An engine that has seen nothing.

        city: part of every event's id
        rule_files: the text of `rules`, needed for snapshots that are restored without being given the rules
        replay_from_ms: in a replay of files, where it starts: silence of a sensor never heard counts from there
        """
        self.city = city
        self.catalog = catalog
        self.rules = tuple(rules)
        self.position = 0
        self.clock_ms: int = NEVER
        self._rule_files = dict(rule_files or {})
        self._replay_from_ms = replay_from_ms
        self._caught_up = True
        self._due_ms = NEVER  # no timer is due before this clock time
        self._build()

    # -- entries ------------------------------------------------------------------------------------------------------

    def step(self, entry: Entry) -> list[AlertEvent]:
        """Takes the next entry and gives the changes it brings, ordered by date, rule and subject.

        Raises MistakesError for a `CatalogEntry` or `RulesEntry` whose files cannot be loaded; nothing is changed then.
        """
        loaded: Catalog | tuple[Rule, ...] | None = None
        match entry:
            case CatalogEntry(files=files):
                loaded = load_catalog(files)
            case RulesEntry(files=files):
                loaded = load_rules(files)  # checked against the catalog before it was written
            case BatchEntry() | TickEntry() | StartEntry() | CaughtUpEntry():
                pass
            case _:
                assert_never(entry)
        self.clock_ms = max(self.clock_ms, entry.at_ms)
        self.position = entry.position
        self._never_heard[self._never_heard == NEVER] = self.clock_ms
        events: list[AlertEvent] = []
        match entry:
            case BatchEntry(batch=batch, arrived=arrived):
                self._take(batch, np.full(len(batch), entry.at_ms) if arrived is None else arrived, events)
            case StartEntry():
                self._caught_up = False
            case CaughtUpEntry():
                self._caught_up = True
                self._due_ms = NEVER
            case CatalogEntry():
                assert isinstance(loaded, Catalog)
                self._reload(loaded, self.rules, events)
            case RulesEntry(files=files):
                assert isinstance(loaded, tuple)
                self._rule_files = dict(files)
                self._reload(self.catalog, loaded, events)
            case TickEntry():
                pass
            case _:
                assert_never(entry)
        self._pass_time(events)
        events.sort(key=lambda event: (event.at_ms, event.rule, event.subject))
        events = self._silence.hold_back(events, self.clock_ms, caught_up=self._caught_up)
        self._due_ms = min(self._due_ms, self._silence.due_ms(self._never_heard))
        return events

    def next_due_ms(self) -> int | None:
        """The earliest clock time at which a `TickEntry` has a timer to see to; None while there is none."""
        if not self._caught_up:
            return None
        due = [int(self._due(plan, states, None)[1].min(initial=FAR)) for plan, states in self._units]
        self._due_ms = min([*due, self._silence.due_ms(self._never_heard)])
        return None if self._due_ms >= FAR else self._due_ms

    @property
    def soonest_ms(self) -> int | None:
        """No `TickEntry` has a timer to see to before this clock time; None: none ever, as things stand. Cheap."""
        return None if not self._caught_up or self._due_ms >= FAR else self._due_ms

    def is_due(self, now_ms: int) -> bool:
        """Whether a `TickEntry` written now has a timer to see to. Cheap while nothing can be due."""
        if not self._caught_up or now_ms < self._due_ms:
            return False
        due_ms = self.next_due_ms()
        return due_ms is not None and due_ms <= now_ms

    def open_alerts(self) -> list[OpenAlert]:
        """What is pending or firing, ordered by rule, then subject."""
        found = []
        for plan, states in self._units:
            samples = self._views[plan.view].samples
            for row in np.flatnonzero(states.state != INACTIVE).tolist():
                rule, series = plan.rules[plan.rule[row]], int(plan.series[row])
                place = int(samples.end[series]) - 1
                heard = place >= samples.begin[series]
                peak = float(states.peak[row])
                found.append(
                    OpenAlert(
                        rule=plan.alert(int(plan.rule[row])),
                        version=rule.version,
                        subject=str(self.catalog.sensors[series].key),
                        severity=rule.severity,
                        state=STATES[states.state[row]],
                        since_ms=int(states.since[row]),
                        peak=peak if np.isfinite(peak) and not plan.silence else None,
                        time_ms=int(samples.time[place]) if heard else None,
                        value=float(samples.value[place]) if heard else None,
                    )
                )
        for zone, version, severity, since_ms, newest_ms in self._silence.open_zones():
            found.append(
                OpenAlert(ZONE_SILENT, version, zone, severity, AlertState.FIRING, since_ms, None, newest_ms, None)
            )
        return sorted(found, key=lambda alert: (alert.rule, alert.subject))

    # -- snapshots ----------------------------------------------------------------------------------------------------

    def snapshot(self) -> bytes:
        """All it knows, by names and not by indices: `restore` gives an engine that goes on in the same way."""
        return encode(
            Memory(
                city=self.city,
                position=self.position,
                clock_ms=self.clock_ms,
                caught_up=self._caught_up,
                replay_from_ms=self._replay_from_ms,
                catalog_files=dict(self.catalog.files),
                rule_files=self._rule_files,
                known=remember(self.catalog, self._views, self._units, self._never_heard),
                silence=self._silence.remember(),
            )
        )

    @classmethod
    def restore(cls, snapshot: bytes, catalog: Catalog | None = None, rules: Sequence[Rule] | None = None) -> "Engine":
        """The engine as it was. Catalog and rules are those of the snapshot's own texts unless they are given.

        Raises BrokenSnapshotError for bytes that are no snapshot of this version.
        """
        memory = decode(snapshot)
        catalog = catalog or load_catalog(memory.catalog_files)
        rules = load_rules(memory.rule_files) if rules is None else rules
        engine = cls(memory.city, catalog, rules, rule_files=memory.rule_files, replay_from_ms=memory.replay_from_ms)
        engine.position = memory.position
        engine.clock_ms = memory.clock_ms
        engine._caught_up = memory.caught_up
        recall(memory.known, catalog, engine._views, engine._units, engine._never_heard)
        engine._silence.recall(memory.silence, memory.clock_ms, memory.position)
        return engine

    # -- readings -----------------------------------------------------------------------------------------------------

    def _take(self, batch: ReadingBatch, arrived: Int64s, events: list[AlertEvent]) -> None:
        if (batch.time[1:] < batch.time[:-1]).any():  # the journal's are in order; history may be handed over as it is
            order = np.argsort(batch.time, kind="stable")
            batch, arrived = batch.take(order), arrived[order]
        now = self.clock_ms, self.position
        events += self._silence.hear(batch, arrived, self._never_heard, caught_up=self._caught_up, now=now)
        for begin in range(0, len(batch), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            piece = ReadingBatch(batch.series[part], batch.time[part], batch.value[part], batch.quality[part])
            for view in self._views.values():
                arrivals = view.take(piece, arrived[part])
                if arrivals is not None:
                    self._run(view, arrivals, events)

    def _run(self, view: View, arrivals: Arrivals, events: list[AlertEvent]) -> None:
        """All plans of the view over what it took in."""
        newest = view.newest[arrivals.series] + self._delay[arrivals.series]
        self._due_ms = min(self._due_ms, int(newest.min()) + self._soonest[view.quality])
        for plan, states in self._units:
            if plan.view is not view.quality:
                continue
            touched = touched_by(plan, arrivals)
            if touched is None:
                continue
            which = touched.may_happen(states)
            course = course_of(touched, which, states, self._never_heard) if which.size else None
            if plan.timed or len(plan.offsets):
                states.cursor[touched.rows] = NEVER  # newer than any timer is now the newest reading
            if course is None:
                continue
            verdict = _verdict(plan, course, arrivals)
            if plan.timed:
                turns = Timed(plan, course, verdict, states, _Judge(plan, view)).turns()
            else:
                turns = along(course, verdict, states)
            events += self._events(plan, settle_course(course, turns, states, arrivals))
            if plan.timed:
                busy = course.rows[np.flatnonzero(states.state[course.rows] != INACTIVE)]
                if busy.size:
                    self._due_ms = min(self._due_ms, int(self._due(plan, states, busy)[1].min()))

    # -- the clock ----------------------------------------------------------------------------------------------------

    def _pass_time(self, events: list[AlertEvent]) -> None:
        """Sees to every timer that engine time has reached. Between a start and having caught up there is none."""
        if not self._caught_up or self.clock_ms < self._due_ms:
            return
        events += self._silence.pass_time(self.clock_ms, self.position, self._never_heard)
        soonest = FAR
        for plan, states in self._units:
            rows: Int64s | None = None
            while True:
                due, clock = self._due(plan, states, rows)
                ripe = np.flatnonzero(clock <= self.clock_ms)
                soonest = min(soonest, int(clock[clock > self.clock_ms].min(initial=FAR)))
                if not ripe.size:
                    break
                rows = ripe if rows is None else rows[ripe]
                self._fire(plan, states, rows, due[ripe], events)
        self._due_ms = soonest

    def _fire(self, plan: Plan, states: RowStates, rows: Int64s, time: Int64s, events: list[AlertEvent]) -> None:
        """One timer of each row."""
        view = self._views[plan.view]
        newest = view.samples.end[plan.series[rows]] - 1
        if plan.silence:
            true = np.ones(len(rows), np.bool_)
            verdict = Verdict(true, ~true, ~true)
        else:
            verdict = _Judge(plan, view)(rows, time, newest)
        turns = at_moment(plan, states, rows, time, verdict, newest)
        states.cursor[rows] = time
        events += self._events(plan, settle_moment(rows, turns, states))

    def _due(self, plan: Plan, states: RowStates, rows: Int64s | None) -> tuple[Int64s, Int64s]:
        """int64[rows] each: event time of the next timer, `FAR` where there is none, and the clock time it fires."""
        every = slice(None) if rows is None else rows
        series = plan.series[every]
        view = self._views[plan.view]
        newest, arrived, delay = view.newest[series], view.arrived[series], self._delay[series]
        if plan.silence:
            newest = np.where(newest == NEVER, self._never_heard[series], newest)
        seen = np.maximum(states.cursor[every], newest)
        due = np.full(len(series), FAR, np.int64)
        state = states.state[every]
        for offset in plan.offsets[:, every]:
            timer = newest + offset
            np.minimum(due, np.where((timer > seen) & (newest != NEVER) & (offset < FAR), timer, FAR), out=due)
        if plan.silence:
            due[state == FIRING] = FAR
        if plan.timed:
            since = states.since[every]
            due = np.where(state == PENDING, np.minimum(due, since + plan.for_ms[every]), due)
            held = since + plan.hold_ms[every]
            due = np.where((state == FIRING) & (held > seen), np.minimum(due, held), due)
        return due, np.where(due < FAR, np.maximum(due, arrived) + delay, FAR)

    # -- what is loaded -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Plans, views and fresh states of the catalog and rules in force."""
        plans = make_plans(self.rules, self.catalog)
        count = len(self.catalog.sensors)
        reach = {plan.view: np.zeros(count, np.int64) for plan in plans}
        for plan in plans:
            np.maximum.at(reach[plan.view], plan.series, reach_ms(plan))
        # Without a resolution only equal values are the same value.
        resolution = np.array([sensor.resolution or 0.0 for sensor in self.catalog.sensors])
        self._views = {
            quality: View(quality, reach[quality], resolution) for quality in QualityView if quality in reach
        }
        self._silence = ZoneSilence(self.city, self.catalog, self.rules)
        self._units = [(plan, RowStates.fresh(len(plan))) for plan in plans if len(plan)]
        self._delay: Int64s = np.array([sensor.delay_ms for sensor in self.catalog.sensors], np.int64)
        registered = [sensor.registered_ms or NEVER for sensor in self.catalog.sensors]
        self._never_heard: Int64s = np.array(registered, np.int64)
        if self._replay_from_ms is not None:
            self._never_heard[:] = self._replay_from_ms
        self._soonest = {
            quality: min((int(p.offsets.min(initial=FAR)) for p, _ in self._units if p.view is quality), default=FAR)
            for quality in self._views
        }
        self._due_ms = NEVER

    def _reload(self, catalog: Catalog, rules: Sequence[Rule], events: list[AlertEvent]) -> None:
        """New rules or a new catalog: what has the same names goes on, what is gone is closed now."""
        self._due_ms = NEVER
        self._pass_time(events)
        memory = remember(self.catalog, self._views, self._units, self._never_heard)
        before = self.catalog, self._views, self._units
        silence = self._silence.remember()
        self.catalog, self.rules = catalog, tuple(rules)
        self._build()
        old = {(rule.id, rule.version) for plan, _ in before[2] for rule in plan.rules}
        for plan, states in self._units:
            fresh = np.array([(rule.id, rule.version) not in old and not plan.silence for rule in plan.rules])
            rows = fresh[plan.rule]  # what their windows say about the past raises nothing
            states.cursor[rows] = self.clock_ms - self._delay[plan.series[rows]]
        recall(memory, catalog, self._views, self._units, self._never_heard)
        self._never_heard[self._never_heard == NEVER] = self.clock_ms
        self._close_gone(*before, events)
        events += self._silence.recall(silence, self.clock_ms, self.position)

    def _close_gone(
        self,
        catalog: Catalog,
        views: Mapping[QualityView, View],
        units: Sequence[tuple[Plan, RowStates]],
        events: list[AlertEvent],
    ) -> None:
        """Ends the alerts of rules, versions and sensors that are no longer there, dated at the entry."""
        still = {
            (plan.alert(rule), plan.rules[rule].version, str(self.catalog.sensors[series].key))
            for plan, states in self._units
            for rule, series in _open(plan, states)
        }
        for plan, states in units:
            sensors = catalog.sensors
            gone = [
                row
                for row, (rule, series) in zip(
                    np.flatnonzero(states.state != INACTIVE).tolist(), _open(plan, states), strict=True
                )
                if (plan.alert(rule), plan.rules[rule].version, str(sensors[series].key)) not in still
            ]
            if not gone:
                continue
            rows = np.array(gone, np.int64)
            state = states.state[rows]
            after = np.where(state == FIRING, RESOLVED, INACTIVE).astype(np.uint8)
            at = np.maximum(self.clock_ms, states.last[rows] + 1)
            raised = np.where(state == FIRING, states.since[rows], at)
            newest = views[plan.view].samples.end[plan.series[rows]] - 1
            changes = Changes(rows, state, after, at, raised, newest, states.peak[rows])
            for row, at_ms in zip(gone, at.tolist(), strict=True):
                self._date_on(plan.alert(int(plan.rule[row])), sensors[plan.series[row]].key, at_ms)
            events += self._events(plan, changes, catalog, views)

    def _date_on(self, alert: str, key: SeriesKey, at_ms: int) -> None:
        """What the new version of a closed alert does is dated after the closing, as with any change of one alert."""
        series = self.catalog.index.get(key)
        if series is None:
            return
        for plan, states in self._units:
            for rule in range(len(plan.rules)):
                if plan.alert(rule) == alert:
                    states.last[plan.rows_of(rule, series)] = at_ms

    # -- events -------------------------------------------------------------------------------------------------------

    def _events(
        self,
        plan: Plan,
        changes: Changes,
        catalog: Catalog | None = None,
        views: Mapping[QualityView, View] | None = None,
    ) -> Iterator[AlertEvent]:
        sensors = (catalog or self.catalog).sensors
        samples = (views or self._views)[plan.view].samples
        for k in range(len(changes)):
            row, at, raised = int(changes.row[k]), int(changes.at[k]), int(changes.raised[k])
            series = int(plan.series[row])
            rule, alert = plan.rules[plan.rule[row]], plan.alert(int(plan.rule[row]))
            subject = str(sensors[series].key)
            after = STATES[changes.after[k]]
            place, peak = int(changes.newest[k]), float(changes.peak[k])
            silent = place < samples.begin[series] or (plan.silence and after is AlertState.FIRING)
            yield AlertEvent(
                id=event_id(self.city, alert, subject, raised, after, at),
                city=self.city,
                rule=alert,
                version=rule.version,
                subject=subject,
                severity=rule.severity,
                from_state=STATES[changes.before[k]],
                to_state=after,
                raised_ms=raised,
                at_ms=at,
                decided_ms=self.clock_ms,
                position=self.position,
                evidence=Evidence(
                    series=subject,
                    time_ms=None if silent else int(samples.time[place]),
                    value=None if silent else float(samples.value[place]),
                    quality=None if silent else int(samples.quality[place]),
                    peak=peak if np.isfinite(peak) and not plan.silence else None,
                ),
            )


def _open(plan: Plan, states: RowStates) -> list[tuple[int, int]]:
    """Rule and series of each row that is pending or firing."""
    rows = np.flatnonzero(states.state != INACTIVE)
    return list(zip(plan.rule[rows].tolist(), plan.series[rows].tolist(), strict=True))


def _verdict(plan: Plan, course: Course, arrivals: Arrivals) -> Verdict:
    """What the plan's conditions say along a course."""
    if plan.silence:
        reading = course.is_reading()
        limit = arrivals.arrived[course.reading] - plan.offsets[0][course.row]
        fresh = reading & (course.time > limit)  # at a timer the index names nothing, and that is no reading
        return Verdict(~reading, reading, fresh)
    return _conditions(plan, course)


def _conditions(plan: Plan, pairs: Pairs) -> Verdict:
    assert plan.raises is not None
    up = known_true(plan.raises, plan.raise_columns, pairs)
    off = known_false(plan.raises, plan.raise_columns, pairs)
    if plan.clears is None:
        return Verdict(up, off, off)
    return Verdict(up, off, known_true(plan.clears, plan.clear_columns, pairs) & ~up)


@dataclass(frozen=True, slots=True)
class _Judge:
    """A plan's conditions at single moments of its rows."""

    plan: Plan
    view: View

    def __call__(self, rows: Int64s, time: Int64s, newest: Int64s) -> Verdict:
        moments = Moments(self.view.samples, self.plan.series[rows], time, newest)
        return _conditions(self.plan, Single(rows, (moments,)))
