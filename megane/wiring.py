"""The composition root: one function that knows every part of a city and joins them. Read it top to bottom.

broker → source → inbox → pipeline → journal ─┬→ store writer → store
                                              └→ watch (engine) → ledger → relay → worker → departments
"""

import asyncio
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from administration.bell import Bell
from administration.case_desk import CaseDesk
from administration.device_desk import DeviceDesk
from administration.device_dispatch import DeviceDispatch
from administration.heartbeat import Heartbeat
from administration.metrics import Metrics
from administration.notifier import Notifier
from administration.ports import Addresses
from administration.security_log import SecurityLog
from administration.senders import Senders
from administration.webhook_sender import WebhookSender
from alerts.ledger import Ledger
from alerts.look_back import LookBack
from alerts.watch import Watch
from api.access_ports import Access
from api.app import create_app
from api.feed import Feed
from api.ports import View
from city.clock import Clock
from city.delivery import Delivery
from city.errors import UserError
from city.messages.text import Text
from city.ports import Store
from city.principal import Principal
from city.security_event import TellSecurity
from ingest.batch_writer import BatchWriter
from ingest.catch_up import CatchUp
from ingest.clock_offset import ClockOffsets
from ingest.codecs import FOREIGN_CODECS
from ingest.codecs.senml import SenmlCodec
from ingest.foreign import Foreign
from ingest.inbox import Inbox
from ingest.journal.writer import Journal
from ingest.meters import Meters
from ingest.pipeline import Pipeline
from ingest.presence import Presences
from ingest.quarantine import Quarantine
from ingest.rebirth_ledger import RebirthLedger
from ingest.receipt_ledger import ReceiptLedger
from ingest.reception import Reception
from ingest.sources.mqtt import Broker, MqttSource
from ingest.store_writer import StoreWriter
from ingest.stores.memory import MemoryStore
from ingest.unregistered import UnregisteredDevices
from megane.access import open_access
from megane.addresses import heartbeat_addresses, read_addresses
from megane.authority import Authority
from megane.broker_log import BrokerLog
from megane.business import Business, open_business
from megane.certificate_age import CertificateAge
from megane.channels import read_channels
from megane.city_files import read_folder, read_playbooks
from megane.city_home import CityHome
from megane.clocks import SystemClock
from megane.condition import Condition
from megane.database import open_database, open_for_reading
from megane.decisions import Decisions
from megane.enrolment import Enrolment, NoEnrolment
from megane.in_force import InForce, catalog_of, journal_what_is_new, load_city
from megane.mosquitto import LOOPBACK, DeviceListener, Mosquitto, most_files, render_topics, tell_of_files
from megane.postgresql import postgresql_url
from megane.retention import Retention
from megane.rule_reload import RuleReload
from megane.settings import Settings, read_secret
from megane.sole_city import SoleCity
from megane.stored_past import StoredPast
from megane.stores import open_store
from megane.subscriptions import beyond
from megane.web_server import WebServer
from megane.wellbeing import Wellbeing

# How many workers claim steps side by side on PostgreSQL where the settings do not say: what the kill tests run with.
WORKERS = 3


class WiringError(UserError):
    """The settings name parts that do not go together."""


@dataclass(frozen=True, slots=True)
class City:
    """All parts of a city, joined, nothing of it running yet; `megane/running.py` runs it."""

    home: CityHome
    clock: Clock
    in_force: InForce
    rule_reload: RuleReload
    broker: Mosquitto | None
    broker_log: BrokerLog | None
    security: SecurityLog
    source: MqttSource
    inbox: Inbox
    registry: CollectorRegistry
    rebirths: RebirthLedger
    pipeline: Pipeline
    catch_up: CatchUp
    journal: Journal
    store: Store
    store_writer: StoreWriter
    watch: Watch
    look_back: LookBack
    ledger: Ledger
    business: Business
    condition: Condition
    heartbeat: Heartbeat
    device_dispatch: DeviceDispatch
    retention: Retention
    access: Access
    feed: Feed
    web_server: WebServer
    wellbeing: Wellbeing
    sender: WebhookSender
    notifier: Notifier
    database_thread: ThreadPoolExecutor
    databases: tuple[sa.Engine, ...]
    sole: SoleCity | None

    def close_files(self) -> None:
        """Closes store, journal and database; nothing may be running any more. Blocking."""
        self.store.close()
        self.journal.close()
        for database in self.databases:
            database.dispose()
        if self.sole is not None:
            self.sole.close()


