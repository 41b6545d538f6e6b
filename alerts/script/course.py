"""The course of a case: a city's journal in small, and its rule engine following it.

The clock moves from step to step. Between two steps there is a tick whenever a timer of the engine is due, as there is
live; readings are marked `late` and `bad` as the ingester would mark them; new rules find what came before in a store
that is never away; and after an outage the clock moves timers again once the backlog is through.
"""

from collections.abc import Sequence
from typing import Final, assert_never

import numpy as np

from alerts.engine import Engine
from alerts.plan import FAR
from alerts.script.arrivals import Arrivals
from alerts.script.case import (
    Decide,
    Expect,
    ExpectNothing,
    ExpectWarning,
    LiftSilence,
    Load,
    MakeSilence,
    Outage,
    Wait,
)
from alerts.script.outcome import CaseResult, Missed, changes
from alerts.script.ready import NewCatalog, NewRules, Ready, ReadyStep
from alerts.script.sought import differences, newest
from alerts.script.store import ScriptStore
from alerts.script.words import span
from city.alert import AlertEvent, AlertState
from city.backlog import Backlog
from city.decision import Acknowledge, Act, AlertName, Assign, Close, Comment, Decision, Lift, Silence
from city.entry import (
    BatchEntry,
    CatalogEntry,
    CaughtUpEntry,
    DecisionEntry,
    Entry,
    FillEntry,
    RetroactiveEntry,
    RulesEntry,
    StartEntry,
    TickEntry,
)
from city.errors import Place

_SOMEBODY: Final = "test"  # who decides
_LOOK_EVERY_MS: Final = 1_000  # for the end of the backlog and for late readings, as the city does
_LOOK_FOR_MS: Final = 62_000  # after late readings: a pass comes a minute after the one before it at the latest


def run_case(ready: Ready, lines: Sequence[str]) -> CaseResult:
    """Runs it from its first step to its last. `lines` is the script's text, for showing what was expected."""
    course = _Course(ready, lines)
    for step in ready.steps:
        course.take(step)
    case = ready.case
    return CaseResult(
        case.title, case.place, case.start_ms, tuple(course.missed), tuple(course.entries), tuple(course.events)
    )


def begin_engine(ready: Ready) -> Engine:
    """The engine with which a case begins."""
    from_ms = ready.case.start_ms if ready.case.replay else None
    return Engine(ready.catalog.city, ready.catalog, ready.rules.rules, rule_files=ready.files, replay_from_ms=from_ms)


