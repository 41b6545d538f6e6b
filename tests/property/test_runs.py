"""Whatever happens to a run, its rows say what its course decided, and in the end nothing is left open."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from administration.case_tables import city_case
from administration.clerk import Clerk
from administration.incident_shelf import NEEDY
from administration.playbook import Group, GroupBy
from administration.steps.case import OpenCase
from administration.steps.command import Command
from administration.steps.notify import Notify
from administration.steps.step import PlaybookStep
from administration.tables import delivery
from city.alert import AlertEvent, AlertState, event_id
from city.due import Due
from city.run import Answer, Hand, HandError
from tests.support.alert_events import alert_event
from tests.support.playbooks import LEAF, Steps, asks, branches, playbook_of
from tests.support.played_business import MAYOR, SUBJECTS, PlayedBusiness, person

MINUTE_MS = 60_000
CASE = PlaybookStep("case", OpenCase("bosai", "{incident.title}", Due(30, "m"), ("見る",)))
NOTIFY = PlaybookStep("notify", Notify(("mail",), "{incident.title}"))
SIGN = PlaybookStep("command", Command("rpi-toba", {"lamp": "red"}, MINUTE_MS, {"lamp": "off"}, acts_alone=True))
LEAVES = LEAF | st.sampled_from([CASE, NOTIFY, SIGN])
STEPS = st.recursive(
    st.lists(LEAVES, max_size=3).map(tuple),
    lambda inner: st.lists(
        LEAVES | st.builds(asks, inner, inner, st.integers(1, 3)) | st.builds(branches, inner, inner), max_size=4
    ).map(tuple),
    max_leaves=10,
)
ACTS = st.sampled_from(["fire", "fire other", "climb", "resolve", "minute", "obey", "refuse", *Answer, *Hand])


@settings(max_examples=40, deadline=None)
@given(STEPS, STEPS, st.lists(st.tuples(ACTS, st.integers(0, 20)), max_size=14))
def test_rows_say_what_was_decided_and_the_end_is_the_end(
    steps: Steps, on_resolve: Steps, acts: list[tuple[str, int]]
) -> None:
    with TemporaryDirectory() as folder, Played(Path(folder) / "city.db", steps, on_resolve) as played:
        for act, number in acts:
            played.act(act, number)
            played.rows_are_what_was_decided()
        played.end()


def _as_they_stand(clerk: Clerk) -> Mapping[str, tuple[object, ...]]:
    return {ident: (run.state, dict(run.marks), run.incident) for ident, run in clerk.runs.items()}


class Played(PlayedBusiness):
    """A drawn playbook, and what is drawn to happen to it."""

    def __init__(self, where: Path, steps: Steps, on_resolve: Steps) -> None:
        super().__init__(where, "id: p\ntitle: {ja: 試験, en: test}\nsteps: [webhook: {}]\n")
        drawn = replace(playbook_of(steps, on_resolve), version="drawn", group=Group((GroupBy.AREA,), MINUTE_MS * 999))
        self.business.city.books = {"p": drawn}
        self.business.city.rules = {
            name: replace(rule, playbook="p") for name, rule in self.business.city.rules.items()
        }
        self.events: dict[str, AlertEvent] = {}
        self.changes = 0

    def act(self, act: str, number: int) -> None:
        match act:
            case "fire" | "fire other":
                self._fire(SUBJECTS[act != "fire"])
            case "climb":
                self._change(AlertState.FIRING, 1 + number % 5)
            case "resolve":
                self._change(AlertState.RESOLVED, 3)
            case "minute":
                self.pass_until(self.clock.now_ms() + MINUTE_MS * number)
            case "obey" | "refuse":
                self._devices(well=act == "obey")
            case Answer():
                self._answer(act)
            case Hand():
                self._hand(act, number)
            case _:
                raise AssertionError(act)

    def end(self) -> None:
        """All alerts resolve, devices obey, and people go on: then nothing is left but what somebody has to look at."""
        for subject in list(self.events):
            self._resolve(subject)
        for row in self.incidents():
            for _ in range(len(row.incident.id)):
                if not self._goes_on(row.incident.id):
                    break
        for row in self.incidents():
            found = self.shelf.incident(row.incident.id)
            assert found is not None
            left = [step for step in found.steps if step.status in NEEDY and step.place.startswith("on_resolve")]
            assert found.over or left
        self._nothing_twice()

    def rows_are_what_was_decided(self) -> None:
        """Taken from the rows, filed and taken again, a run is the same, and nothing is written."""
        incidents = [row.incident.id for row in self.incidents()]
        with self.business.database.begin() as connection:
            clerk = Clerk(connection, self.business.office, self.clock.now_ms())
            clerk.take(incidents)
            before = _as_they_stand(clerk)
            assert clerk.file() == 0
            again = Clerk(connection, self.business.office, self.clock.now_ms())
            again.take(incidents)
            assert _as_they_stand(again) == before

    def _fire(self, subject: str) -> None:
        if subject not in self.events:
            self.events[subject] = alert_event(subject, raised_ms=self.clock.now_ms(), severity=3)
            self.happen(self.events[subject])

    def _change(self, to: AlertState, severity: int) -> None:
        for subject in list(self.events)[:1]:
            if to is AlertState.RESOLVED:
                self._resolve(subject)
                continue
            self.changes += 1
            was = self.events[subject]
            at_ms = was.at_ms + self.changes
            ident = event_id(was.city, was.rule, subject, was.raised_ms, to, at_ms)
            self.events[subject] = replace(was, id=ident, from_state=to, severity=severity, at_ms=at_ms)
            self.happen(self.events[subject])

    def _resolve(self, subject: str) -> None:
        was = self.events.pop(subject)
        at_ms = was.at_ms + 1
        ident = event_id(was.city, was.rule, subject, was.raised_ms, AlertState.RESOLVED, at_ms)
        self.happen(replace(was, id=ident, from_state=AlertState.FIRING, to_state=AlertState.RESOLVED, at_ms=at_ms))

    def _devices(self, *, well: bool) -> None:
        for command in self.devices.commands("rpi-toba", 100):
            if command.outcome is None:
                self.answer("rpi-toba", command.command.id, well=well)
        self.do_due()

    def _answer(self, answer: Answer) -> None:
        for asked in self.shelf.asked():
            boss = replace(MAYOR, offices=tuple(person("x", role).offices[0] for role in asked.roles))
            self.desk.answer(asked.id, asked.digest, answer, boss, "")

    def _hand(self, hand: Hand, number: int) -> None:
        for row in self.incidents():
            found = self.shelf.incident(row.incident.id)
            assert found is not None
            place = found.steps[number % len(found.steps)].place if found.steps else None
            try:
                self.desk.by_hand(row.incident.id, hand, MAYOR.id, "試験", place)
            except HandError:
                continue

    def _goes_on(self, ident: str) -> bool:
        """Whatever a person, a device or the clock can do for it."""
        before = self.shelf.incident(ident)
        with suppress(HandError):
            self.desk.by_hand(ident, Hand.RESUME, MAYOR.id, "試験")
        self._devices(well=True)
        self._answer(Answer.APPROVED)
        self.pass_until(self.clock.now_ms() + 5 * MINUTE_MS)
        after = self.shelf.incident(ident)
        assert before is not None
        assert after is not None
        return before.steps != after.steps or not after.over

    def _nothing_twice(self) -> None:
        with self.business.database.begin() as connection:
            numbers = sorted(connection.scalars(sa.select(city_case.c.number)))
            keys = Counter(connection.scalars(sa.select(delivery.c.id)))
        assert numbers == list(range(1, len(numbers) + 1))
        assert set(keys.values()) <= {1}