def wire(
    settings: Settings,
    clock: Clock,
    rng: random.Random,
    loop: asyncio.AbstractEventLoop,
    *,
    store: Store | None = None,
    addresses: Addresses | None = None,
    notice: Text | None = None,
    visitor: Principal | None = None,
) -> City:
    """Opens everything under the home folder and joins it. Blocking.

    clock: of the whole city, but for what only the wall knows: the timestamps in signatures
    loop: the one that the city will run on
    store, addresses: in place of those that the settings name
    notice: what stands at the top of every page
    visitor: who everybody is that does not sign in; None: nobody comes in so
    Raises a UserError for what a person can mend: settings, files of the city, a home in use, a port taken.
    """
    home = CityHome.make(Path(settings.home))
    registry = CollectorRegistry()
    meters = Meters(registry)
    where, count, database_thread = _database(settings, home)

    # What the city is, and the truth of what arrived.
    catalog_files, rule_files = (read_folder(Path(settings.city), kind) for kind in ("catalog", "rules"))
    in_force = load_city(catalog_files, rule_files, settings.mqtt.root, read_playbooks(Path(settings.city)))
    catalog = in_force.catalog()
    journal = Journal(home.journal)
    journal_what_is_new(journal, journal.reader, clock.now_ms(), catalog_files, rule_files)
    rule_reload = RuleReload(Path(settings.city), in_force, journal, clock)

    # From the broker into the journal, and what people want of devices to them.
    source = MqttSource(
        _broker_address(settings, catalog.city),
        settings.mqtt.root,
        clock,
        rng,
        beyond=beyond(catalog, home.subscriptions),
    )
    inbox = Inbox()
    presences = Presences(catalog, real_time=isinstance(clock, SystemClock))
    sole = _sole(where)  # before the schema is touched: a newer version must not change it under an older one
    database = open_database(where, count)
    reading = open_for_reading(where)
    security = SecurityLog(database, reading, clock, database_thread)
    broker, enrolment = _own_broker(settings, home, clock, security.note, len(catalog.devices))
    broker_log = BrokerLog(broker.log_file, clock, security.note) if broker else None
    bell = Bell()
    desk = DeviceDesk(database, clock, bell.ring)
    device_dispatch = DeviceDispatch(
        desk, bell, source.publish, presences.revisions, settings.mqtt.root, clock, database_thread, security.note
    )
    rebirths = RebirthLedger(source.publish_once, clock, meters.rebirths_asked.inc)
    codecs = {name: codec(catalog) for name, codec in FOREIGN_CODECS.items()}
    reception = Reception(
        settings.mqtt.root,
        catalog,
        SenmlCodec(catalog),
        ClockOffsets(journal.clock_offsets()),
        presences,
        lambda kind: meters.device_messages.labels(kind).inc(),
        device_dispatch.hear,
        Foreign(codecs, meters.foreign, rebirths.ask, source.hear_host),
        security.note,
    )
    receipts = ReceiptLedger(source.publish, clock, meters.receipts_sent.inc)
    catch_up = CatchUp(journal, catalog, clock, rng)
    batch_writer = BatchWriter(journal, catalog)
    pipeline = Pipeline(inbox, reception, batch_writer, receipts, catch_up, meters, clock, rng)

    # From the journal into the store.
    store = store or open_store(settings.store, home.store)
    store_writer = StoreWriter(
        journal,
        store,
        catalog,
        catalog_of,
        settings.mqtt.root,
        meters,
        clock,
        rng,
        remembers=not isinstance(store, MemoryStore),
    )

    # From the journal to alerts, and from them to the departments.
    ledger = Ledger(database)
    sender_metrics = Metrics(registry)
    addresses = addresses or read_addresses(settings.endpoints)
    channels = read_channels(settings.channels)
    sender, notifier = WebhookSender(addresses, SystemClock()), Notifier(channels)
    access = open_access(
        database,
        reading,
        SystemClock(),
        lambda: store_writer.catalog.departments,
        settings.sign_in,
        visitor,
        security.note,
    )
    business = open_business(
        database=database,
        reading=reading,
        database_thread=database_thread,
        events=ledger,
        in_force=in_force,
        addresses=addresses,
        channels=channels,
        duties=access.duties,
        sender=Senders(sender, notifier),
        devices=bell,
        clock=clock,
        rng=rng,
        metrics=sender_metrics,
        workers=count,
        several=isinstance(where, sa.URL),
    )
    device_dispatch.on_answer(business.agenda.wake)
    watch = Watch(journal, ledger, clock, registry, on_events=business.relay.wake)
    look_back = LookBack(watch, journal, StoredPast(store, store_writer), clock, registry)

    # The city itself is watched.
    wellbeing = Wellbeing(source, inbox, pipeline, journal, watch, store_writer, SystemClock())
    condition = Condition(
        catalog=catalog,
        root=settings.mqtt.root,
        measures={
            **wellbeing.measures(),
            "certificate_age": CertificateAge(enrolment.issued, presences.certificates, catalog.devices, clock).percent,
            "clock_skew": presences.greatest_skew_s,
        },
        newest=batch_writer.newest_value,
        put=inbox.put_nowait,
        clock=clock,
        wall=SystemClock(),
    )
    heartbeat = Heartbeat(
        city=catalog.city,
        addresses=heartbeat_addresses(settings.heartbeat.urls, settings.heartbeat.secret_files),
        probe=wellbeing.probe,
        sender=sender,
        clock=clock,
        metrics=sender_metrics,
    )

    # What people and machines see.
    _measure(meters, source, inbox, journal, store_writer)
    ledger_read = Ledger(reading)
    view = View(
        catalog=lambda: store_writer.catalog,
        rules=in_force.rules,
        reload_rules=rule_reload.reload,
        store=store,
        alerts=ledger_read,
        decisions=Decisions(journal, ledger_read, watch, clock, loop),
        root=settings.mqtt.root,
        cases=CaseDesk(database, reading, clock),
        incidents=business.incidents,
        runs=business.runs,
        playbooks=business.playbooks,
        presence=presences.all,
        unregistered=UnregisteredDevices(
            journal.reader, settings.mqtt.root, lambda: store_writer.catalog, tuple(codecs.values())
        ).all,
        devices=desk,
        enrolment=enrolment,
        security=security,
        quarantine=Quarantine(journal.reader, lambda delivery: _hand_over(loop, inbox, delivery)),
        endpoints=business.endpoints,
        dead_letters=business.dead_letters,
        readiness=wellbeing.readiness,
        health=wellbeing.health,
        access=access,
        clock=clock,
        registry=registry,
        notice=notice,
    )
    feed = Feed(view)
    web_server = WebServer(
        create_app(view, feed, settings.http.allowed_hosts), settings.http.bind, settings.http.port, home.folder
    )
    return City(
        home=home,
        clock=clock,
        in_force=in_force,
        rule_reload=rule_reload,
        broker=broker,
        broker_log=broker_log,
        security=security,
        source=source,
        inbox=inbox,
        registry=registry,
        rebirths=rebirths,
        pipeline=pipeline,
        catch_up=catch_up,
        journal=journal,
        store=store,
        store_writer=store_writer,
        watch=watch,
        look_back=look_back,
        ledger=ledger,
        business=business,
        condition=condition,
        heartbeat=heartbeat,
        device_dispatch=device_dispatch,
        retention=Retention(journal, clock, timedelta(hours=settings.journal.retention_h)),
        access=access,
        feed=feed,
        web_server=web_server,
        wellbeing=wellbeing,
        sender=sender,
        notifier=notifier,
        database_thread=database_thread,
        databases=(database, reading),
        sole=sole,
    )


