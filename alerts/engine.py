"""The rule engine: entries of the journal go in, changes of alerts' states come out.

What comes out is a function of the entries alone. It is the one implementation of the rules: live, after a restart, for
a replay and for a rule's tests.
"""

from collections.abc import Mapping, Sequence
from typing import assert_never

import numpy as np

from alerts.advance import pass_time, take
from alerts.alert_events import Stamp
from alerts.catching_up import CatchingUp
from alerts.closing import close
from alerts.fill import FillWanted, fill, fill_due, fill_wanted
from alerts.fired import Fired
from alerts.holding_back import HoldingBack
from alerts.in_force import InForce
from alerts.known import recall, remember
from alerts.open_alert import OpenAlert, open_alerts
from alerts.plan import FAR, NEVER
from alerts.reload import reload
from alerts.retroactive_pass import retroactive_pass
from alerts.rule_file import load_rules
from alerts.snapshot import Memory, decode, encode
from alerts.timers import next_due_ms
from alerts.unseen import PassWanted, Unseen
from city.alert import AlertEvent
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.decision import Close, Decision, Lift, Silence
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
from city.rule import Rule


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
        self.position = 0
        self.clock_ms: int = NEVER
        self._in_force = InForce(catalog, rules, replay_from_ms)
        self._back = HoldingBack(catalog, rules)
        self._rule_files = dict(rule_files or {})
        self._unseen = Unseen(catalog)
        self._fired = Fired({})
        self._catching_up = CatchingUp(self._in_force)
        self._caught_up = True
        self._heard = False  # any reading
        self._silence_due_ms = NEVER  # no zone falls silent before this clock time

    @property
    def catalog(self) -> Catalog:
        """The catalog in force: series of the next batch are of this one."""
        return self._in_force.catalog

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force."""
        return self._in_force.rules

    # -- entries ------------------------------------------------------------------------------------------------------

    def step(self, entry: Entry) -> list[AlertEvent]:
        """Takes the next entry and gives the changes it brings, ordered by date, rule and subject.

        Raises MistakesError for a `CatalogEntry` or `RulesEntry` whose files cannot be loaded; nothing is changed then.
        """
        loaded = _loaded(entry)
        self.clock_ms = max(self.clock_ms, entry.at_ms)
        self.position = entry.position
        self._in_force.begin(self.clock_ms)
        fill_due(self._in_force, self.clock_ms)
        events: list[AlertEvent] = []
        over: list[AlertEvent] = []
        self._apply(entry, loaded, events, over)
        self._pass_time(events)
        events.sort(key=lambda event: (event.at_ms, event.rule, event.subject))
        events = self._back.suppression.settle(
            events,
            self.clock_ms,
            caught_up=self._caught_up,
            changed=isinstance(entry, DecisionEntry | RulesEntry | CatalogEntry),
            lifted=isinstance(entry, DecisionEntry) and isinstance(entry.decision.act, Lift),
        )
        self._silence_due_ms = self._back.zones.due_ms(self._in_force.never_heard)
        events = [*self._back.suppression.over(over), *events]
        self._fired.note(events, self.clock_ms)
        suppresses = self._back.suppression.suppresses
        return self._catching_up.settle(events, self.clock_ms, suppresses, caught_up=self._caught_up)

    def _apply(
        self,
        entry: Entry,
        loaded: Catalog | tuple[Rule, ...] | None,
        events: list[AlertEvent],
        over: list[AlertEvent],
    ) -> None:
        """What the entry itself brings, and to `over` what changes no alert that stands. Time comes after it."""
        match entry:
            case BatchEntry(batch=batch, arrived=arrived):
                self._heard = True
                arrived = np.full(len(batch), entry.at_ms) if arrived is None else arrived
                events += take(self._in_force, self._back.zones, batch, arrived, self._stamp, caught_up=self._caught_up)
                self._unseen.hear(batch, self._in_force, entry.position, self.clock_ms)
            case StartEntry():
                self._caught_up = False
            case CaughtUpEntry():
                self._caught_up = True
                self._look_again()
            case CatalogEntry():
                assert isinstance(loaded, Catalog)
                self._reload(loaded, self.rules, events)
            case RulesEntry(files=files):
                assert isinstance(loaded, tuple)
                self._rule_files = dict(files)
                self._reload(self.catalog, loaded, events)
            case FillEntry():
                fill(self._in_force, entry, self.clock_ms)
                self._back.zones.remind(entry.batch)
            case DecisionEntry(decision=decision):
                self._decide(decision, events)
            case RetroactiveEntry():
                self._look_again()
                self._pass_time(events)
                self._fired.note(events, self.clock_ms)
                found = retroactive_pass(self._in_force, self._unseen, self._fired, entry, self._scratch, self._stamp)
                events += found.going_on
                over += found.over
            case TickEntry():
                pass
            case _:
                assert_never(entry)

    def next_due_ms(self) -> int | None:
        """The earliest clock time at which a `TickEntry` has a timer to see to; None while there is none."""
        if not self._caught_up:
            return None
        silence_ms = self._back.zones.due_ms(self._in_force.never_heard)
        due_ms = min(next_due_ms(self._in_force), silence_ms, self._back.suppression.due_ms)
        return None if due_ms >= FAR else due_ms

    @property
    def soonest_ms(self) -> int | None:
        """No `TickEntry` has a timer to see to before this clock time; None: none ever, as things stand. Cheap."""
        due_ms = min(self._in_force.due_ms(), self._silence_due_ms, self._back.suppression.due_ms)
        return None if not self._caught_up or due_ms >= FAR else due_ms

    def is_due(self, now_ms: int) -> bool:
        """Whether a `TickEntry` written now has a timer to see to. Cheap while nothing can be due."""
        if self.soonest_ms is None or now_ms < self.soonest_ms:
            return False
        due_ms = self.next_due_ms()
        return due_ms is not None and due_ms <= now_ms

    def fill_wanted(self) -> FillWanted | None:
        """What windows lack of the past: it is to be read from the store and to come as a `FillEntry`."""
        return fill_wanted(self._in_force, self.clock_ms)

    def pass_wanted(self, now_ms: int) -> PassWanted | None:
        """What a retroactive pass needs: it is to be read from the store and to come as a `RetroactiveEntry`.

        None while no late reading touched anything, and before the minute is over.
        """
        return self._unseen.wanted(self._in_force, now_ms)

    @property
    def await_pass(self) -> int:
        """How many series late readings touched, or one beside them in a group, that no pass has looked at yet."""
        return self._unseen.waiting

    @property
    def too_late(self) -> int:
        """How many late readings were older than a retroactive pass looks back."""
        return self._unseen.too_old

    def open_alerts(self) -> list[OpenAlert]:
        """What is pending or firing, ordered by rule, then subject."""
        found = [*open_alerts(self._in_force), *self._back.zones.open_zones()]
        return sorted(found, key=lambda alert: (alert.rule, alert.subject))

    @property
    def samples_bytes(self) -> int:
        """What the readings take that windows still look back at."""
        return sum(view.samples.size_bytes for view in self._in_force.views.values())

    # -- snapshots ----------------------------------------------------------------------------------------------------

    def snapshot(self) -> bytes:
        """All it knows, by names and not by indices: `restore` gives an engine that goes on in the same way."""
        return encode(
            Memory(
                city=self.city,
                position=self.position,
                clock_ms=self.clock_ms,
                caught_up=self._caught_up,
                heard=self._heard,
                replay_from_ms=self._in_force.replay_from_ms,
                catalog_files=dict(self.catalog.files),
                rule_files=self._rule_files,
                known=remember(self._in_force),
                silence=self._back.zones.remember(),
                suppression=self._back.remember(),
                unseen=self._unseen.remember(),
                fired=self._fired.remember(),
                catching_up=self._catching_up.remember(),
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
        engine._heard = memory.heard
        recall(memory.known, engine._in_force)
        engine._back.zones.recall(memory.silence, engine._stamp)
        engine._back.recall(memory.suppression, engine._in_force)
        engine._unseen.recall(memory.unseen)
        engine._fired = Fired.recall(memory.fired)
        engine._catching_up = CatchingUp(engine._in_force, memory.catching_up)
        return engine

    # -- what moves the rows ------------------------------------------------------------------------------------------

    @property
    def _stamp(self) -> Stamp:
        return Stamp(self.city, self.clock_ms, self.position)

    def _pass_time(self, events: list[AlertEvent]) -> None:
        """Sees to every timer that is due. Between a start and having caught up there is none."""
        if self._caught_up:
            events += pass_time(self._in_force, self._back.zones, self._stamp)

    def _decide(self, decision: Decision, events: list[AlertEvent]) -> None:
        """Of what a person decides only some concerns the engine. What is due before it is seen to before it."""
        self._pass_time(events)
        if isinstance(decision.act, Close):
            events += close(decision.act, self._in_force, self._stamp)
            events += self._back.zones.close(decision.act, self._stamp)
        elif isinstance(decision.act, Silence):
            self._back.silences.add(decision.act)
        elif isinstance(decision.act, Lift):
            self._back.silences.lift(decision.act.silence, self.clock_ms)

    def _reload(self, catalog: Catalog, rules: Sequence[Rule], events: list[AlertEvent]) -> None:
        """What is due under what was in force is seen to before it gives way."""
        self._look_again()
        self._pass_time(events)
        self._in_force, closed = reload(self._in_force, catalog, rules, self._stamp, heard=self._heard)
        events += self._back.suppression.drop(closed)
        zones, suppressed = self._back.zones.remember(), self._back.remember()
        self._back = HoldingBack(catalog, rules)
        self._back.recall(suppressed, self._in_force)
        unseen = self._unseen.remember()
        self._unseen = Unseen(catalog)
        self._unseen.recall(unseen)
        events += self._back.zones.recall(zones, self._stamp)
        self._back.zones.wait(self._in_force.fill_until_ms)
        self._catching_up = CatchingUp(self._in_force, self._catching_up.remember())
        self._look_again()

    def _scratch(self, catalog: Catalog, rules: Sequence[Rule]) -> "tuple[Engine, InForce]":
        """An engine that has seen nothing, for which no reading is late and the clock stands as for this one."""
        engine = Engine(self.city, catalog, rules)
        engine._caught_up = self._caught_up
        for view in engine._in_force.views.values():
            view.look_back()
        return engine, engine._in_force

    def _look_again(self) -> None:
        """Any timer may be due."""
        self._in_force.look_again()
        self._silence_due_ms = NEVER


def _loaded(entry: Entry) -> Catalog | tuple[Rule, ...] | None:
    """The catalog or the rules that stand in the entry."""
    match entry:
        case CatalogEntry(files=files):
            return load_catalog(files)
        case RulesEntry(files=files):
            return load_rules(files)  # checked against the catalog before it was written
        case (
            BatchEntry()
            | TickEntry()
            | StartEntry()
            | CaughtUpEntry()
            | DecisionEntry()
            | FillEntry()
            | RetroactiveEntry()
        ):
            return None
        case _:
            assert_never(entry)
