"""Business without tasks: a test says when time passes and what happens, and looks at the rows after each."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from administration.agenda import Agenda
from administration.approvals import Approval
from administration.channel import Channel
from administration.device_desk import DeviceDesk
from administration.incident_shelf import IncidentFile, IncidentRow
from administration.playbook import load_playbook
from city.alert import AlertEvent
from city.clock import Clock
from city.principal import Office as CityOffice
from city.principal import Principal
from city.right import Role
from city.run import IncidentsWanted
from city.wire.command import CommandAck, Outcome, Refusal
from tests.support.alert_events import START_MS
from tests.support.business import Business, TestCity, rule
from tests.support.manual_clock import ManualClock

SUBJECTS = ("rpi-toba:water_level", "rpi-hino:water_level")
NOBODY = "http://127.0.0.1:9/"


def person(name: str, *roles: Role, unit: str = "bosai") -> Principal:
    return Principal(f"person:{name}", name, tuple(CityOffice(role, unit) for role in roles))


MAYOR = person("mayor", Role.MAYOR)
DEPUTY = person("deputy", Role.CIO)
CHIEF = person("chief", Role.SECTION_CHIEF)


class PlayedBusiness:
    """One playbook, started by the rule `river-danger`, with endpoints `bosai` and `doboku` that nobody is behind."""

    def __init__(self, where: Path | sa.URL, playbook: str, clock: Clock | None = None) -> None:
        book = load_playbook(playbook, "playbook.yaml")
        urls = dict.fromkeys(("bosai", "doboku"), NOBODY)
        city = TestCity(urls, SUBJECTS, rules={"river-danger": rule(playbook=book.id)}, playbooks=[book])
        self.clock = clock or ManualClock(START_MS + 30_000)
        city.channels = {"mail": Channel.read("json://127.0.0.1:9/", channel="mail", file="mail")}
        self.business = Business(where, city, clock=self.clock)
        self.devices = DeviceDesk(self.business.database, self.clock, lambda: None)
        self.desk, self.shelf, self.agenda = self.business.desk, self.business.shelf, self.business.agenda

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.business.thread.shutdown()
        self.business.database.dispose()

    def happen(self, *events: AlertEvent) -> None:
        """Alert events reach their runs."""
        self.business.events.commit(*events)
        while self.business.relay.relay():
            pass

    def do_due(self) -> int | None:
        """What is due is done; gives when the next is."""
        return do_due(self.agenda)

    def pass_until(self, time_ms: int) -> None:
        """Time passes, and all that becomes due on the way is done in its time."""
        assert isinstance(self.clock, ManualClock)
        while (next_ms := self.do_due()) is not None and next_ms <= time_ms:
            self.clock.advance_to(max(next_ms, self.clock.now_ms()))
        self.clock.advance_to(time_ms)
        self.do_due()

    def incidents(self) -> Sequence[IncidentRow]:
        return self.shelf.incidents(IncidentsWanted())

    def only(self) -> IncidentFile:
        """The one incident that there is."""
        (row,) = self.incidents()
        found = self.shelf.incident(row.incident.id)
        assert found is not None
        return found

    def asked(self) -> Approval:
        """The one approval that stands."""
        (found,) = self.shelf.asked()
        return found

    def statuses(self) -> dict[str, str]:
        return {step.place: step.status.value for step in self.only().steps}

    def kinds(self) -> list[str]:
        return [line.kind.value for line in self.only().lines]

    def answer_command(self, device: str, *, well: bool = True) -> None:
        """The device says what it made of its newest command."""
        self.answer(device, self.devices.commands(device, 1)[0].command.id, well=well)
        self.do_due()

    def answer(self, device: str, command: str, *, well: bool) -> None:
        refused = CommandAck(command, Outcome.REFUSED, Refusal.FAILED, "stuck")
        self.devices.answered(device, CommandAck(command, Outcome.DONE) if well else refused)

    def told(self, endpoint: str) -> list[str]:
        """What is on its way to an endpoint: the states of its events, in order."""
        return [one.to_state for one in self.only().deliveries if one.endpoint == endpoint]

    def commands(self, device: str) -> list[dict[str, object]]:
        """What the device was told to be, in order."""
        return [dict(one.command.arguments) for one in reversed(self.devices.commands(device, 100))]


def do_due(agenda: Agenda) -> int | None:
    """Until nothing is due; gives when the next is."""
    while True:
        more, next_ms = agenda.do_due()
        if not more:
            return next_ms


def of_kind(kinds: Iterable[str], *wanted: str) -> list[str]:
    return [kind for kind in kinds if kind in wanted]