def _database(settings: Settings, home: CityHome) -> tuple[Path | sa.URL, int, ThreadPoolExecutor]:
    """Where business is kept, how many workers claim steps side by side there, and who writes there for all.

    SQLite takes one writer at a time; on a server each worker claims while it commits what ended. Raises WiringError
    for several workers on SQLite.
    """
    wanted = settings.database.workers
    url = postgresql_url(settings.database)
    if url is not None:
        count = wanted or WORKERS
        return url, count, ThreadPoolExecutor(1 + 2 * count, "database")
    if wanted is not None and wanted > 1:
        raise WiringError("megane.database-workers", workers=wanted)
    return home.database, 1, ThreadPoolExecutor(1, "database")


def _sole(where: Path | sa.URL) -> SoleCity | None:
    """The lock on a server's database, taken; a file's is the journal's, in the same home."""
    if not isinstance(where, sa.URL):
        return None
    sole = SoleCity(where, SystemClock())
    sole.take()
    return sole


def _hand_over(loop: asyncio.AbstractEventLoop, inbox: Inbox, delivery: Delivery) -> None:
    """Into the inbox from any thread."""
    loop.call_soon_threadsafe(inbox.put_nowait, delivery)


def _measure(meters: Meters, source: MqttSource, inbox: Inbox, journal: Journal, store_writer: StoreWriter) -> None:
    """What is asked for whenever Prometheus looks."""
    meters.gauge(
        "megane_mqtt_refused_subscriptions",
        "Subscriptions beyond the city's own topics that the broker refuses",
        lambda: len(source.refused),
    )
    meters.gauge("megane_inbox_messages", "Messages that wait in the inbox", lambda: len(inbox))
    meters.gauge("megane_inbox_bytes", "What they weigh", lambda: inbox.size_bytes)
    meters.gauge("megane_journal_position", "Newest entry of the journal", lambda: journal.tail.position)
    meters.gauge("megane_journal_bytes", "The journal on disk", journal.size_bytes)
    meters.gauge("megane_quarantine_bytes", "The quarantine on disk, roughly", lambda: journal.quarantine_bytes)
    meters.gauge("megane_store_position", "Newest entry that the store holds", lambda: store_writer.position)
    meters.gauge("megane_store_lag_entries", "Journal entries that wait for the store", lambda: store_writer.lag)


