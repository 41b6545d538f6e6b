"""Relay and worker as a city runs them, over a database of their own."""

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from administration import case_tables as _cases  # noqa: F401  its tables stand in the same metadata
from administration import run_tables as _runs  # noqa: F401  the same
from administration.agenda import Agenda
from administration.channel import Channel
from administration.dead_letters import DeadLetters
from administration.endpoint_health import Endpoints
from administration.incident_shelf import IncidentShelf
from administration.metrics import Metrics
from administration.office import Office
from administration.playbook import Playbook
from administration.ports import Address
from administration.relay import Relay
from administration.retry import Retry
from administration.run_desk import RunDesk
from administration.signature import Secret
from administration.tables import metadata
from administration.webhook_sender import WebhookSender
from administration.worker import LOOK_EVERY_S, Worker
from city.alert import AlertEvent
from city.catalog import Catalog, Department, Endpoint, Subscription
from city.clock import Clock
from city.errors import Place
from city.messages.text import Text
from city.principal import Principal
from city.right import Role
from city.rule import Rule, Select, Source
from megane.clocks import SystemClock
from megane.database import open_database
from tests.support.alert_events import MemoryAlertEvents
from tests.support.receiver import SECRET
from tests.support.small_catalog import catalog_of

POLL_S = 0.01
TITLE = Text(ja="はん濫危険水位", en="Danger level")


def business_database(where: Path | sa.URL, busy_ms: int = 10_000, workers: int = 1) -> sa.Engine:
    """As `megane/database.py` opens it: durable, every transaction IMMEDIATE on SQLite."""
    if isinstance(where, sa.URL):
        return open_database(where, workers)
    engine = sa.create_engine(f"sqlite:///{where}")

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
        connection.isolation_level = None
        for pragma in (f"busy_timeout={busy_ms}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.cursor().execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    metadata.create_all(engine)
    return engine


def rule(rule_id: str = "river-danger", owner: str = "bosai", playbook: str | None = None) -> Rule:
    place = Place("rules/river.yaml", 1)
    return Rule(
        id=rule_id,
        version="1",
        title=TITLE,
        owner=owner,
        select=Select("water_level"),
        raise_=Source("last() >= 5", place),
        severity=4,
        alert_level=4,
        playbook=playbook,
    )


class TestCity:
    """Implements `InForce` and `Addresses`: departments with an endpoint each, of the same name."""

    __test__ = False

    def __init__(
        self,
        urls: Mapping[str, str | None],
        subjects: Iterable[str] = ("rpi-toba:water_level",),
        subscriptions: Mapping[str, Subscription] | None = None,
        rules: Mapping[str, Rule] | None = None,
        secrets: Iterable[str] = (SECRET,),
        playbooks: Iterable[Playbook] = (),
    ) -> None:
        self.channels: dict[str, Channel] = {}
        self.books = {playbook.id: playbook for playbook in playbooks}
        self.urls = dict(urls)
        self.rules = dict(rules) if rules is not None else {"river-danger": rule()}
        subscribed = subscriptions or {}
        departments = {
            name: Department(
                name,
                Text(ja=name, en=name),
                endpoints=(Endpoint(name, name, TITLE, url, subscribed.get(name, Subscription())),),
            )
            for name, url in urls.items()
        }
        bare = catalog_of(*subjects)
        self._catalog = Catalog(
            city="sabae",
            title=bare.title,
            zones=bare.zones,
            areas=bare.areas,
            rivers={},
            sites=bare.sites,
            departments=departments,
            devices=bare.devices,
            sensors=bare.sensors,
            outline=(),
        )
        self._secrets = tuple(Secret.parse(secret, origin="test") for secret in secrets)

    def catalog(self) -> Catalog:
        return self._catalog

    def playbooks(self) -> Mapping[str, Playbook]:
        return self.books

    def rule(self, rule: str) -> Rule | None:
        return self.rules.get(rule)

    def link(self, event: AlertEvent) -> str | None:
        return f"http://city.test/?sensor={event.subject}"

    def channel(self, name: str) -> Channel | None:
        return self.channels.get(name)

    def address(self, endpoint: str) -> Address | None:
        url = self.urls.get(endpoint)
        return None if url is None else Address(url, self._secrets)


def _holds(person: Principal, role: Role, unit: str) -> bool:
    return person.holds(role, unit, {})


class Business:
    """Async context manager: relay and workers at work on the database, until it ends."""

    def __init__(
        self,
        where: Path | sa.URL,
        city: TestCity,
        events: MemoryAlertEvents | None = None,
        clock: Clock | None = None,
        retry: Retry | None = None,
        busy_ms: int = 10_000,
        workers: int = 1,
    ) -> None:
        self.city = city
        self.clock = clock or SystemClock()
        self.events = events or MemoryAlertEvents()
        self.database = business_database(where, busy_ms, workers)
        self.thread = ThreadPoolExecutor(1 if workers == 1 else 1 + 2 * workers, "database")
        self.sender = WebhookSender(city, SystemClock())
        self.registry = CollectorRegistry()
        metrics = Metrics(self.registry)
        unaddressed = metrics.unaddressed
        self.office = Office(
            city, city, channels=city, retry=retry, unaddressed=lambda name: unaddressed.labels(name).inc()
        )
        self.workers = [
            Worker(
                name=f"city-{number}",
                database=self.database,
                database_thread=self.thread,
                sender=self.sender,
                clock=self.clock,
                rng=random.Random(number),
                metrics=metrics,
                retry=retry,
                look_every_s=LOOK_EVERY_S if workers > 1 else None,
            )
            for number in range(1, workers + 1)
        ]
        self.relay = Relay(
            events=self.events,
            database=self.database,
            database_thread=self.thread,
            office=self.office,
            clock=self.clock,
            metrics=metrics,
            on_deliveries=self._wake,
        )
        self.agenda = Agenda(
            database=self.database,
            database_thread=self.thread,
            office=self.office,
            clock=self.clock,
            metrics=metrics,
            on_deliveries=self._wake,
        )
        self.shelf = IncidentShelf(self.database, self.office)
        self.desk = RunDesk(self.database, self.office, self.clock, _holds, self._wake)
        self.dead_letters = DeadLetters(database=self.database, clock=self.clock, on_deliveries=self._wake)
        self.endpoints = Endpoints(database=self.database, clock=self.clock, on_deliveries=self._wake)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        parts = (*(worker.run for worker in self.workers), self.relay.run, self.agenda.run)
        self._tasks = [asyncio.create_task(run()) for run in parts]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sender.__aexit__()
        self.thread.shutdown()
        self.database.dispose()
        for result in ended:
            if not isinstance(result, asyncio.CancelledError) and isinstance(result, BaseException):
                raise result

    def _wake(self) -> None:
        for worker in self.workers:
            worker.wake()
        self.agenda.wake()

    def commit(self, *events: AlertEvent) -> None:
        self.events.commit(*events)
        self.relay.wake()

    async def until(self, condition: Callable[[], bool], deadline_s: float = 120.0) -> None:
        """Returns once `condition`, which reads the database, holds."""
        looked = asyncio.get_running_loop().run_in_executor
        async with asyncio.timeout(deadline_s):
            while not await looked(self.thread, condition):  # noqa: ASYNC110 - a database has no event to wait for
                await asyncio.sleep(POLL_S)
