"""The composition root of business: from committed alert events to what departments, devices and people are told.

ledger → relay → runs ─┬→ deliveries → workers → departments
                       ├→ commands → devices
                       └→ agenda (waits, approvals, deadlines)
"""

import random
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import sqlalchemy as sa

from administration.agenda import Agenda
from administration.bell import Bell
from administration.dead_letters import DeadLetters
from administration.endpoint_health import Endpoints
from administration.incident_shelf import IncidentShelf
from administration.metrics import Metrics
from administration.office import Office
from administration.playbook_shelf import PlaybookShelf
from administration.ports import Addresses, Channels, Sender
from administration.relay import Relay
from administration.run_desk import Holds, RunDesk
from administration.worker import LOOK_EVERY_S, Worker
from api.access_ports import Duties
from city.clock import Clock
from city.ports import AlertEvents
from city.principal import Principal
from city.right import Role
from megane.in_force import InForce


@dataclass(frozen=True, slots=True)
class Business:
    """The parts, joined."""

    workers: tuple[Worker, ...]
    agenda: Agenda
    relay: Relay
    runs: RunDesk
    incidents: IncidentShelf
    playbooks: PlaybookShelf
    endpoints: Endpoints
    dead_letters: DeadLetters


def open_business(
    *,
    database: sa.Engine,
    reading: sa.Engine,
    database_thread: Executor,
    events: AlertEvents,
    in_force: InForce,
    addresses: Addresses,
    channels: Channels,
    duties: Duties,
    sender: Sender,
    devices: Bell,
    clock: Clock,
    rng: random.Random,
    metrics: Metrics,
    workers: int,
    several: bool,
) -> Business:
    """devices: rung when there is something for them. several: workers elsewhere may claim from this database too."""
    office = Office(
        in_force, addresses, channels=channels, unaddressed=lambda name: metrics.unaddressed.labels(name).inc()
    )
    at_work = tuple(
        Worker(
            name=f"{in_force.catalog().city}-{number}",
            database=database,
            database_thread=database_thread,
            sender=sender,
            clock=clock,
            rng=rng,
            metrics=metrics,
            look_every_s=LOOK_EVERY_S if several else None,
        )
        for number in range(1, workers + 1)
    )
    agenda = Agenda(
        database=database,
        database_thread=database_thread,
        office=office,
        clock=clock,
        metrics=metrics,
        on_deliveries=lambda: _wake(at_work, devices),
    )

    def wake() -> None:
        _wake(at_work, devices)
        agenda.wake()

    relay = Relay(
        events=events,
        database=database,
        database_thread=database_thread,
        office=office,
        clock=clock,
        metrics=metrics,
        on_deliveries=wake,
    )
    return Business(
        workers=at_work,
        agenda=agenda,
        relay=relay,
        runs=RunDesk(database, office, clock, holding(in_force, duties, clock), wake),
        incidents=IncidentShelf(reading, office),
        playbooks=PlaybookShelf(office),
        endpoints=Endpoints(database=database, clock=clock, on_deliveries=wake),
        dead_letters=DeadLetters(database=database, clock=clock, on_deliveries=wake),
    )


def holding(in_force: InForce, duties: Duties, clock: Clock) -> Holds:
    """Who can answer with a role: who holds it there now, or acts for somebody who does."""

    def holds(person: Principal, role: Role, unit: str) -> bool:
        if person.holds(role, unit, in_force.catalog().departments):
            return True
        now_ms = clock.now_ms()
        roster = duties.roster(now_ms, now_ms + 1)
        return roster.acts_as(person.id.removeprefix("person:"), role, unit, now_ms)

    return holds


def _wake(workers: Sequence[Worker], devices: Bell) -> None:
    for worker in workers:
        worker.wake()
    devices.ring()