def _own_broker(
    settings: Settings, home: CityHome, clock: Clock, tell_security: TellSecurity, devices: int
) -> tuple[Mosquitto | None, Enrolment | NoEnrolment]:
    """Our own broker where the settings want one, and who may come into it. devices: how many the catalog has.

    Raises WiringError where the city itself could not come in.
    """
    mqtt = settings.mqtt
    if not mqtt.broker:
        return None, NoEnrolment()
    tell_of_files(devices, most_files())
    needed = mqtt.users_file is not None or mqtt.bind not in LOOPBACK
    if needed and not (mqtt.users_file and mqtt.username and mqtt.password_file):
        raise WiringError("megane.broker-users", bind=mqtt.bind)
    users = Path(mqtt.users_file) if mqtt.users_file else None
    if mqtt.devices is None:
        return Mosquitto(home.broker, mqtt.bind, mqtt.port, users), NoEnrolment()
    authority = Authority(home.authority, clock, timedelta(days=mqtt.devices.certificate_days))
    topics = home.authority / "devices.acl"
    files = authority.for_broker(mqtt.devices.names)
    listener = DeviceListener(mqtt.devices.bind, mqtt.devices.port, files, topics)
    broker = Mosquitto(home.broker, mqtt.bind, mqtt.port, users, listener)

    def tell(revoked: Sequence[str]) -> None:
        topics.write_text(render_topics(mqtt.root, revoked), encoding="utf-8")
        broker.reread()

    enrolment = Enrolment(authority, home.authority, clock, tell, tell_security)
    tell(enrolment.revoked())
    return broker, enrolment


def _broker_address(settings: Settings, city: str) -> Broker:
    """Where the broker is. Raises WiringError for a URL that is none."""
    mqtt = settings.mqtt
    client_id = f"megane-ingest-{city}"  # the same for ever: it names the session in which messages wait for us
    password = read_secret(mqtt.password_file) if mqtt.password_file else None
    if mqtt.broker:
        host = "127.0.0.1" if mqtt.bind in {"0.0.0.0", "::"} else mqtt.bind  # noqa: S104  compared, not bound
        return Broker(host, mqtt.port, client_id, mqtt.username, password)
    url = urlsplit(mqtt.url or "")
    if url.scheme != "mqtt" or not url.hostname:
        raise WiringError("megane.mqtt-url", url=mqtt.url or "")
    return Broker(url.hostname, url.port or 1883, client_id, mqtt.username, password)