class _Course:
    """A case under way."""

    def __init__(self, ready: Ready, lines: Sequence[str]) -> None:
        self._start_ms = self._clock_ms = ready.case.start_ms
        self._rules = ready.rules
        self._engine = begin_engine(ready)
        self._lines = lines
        self._arrivals = Arrivals(ready.case.start_ms)
        self._store = ScriptStore()
        self._backlog: Backlog | None = None
        self._looked_ms = 0  # for the end of the backlog
        self._look_ms, self._look_until_ms = FAR, 0  # for late readings
        self._named: set[str] = set()
        self._act_within_ms = {rule.id: rule.act_within_ms for rule in ready.rules.rules}
        self.entries: list[Entry] = []
        self.events: list[AlertEvent] = []
        self.missed: list[Missed] = []
        self._step(TickEntry(self._position, self._clock_ms))

    def take(self, step: ReadyStep) -> None:
        """One step."""
        match step:
            case Load():
                self._load(step)
            case Wait():
                self._pass_until(self._start_ms + step.span_ms)
            case Outage():
                self._outage(step.span_ms)
            case NewRules():
                self._rules = step.rules
                self._act_within_ms |= {rule.id: rule.act_within_ms for rule in step.rules.rules}
                self._step(RulesEntry(self._position, self._clock_ms, step.files))
                self._fill()
            case NewCatalog():
                self._step(CatalogEntry(self._position, self._clock_ms, step.catalog.files))
                self._fill()
            case Decide():
                self._decide(step)
            case MakeSilence():
                self._say(_silence(step, self._clock_ms))
            case LiftSilence():
                self._say(Lift(step.name))
            case Expect():
                self._expect(step)
            case ExpectNothing():
                self._expect_nothing(step)
            case ExpectWarning():
                self._expect_warning(step)
            case _:
                assert_never(step)

    # -- what comes in ------------------------------------------------------------------------------------------------

    @property
    def _position(self) -> int:
        """Of the next entry."""
        return len(self.entries) + 1

    def _step(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.events += self._engine.step(entry)

    def _load(self, step: Load) -> None:
        arrivals = sorted({step.arrival_ms(reading) for reading in step.readings})
        for arrival_ms in arrivals:
            self._pass_until(self._start_ms + arrival_ms)
            readings = [reading for reading in step.readings if step.arrival_ms(reading) == arrival_ms]
            batch = self._arrivals.batch(readings, self._engine.catalog)
            if self._backlog is not None:
                self._backlog.observe(self._clock_ms, batch)
            self._store.write(batch, self._engine.catalog)
            self._step(BatchEntry(self._position, self._clock_ms, batch))
            if self._engine.await_pass:
                self._look_ms = min(self._look_ms, self._clock_ms + _LOOK_EVERY_MS)
                self._look_until_ms = self._clock_ms + _LOOK_FOR_MS

    def _fill(self) -> None:
        """What new rules look back at."""
        while (wanted := self._engine.fill_wanted()) is not None:
            found = self._store.read(wanted.series, wanted.start_ms, wanted.end_ms, wanted.catalog)
            self._step(FillEntry(self._position, self._clock_ms, wanted.series.astype(np.int32), found))

    def _look_again(self) -> None:
        """What late readings touched, in order."""
        while (wanted := self._engine.pass_wanted(self._clock_ms)) is not None:
            end_ms = np.full(len(wanted.series), np.iinfo(np.int64).max)
            found = self._store.read(wanted.series, wanted.start_ms, end_ms, wanted.catalog)
            series = wanted.series.astype(np.int32)
            self._step(RetroactiveEntry(self._position, self._clock_ms, series, wanted.start_ms, found))

    # -- how time passes ----------------------------------------------------------------------------------------------

    def _pass_until(self, until_ms: int) -> None:
        """The clock moves on; after late readings, their series are looked at again once it is time."""
        while self._look_ms <= min(until_ms, self._look_until_ms):
            self._pass_timers(self._look_ms)
            self._look_again()
            self._look_ms += _LOOK_EVERY_MS
        if self._look_ms > self._look_until_ms:
            self._look_ms = FAR
        self._pass_timers(until_ms)

    def _pass_timers(self, until_ms: int) -> None:
        """A tick comes whenever a timer is due."""
        while self._backlog is not None and self._looked_ms + _LOOK_EVERY_MS <= until_ms:
            self._looked_ms += _LOOK_EVERY_MS
            if self._backlog.is_through(self._looked_ms):
                self._backlog = None
                self._clock_ms = self._looked_ms
                self._step(CaughtUpEntry(self._position, self._clock_ms))
        while (due_ms := self._engine.next_due_ms()) is not None and due_ms <= until_ms:
            self._clock_ms = max(self._clock_ms, due_ms)
            self._step(TickEntry(self._position, self._clock_ms))
        self._clock_ms = until_ms

    def _outage(self, span_ms: int) -> None:
        """Nothing happens, then the city comes up with what it had written down."""
        self._clock_ms += span_ms
        self._engine = Engine.restore(self._engine.snapshot())
        self._backlog, self._looked_ms = Backlog(self._engine.catalog, self._clock_ms), self._clock_ms
        self._step(StartEntry(self._position, self._clock_ms))

    def _decide(self, step: Decide) -> None:
        """About the alert that fires; where none does, the step itself is missed."""
        mine = [event for event in self.events if (event.rule, event.subject) == (step.rule, step.subject)]
        newest = max(mine, key=lambda event: event.at_ms, default=None)
        if newest is None or newest.to_state is not AlertState.FIRING:
            self._miss(step.place, "no such alert fires")
            return
        alert = AlertName(newest.rule, newest.subject, newest.raised_ms)
        self._say(_act(step, alert))

    def _say(self, act: Act) -> None:
        """Somebody's decision."""
        decision = Decision(f"decision-{self._position}", _SOMEBODY, act)
        self._step(DecisionEntry(self._position, self._clock_ms, decision))

    # -- what is expected ---------------------------------------------------------------------------------------------

    def _expect(self, expected: Expect) -> None:
        event = newest(self.events, expected, self._start_ms)
        if event is not None:
            self._named.add(event.id)
        wrong = differences(expected, event, self._start_ms, self._act_within_ms)
        if wrong:
            self._miss(
                expected.place, f"{span(expected.at_ms or 0)} {expected.rule} {expected.subject} {', '.join(wrong)}"
            )

    def _expect_nothing(self, expected: ExpectNothing) -> None:
        counted = [event for event in self.events if expected.pending or event.told]
        found = [event for event in counted if not (expected.besides and event.id in self._named)]
        if found:
            self._miss(expected.place, changes(found, self._start_ms))

    def _expect_warning(self, expected: ExpectWarning) -> None:
        places = {rule.place for rule in self._rules.rules if rule.id == expected.rule}
        if not places & {warning.place for warning in self._rules.warnings}:
            self._miss(expected.place, "no warning")

    def _miss(self, place: Place, found: str) -> None:
        self.missed.append(Missed(place, self._lines[place.line - 1].strip(), found))


def _act(step: Decide, alert: AlertName) -> Act:
    if step.reason is not None:
        return Close(alert, step.reason)
    if step.whom is not None:
        return Assign(alert, step.whom)
    return Acknowledge(alert) if step.verb == "acknowledge" else Comment(alert)


def _silence(step: MakeSilence, now_ms: int) -> Silence:
    return Silence(
        id=step.name,
        from_ms=now_ms,
        to_ms=None if step.span_ms is None else now_ms + step.span_ms,
        rules=() if step.rule is None else (step.rule,),
        subjects=() if step.subject is None else (step.subject,),
        areas=() if step.area is None else (step.area,),
        severity_at_most=step.severity_at_most,
        schedule=step.schedule,
    )
