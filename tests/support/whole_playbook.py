"""A playbook with a step of every kind, carried out by a process that can be killed at any moment.

The test's own process plays the device, the mayor, the department and the channel; all else is the city's.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from administration.approvals import STANDING
from administration.case_tables import city_case
from administration.channel import Channel
from administration.device_desk import DeviceDesk
from administration.office import Office
from administration.playbook import load_playbook
from administration.run_desk import RunDesk
from administration.run_tables import approval, chronicle, run_step
from administration.tables import delivery, device_command, incident, run
from city.principal import CITY, Principal
from city.principal import Office as HeldOffice
from city.right import Role
from city.run import Answer
from city.wire.command import CommandAck, Outcome
from megane.clocks import SystemClock
from tests.support.alert_events import MemoryAlertEvents, firing_and_resolved
from tests.support.business import Business, TestCity, business_database, rule

PLAYBOOK: Final = """\
id: whole
title: {ja: すべて, en: everything}
steps:
  - webhook: {}
  - notify: {to: [mail], text: '"{incident.title}"'}
  - case: {section: bosai, title: "{incident.title}"}
  - command: {device: rpi-0, set: {lamp: red}, acts_alone: true, undo_on_resolve: true, undo: {lamp: dark}}
  - branch: {when: {severity: 4}, then: [wait: {for: 1s}], else: [wait: {for: 1h}]}
  - approve: {role: mayor, within: 15m, question: "{incident.title}", on_reject: [], on_expire: []}
  - command: {device: rpi-0, set: {siren: loud}}
on_resolve:
  - close_case: {}
"""
# The boundaries between steps, as rows show them: what came before is committed, what comes next is not begun.
BOUNDARIES: Final = (
    ("steps.3", "running"),
    ("steps.3", "done"),
    ("steps.4.then.0", "waiting"),
    ("steps.4.then.0", "done"),
    ("steps.5", "waiting"),
    ("steps.5", "done"),
    ("steps.6", "running"),
    ("steps.6", "done"),
    ("steps.3", "undoing"),
    ("steps.3", "undone"),
    ("on_resolve.0", "done"),
)
LOOK_S: Final = 0.01
END_S: Final = 120.0
MAYOR: Final = Principal("person:mayor", "市長", (HeldOffice(Role.MAYOR, CITY),))

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Left:
    """What is left in the rows. Of each subject: its steps' states, the kinds of its lines in order, what was sent."""

    steps: Mapping[str, Mapping[str, str]]
    lines: Mapping[str, Sequence[str]]
    deliveries: Mapping[str, Sequence[str]]
    commands: Mapping[str, int]
    cases: Sequence[str]
    keys: frozenset[str]


def city_of(subjects: Sequence[str], department: str, channel: str) -> TestCity:
    """A city whose one rule starts the playbook."""
    rules = {"river-danger": rule(playbook="whole")}
    city = TestCity({"bosai": department}, subjects, rules=rules, playbooks=[load_playbook(PLAYBOOK, "whole")])
    city.urls["notify:mail"] = channel
    city.channels["mail"] = Channel((channel,))
    return city


def work(where: Path | sa.URL, subjects: Sequence[str], department: str, channel: str, over: Path) -> None:
    """The city's own process: works until it is killed. over: a file that says, once it is there, that all resolved."""
    asyncio.run(_work(where, subjects, department, channel, over))


async def _work(where: Path | sa.URL, subjects: Sequence[str], department: str, channel: str, over: Path) -> None:
    # Every start finds all events unmarked again, as if each kill had come between relaying and marking.
    both = [firing_and_resolved(name) for name in subjects]
    events = MemoryAlertEvents(firing for firing, _ in both)
    workers = 3 if isinstance(where, sa.URL) else 1
    async with Business(where, city_of(subjects, department, channel), events, workers=workers) as business:
        told = False
        while True:
            await asyncio.sleep(LOOK_S)
            business._wake()
            if not told and over.exists():  # noqa: ASYNC240  a test's
                told = True
                business.commit(*(resolved for _, resolved in both))


