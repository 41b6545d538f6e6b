"""What came of a demo: the books of the fleet held against those of the city, and how long it took to be told."""

import asyncio
import statistics
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from city.alert import AlertEvent, AlertState
from city.messages import say
from city.messages.text import Lang
from city.quarantine import Reason
from city.reading import SeriesKey
from firmware_sim.fleet import Fleet
from megane.demo_departments import Departments
from megane.episodes import iso
from megane.wiring import City

EVENTS_AT_ONCE: Final = 1_000
LOOK_EVERY_S: Final = 0.02


class DemoAlert(msgspec.Struct, frozen=True):
    """One told alert event."""

    id: str
    rule: str
    subject: str
    state: str
    severity: int
    raised_at: str
    at: str


class Webhooks(msgspec.Struct, frozen=True):
    """What reached the departments, each webhook once, and what was given up."""

    delivered: int
    dead: int


class Latency(msgspec.Struct, frozen=True):
    """From publishing the reading that raised or cleared an alert to its webhook, real milliseconds."""

    p50: float
    p99: float


class Report(msgspec.Struct, frozen=True):
    """The result.

    published: readings of the fleet, and those that the city said of itself; not among them, nor among `stored`, is
        what it says of its sensors' health
    unsure: readings on connections that broke before the broker said that it has them
    """

    published: int
    unsure: int
    stored: int
    duplicates: int
    quarantined: Mapping[str, int]
    alerts: Sequence[DemoAlert]
    undelivered: Sequence[str]
    webhooks: Webhooks
    latency_ms: Latency

    @property
    def accounted(self) -> int:
        """Readings whose end is known."""
        return self.stored + self.duplicates + sum(self.quarantined.values())

    @property
    def balanced(self) -> bool:
        """Whether the books agree and everybody was told."""
        arrived = self.published <= self.accounted <= self.published + self.unsure
        return arrived and not self.undelivered and not self.webhooks.dead

    def text(self, lang: Lang) -> str:
        """The result in a sentence."""
        return say(
            "megane.demo-result",
            lang,
            published=self.published,
            stored=self.stored,
            duplicates=self.duplicates,
            quarantined=sum(self.quarantined.values()),
            alerts=sum(alert.state == AlertState.FIRING for alert in self.alerts),
            delivered=self.webhooks.delivered,
            dead=self.webhooks.dead,
            p50=self.latency_ms.p50,
            p99=self.latency_ms.p99,
        )


async def settled(city: City, fleet: Fleet, timeout_s: float) -> None:
    """Returns when all that was published has reached its end, or after `timeout_s` real seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            # Parts on four threads: looking is simpler than being told.
            while not await asyncio.to_thread(_at_rest, city, fleet):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY_S)


def make_report(city: City, fleet: Fleet, departments: Departments) -> Report:
    """The books as they stand. Blocking."""
    told = _told(city)
    received = {receipt.event.id for receipt in departments.receipts.values()}
    health = city.business.endpoints.health()
    return Report(
        published=_published(city, fleet),
        unsure=fleet.books.unsure,
        # The store is the demo's own: what the city said is stored, and there once.
        stored=_counted(city, "megane_readings_total", outcome="stored", reason="") - _said_of_health(city),
        duplicates=_counted(city, "megane_readings_total", outcome="duplicate", reason=""),
        quarantined={
            str(reason): count
            for reason in Reason
            if (count := _counted(city, "megane_readings_total", outcome="quarantined", reason=reason))
        },
        alerts=[
            DemoAlert(e.id, e.rule, e.subject, e.to_state, e.severity, iso(e.raised_ms), iso(e.at_ms)) for e in told
        ],
        undelivered=[event.id for event in told if event.id not in received],
        webhooks=Webhooks(len(departments.receipts), sum(endpoint.dead for endpoint in health)),
        latency_ms=_latency(fleet, departments),
    )


def _at_rest(city: City, fleet: Fleet) -> bool:
    """Whether the city has taken all that the broker has, and brought it to its end."""
    received = _counted(city, "megane_readings_received_total") - _said_of_health(city)
    if received < _published(city, fleet) or city.store_writer.lag:
        return False
    if city.watch.position < city.journal.tail.position or city.ledger.unrelayed(1):
        return False
    return not any(endpoint.waiting or endpoint.retrying for endpoint in city.business.endpoints.health())


def _published(city: City, fleet: Fleet) -> int:
    return fleet.books.published + city.condition.said


def _said_of_health(city: City) -> int:
    return _counted(city, "megane_health_readings_total")


def _told(city: City) -> list[AlertEvent]:
    events: list[AlertEvent] = []
    after = 0
    while page := city.ledger.events(after, EVENTS_AT_ONCE):
        events += [event for _, event in page if event.told]
        after = page[-1][0]
    return events


def _latency(fleet: Fleet, departments: Departments) -> Latency:
    """Of the first webhook of each event that a reading brought about; timers have no publishing to count from."""
    first: dict[str, float] = {}
    for receipt in departments.receipts.values():
        told = receipt.event.data
        if told.evidence.time is None or told.evidence.time != told.at:
            continue
        time_ms = round(told.at.timestamp() * 1000)
        published_s = fleet.books.published_at(SeriesKey.parse(told.evidence.series), time_ms)
        if published_s is not None:
            took_ms = (receipt.at_s - published_s) * 1000
            first[receipt.event.id] = min(took_ms, first.get(receipt.event.id, took_ms))
    if len(first) < 2:  # noqa: PLR2004  quantiles need two
        only = next(iter(first.values()), 0.0)
        return Latency(only, only)
    return Latency(
        statistics.median(first.values()), statistics.quantiles(first.values(), n=100, method="inclusive")[-1]
    )


def _counted(city: City, name: str, **labels: str) -> int:
    return int(city.registry.get_sample_value(name, labels) or 0)