class Outside:
    """The city's process from outside: kills it, answers what it asks, and reads what it wrote."""

    def __init__(
        self, where: Path | sa.URL, subjects: Sequence[str], department: str, channel: str, over: Path
    ) -> None:
        self._arguments = (where, subjects, department, channel, over)
        self._over = over
        self._subjects = subjects
        self.database = business_database(where)
        clock = SystemClock()
        city = city_of(subjects, department, channel)
        self._devices = DeviceDesk(self.database, clock, lambda: None)
        self._people = RunDesk(
            self.database, Office(city, city), clock, lambda who, role, unit: who.holds(role, unit, {}), lambda: None
        )
        self._process: ForkServerProcess | None = None
        self.kills = 0

    def start(self) -> None:
        """Starts it. Returns at once."""
        self._process = _forks.Process(target=work, args=self._arguments, daemon=True)
        self._process.start()

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        assert self._process.is_alive()
        self._process.kill()
        self._process.join()
        self._process.close()
        self._process = None
        self.kills += 1

    def until(self, place: str, status: str) -> None:
        """Answers what is asked until some run's step has that state, or has left it behind."""
        self._until(lambda: self._reached(place, status))

    def pass_for(self, seconds: float) -> None:
        """Answers what is asked for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.answer()
            time.sleep(LOOK_S)

    def end(self) -> None:
        """Answers what is asked until all is over."""
        self._until(self._all_over)

    def answer(self) -> None:
        """The device obeys, the mayor approves; once all runs have nothing left but their end, the rain is over."""
        with self.database.connect() as connection:
            commands = connection.execute(
                sa.select(device_command.c.id, device_command.c.device).where(device_command.c.outcome.is_(None))
            ).all()
            asked = connection.execute(
                sa.select(approval.c.id, approval.c.digest).where(approval.c.state.in_(STANDING))
            ).all()
            last = run_step.c.place == "steps.6", run_step.c.status == "done"
            through = connection.scalar(sa.select(sa.func.count()).select_from(run_step).where(*last))
        for command in commands:
            self._devices.answered(command.device, CommandAck(command.id, Outcome.DONE))
        for one in asked:
            self._people.answer(one.id, one.digest, Answer.APPROVED, MAYOR, "")
        if through == len(self._subjects):
            self._over.touch()

    def left(self) -> Left:
        """What is in the rows."""
        with self.database.connect() as connection:
            of = {row.id: row.subject for row in connection.execute(sa.select(incident.c.id, incident.c.subject))}
            runs = {row.id: of[row.incident] for row in connection.execute(sa.select(run.c.id, run.c.incident))}
            steps: dict[str, dict[str, str]] = {subject: {} for subject in of.values()}
            for row in connection.execute(sa.select(run_step)):
                steps[runs[row.run]][row.place] = row.status
            lines: dict[str, list[str]] = {subject: [] for subject in of.values()}
            for row in connection.execute(sa.select(chronicle).order_by(chronicle.c.sequence)):
                lines[of[row.incident]].append(row.kind)
            sent: dict[str, list[str]] = {subject: [] for subject in of.values()}
            keys = set()
            for row in connection.execute(sa.select(delivery).order_by(delivery.c.place, delivery.c.sequence)):
                sent[runs[row.run]].append(f"{row.place} {row.endpoint} {row.state}")
                keys.add(row.id)
            commands: dict[str, int] = dict.fromkeys(of.values(), 0)
            for row in connection.execute(sa.select(device_command.c.made_by)):
                commands[runs[row.made_by.removeprefix("run:")]] += 1
            cases = connection.scalars(sa.select(city_case.c.id).order_by(city_case.c.id)).all()
        return Left(steps, lines, sent, commands, cases, frozenset(keys))

    def close(self) -> None:
        """Kills what is left."""
        with suppress(AssertionError):
            self.kill()
        self.database.dispose()

    def _until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + END_S
        while not condition():
            assert time.monotonic() < end, self.left().lines
            self.answer()
            time.sleep(LOOK_S)

    def _reached(self, place: str, status: str) -> bool:
        """Whether the step has that state, or one behind it, in some run."""
        with self.database.connect() as connection:
            order = {(at, is_now): number for number, (at, is_now) in enumerate(BOUNDARIES)}
            wanted = order[place, status]
            rows = connection.execute(sa.select(run_step.c.place, run_step.c.status))
            return any(order.get((row.place, row.status), -1) >= wanted for row in rows)

    def _all_over(self) -> bool:
        with self.database.connect() as connection:
            open_ones = sa.select(sa.func.count()).select_from(run).where(run.c.state == "open")
            all_of = sa.select(sa.func.count()).select_from(run)
            return connection.scalar(all_of) == len(self._subjects) and connection.scalar(open_ones) == 0
