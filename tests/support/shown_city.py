"""A city to look at: the real catalog and rules of Sabae, readings in a memory store, alerts as they are put there."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from prometheus_client import CollectorRegistry
from sqlalchemy.pool import StaticPool

from administration import run_tables as _runs  # noqa: F401  its tables stand in the same metadata
from administration import tables
from administration.agenda import Agenda
from administration.case_desk import CaseDesk
from administration.channel import Channel
from administration.dead_letters import DeadLetters
from administration.device_desk import DeviceDesk
from administration.endpoint_health import Endpoints
from administration.incident_shelf import IncidentShelf
from administration.joining import join
from administration.metrics import Metrics
from administration.office import Office
from administration.people.duty_desk import DutyDesk
from administration.playbook import Playbook, load_playbooks
from administration.playbook_shelf import PlaybookShelf
from administration.ports import Address
from administration.run_desk import RunDesk
from administration.security_log import SecurityLog
from alerts.rule_file import load_rules
from alerts.silence_log import MadeSilence
from api.ports import Check, View
from city.alert import NO_DATA, AlertEvent, AlertState
from city.alert_list import AlertFilter, AlertPlace
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.clock import Clock
from city.decision import AlertName, ClosingReason, Decision, Silence
from city.entry import DecisionEntry
from city.errors import MistakesError
from city.principal import Principal
from city.quarantine import Quarantined, Reason
from city.reading import ReadingBatch, SeriesKey
from city.rule import Rule, RulesChange
from ingest.presence import DevicePresence
from ingest.stores.memory import MemoryStore
from ingest.unregistered import Unregistered
from megane.access import VISITOR, open_access
from megane.business import holding
from megane.channels import SettingsChannels
from megane.database import open_for_reading
from megane.decisions import Written
from megane.enrolment import NoEnrolment
from megane.in_force import InForce
from megane.settings import SignInSettings
from tests.support.manual_clock import ManualClock
from tests.support.played_business import do_due

SABAE = Path(__file__).parents[2] / "cities" / "sabae"
NOW_MS = 1_719_105_900_000  # 2024-06-23 10:25 in Sabae, when the Asamizu had risen at Toba
MINUTE_MS = 60_000


def read_folder(folder: str) -> dict[str, str]:
    """A city's files of one kind, by their path."""
    return {f"{folder}/{file.name}": file.read_text() for file in sorted((SABAE / folder).glob("*.yaml"))}


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert as the API asks for it."""

    rule: str
    subject: str
    severity: int
    raised_ms: int
    resolved_ms: int | None = None
    value: float | None = None
    peak: float | None = None
    version: str = "1"
    acknowledged_ms: int | None = None
    acknowledged_by: str | None = None
    assignee: str | None = None
    reason: ClosingReason | None = None
    closed_ms: int | None = None
    closed_by: str | None = None
    shadow: bool = False
    retroactive: bool = False
    flapping: bool = False
    suppressed_by: str | None = None
    time_ms: int | None = None
    quality: int | None = None

    @property
    def state(self) -> AlertState:
        return AlertState.FIRING if self.resolved_ms is None else AlertState.RESOLVED


class ShownAlerts:
    """Implements `api.ports.Alerts` over a list."""

    def __init__(self) -> None:
        self.list: list[ShownAlert] = []

    def alerts(
        self,
        state: AlertState | None,
        from_ms: int | None,
        to_ms: int | None,
        limit: int,
        *,
        shadow: bool | None = False,
    ) -> Sequence[ShownAlert]:
        def wanted(alert: ShownAlert) -> bool:
            begun = to_ms is None or alert.raised_ms < to_ms
            lasting = from_ms is None or alert.resolved_ms is None or alert.resolved_ms > from_ms
            return begun and lasting and state in {None, alert.state} and shadow in {None, alert.shadow}

        return sorted(filter(wanted, self.list), key=lambda a: a.raised_ms, reverse=True)[:limit]

    def listed(self, wanted: AlertFilter, after: AlertPlace | None, limit: int) -> Sequence[ShownAlert]:
        def place(alert: ShownAlert) -> tuple[int, int, str, str]:
            return -alert.severity if wanted.firing else 0, -alert.raised_ms, alert.rule, alert.subject

        begin = None if after is None else place(ShownAlert(after.rule, after.subject, after.severity, after.raised_ms))
        found = sorted(
            (
                alert
                for alert in self.list
                if alert.severity >= wanted.severity
                and not alert.shadow
                and (not wanted.firing or alert.state is AlertState.FIRING)
                and (wanted.rules is None or alert.rule in wanted.rules)
                and (begin is None or place(alert) > begin)
            ),
            key=place,
        )
        return found[:limit]


class ShownDecisions:
    """Implements `api.ports.Decisions` over lists: what is decided is kept, and changes no alert."""

    def __init__(self, alerts: ShownAlerts) -> None:
        self._alerts = alerts
        self.made: dict[str, DecisionEntry] = {}

    def decide(self, decision: Decision) -> Written:
        entry = self.made.setdefault(decision.key, DecisionEntry(len(self.made) + 1, NOW_MS, decision))
        return Written(entry.position, applied=True)

    def decide_all(self, decisions: Sequence[Decision]) -> Sequence[Written]:
        return [self.decide(decision) for decision in decisions]

    def alert(self, rule: str, subject: str, raised_ms: int | None) -> ShownAlert | None:
        found = [a for a in self._alerts.list if (a.rule, a.subject) == (rule, subject)]
        found = [a for a in found if raised_ms in {None, a.raised_ms}]
        return max(found, key=lambda a: a.raised_ms, default=None)

    def decisions_of(self, alert: AlertName) -> Sequence[DecisionEntry]:
        return [e for e in self.made.values() if getattr(e.decision.act, "alert", None) == alert]

    def silences(self, after_ms: int | None, limit: int) -> Sequence[MadeSilence]:
        made = [
            MadeSilence(e.decision.act, e.at_ms, e.decision.by, e.decision.text, None, None)
            for e in self.made.values()
            if isinstance(e.decision.act, Silence)
        ]
        return [m for m in made if after_ms is None or m.silence.to_ms is None or m.silence.to_ms > after_ms][:limit]

    def silence(self, ident: str) -> MadeSilence | None:
        return next((made for made in self.silences(None, 1_000) if made.silence.id == ident), None)


class ShownQuarantine:
    """Implements `api.ports.Quarantine` over a list."""

    def __init__(self) -> None:
        self.lying: dict[int, Quarantined] = {}
        self.resent: list[int] = []

    def put(self, payload: bytes, reason: Reason) -> None:
        id_ = len(self.lying) + 1
        self.lying[id_] = Quarantined("megane/sabae/x/up", payload, len(payload), "0" * 64, NOW_MS, reason, 1, "?", id_)

    def counts(self) -> Mapping[Reason, int]:
        reasons = [piece.reason for piece in self.lying.values()]
        return {reason: reasons.count(reason) for reason in reasons}

    def pieces(self, reason: Reason | None, after: int, limit: int) -> Sequence[Quarantined]:
        return [p for p in self.lying.values() if p.id > after and reason in {None, p.reason}][:limit]

    def resend(self, ids: Sequence[int]) -> int:
        there = [id_ for id_ in ids if id_ in self.lying]
        self.resent += there
        return len(there)


class NoAddresses:
    """Every endpoint is somewhere, and nobody is there."""

    def address(self, endpoint: str) -> Address | None:
        return Address(f"http://127.0.0.1:9/{endpoint}", ())


def _database() -> sa.Engine:
    """In memory, one connection for whichever thread asks."""
    database = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    tables.metadata.create_all(database)
    return database


# Where `notify` leads; nobody listens there.
CHANNELS = SettingsChannels({name: Channel(("json://127.0.0.1:9/",)) for name in ("shobodan-mail", "bosai-mail")})


@dataclass
class ShownCity:
    """Everything that a test may change while it is being looked at."""

    catalog: Catalog
    rules: Mapping[str, Rule]
    store: MemoryStore = field(default_factory=MemoryStore)
    alerts: ShownAlerts = field(default_factory=ShownAlerts)
    quarantine: ShownQuarantine = field(default_factory=ShownQuarantine)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW_MS))
    ready: list[Check] = field(default_factory=lambda: [Check("journal", ok=True)])
    presence: list[DevicePresence] = field(default_factory=list)
    unregistered: list[Unregistered] = field(default_factory=list)
    reloaded: RulesChange | MistakesError = field(default_factory=lambda: RulesChange(None))
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    # Who looks without signing in; None: nobody does.
    visitor: Principal | None = VISITOR
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    wall: Clock | None = None  # by which people come in; None: the city's own
    database: sa.Engine = field(default_factory=_database)
    playbooks: dict[str, Playbook] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store.bind(self.catalog)
        self.put_in_force()
        self.decisions = ShownDecisions(self.alerts)
        self.security = SecurityLog(self.database, self.database, self.clock, ThreadPoolExecutor(1))

    def put_in_force(self) -> None:
        """Catalog, rules and playbooks as they are now, for runs."""
        in_force = InForce(self.catalog, tuple(self.rules.values()), self.playbooks)
        self.office = Office(in_force, NoAddresses(), channels=CHANNELS)

    @property
    def incidents(self) -> IncidentShelf:
        """What there is of incidents."""
        return IncidentShelf(self.database, self.office)

    @property
    def runs(self) -> RunDesk:
        """What people do with runs, over the database as it is now."""
        # The roster is read while an answer is being written: on a file that takes a connection which only reads.
        file = self.database.url.database
        reading = self.database if file is None else open_for_reading(Path(file))
        duties = DutyDesk(self.database, reading, self.clock, lambda: self.catalog.departments)
        holds = holding(InForce(self.catalog, ()), duties, self.clock)
        return RunDesk(self.database, self.office, self.clock, holds, lambda: None)

    def happen(self, *events: AlertEvent) -> None:
        """Alert events reach their runs, as the relay brings them."""
        join(self.database, self.office, events, self.clock.now_ms())

    def pass_until(self, time_ms: int) -> None:
        """Time passes, and what becomes due in runs on the way is done in its time."""
        agenda = Agenda(
            database=self.database,
            database_thread=ThreadPoolExecutor(1),
            office=self.office,
            clock=self.clock,
            metrics=Metrics(CollectorRegistry()),
            on_deliveries=lambda: None,
        )
        while (next_ms := do_due(agenda)) is not None and next_ms <= time_ms:
            self.clock.advance_to(max(next_ms, self.clock.now_ms()))
        self.clock.advance_to(time_ms)
        do_due(agenda)

    def reload_rules(self) -> RulesChange:
        """As if the folder held what `reloaded` says."""
        if isinstance(self.reloaded, MistakesError):
            raise self.reloaded
        return self.reloaded

    def view(self) -> View:
        database = self.database
        tree = lambda: self.catalog.departments  # noqa: E731  it is asked each time
        return View(
            root="megane",
            unregistered=lambda: self.unregistered,
            catalog=lambda: self.catalog,
            rules=lambda: self.rules,
            reload_rules=self.reload_rules,
            store=self.store,
            alerts=self.alerts,
            decisions=self.decisions,
            cases=CaseDesk(database, database, self.clock),
            incidents=self.incidents,
            runs=self.runs,
            playbooks=PlaybookShelf(self.office),
            presence=lambda: self.presence,
            devices=DeviceDesk(database, self.clock, lambda: None),
            enrolment=NoEnrolment(),
            security=self.security,
            quarantine=self.quarantine,
            endpoints=Endpoints(database=database, clock=self.clock, on_deliveries=lambda: None),
            dead_letters=DeadLetters(database=database, clock=self.clock, on_deliveries=lambda: None),
            readiness=lambda: self.ready,
            health=lambda: self.ready,
            access=open_access(
                database, database, self.wall or self.clock, tree, self.sign_in, self.visitor, self.security.note
            ),
            clock=self.clock,
            registry=self.registry,
        )

    def write(self, series: str, readings: Sequence[tuple[int, float]], quality: Sequence[int] | None = None) -> None:
        """Readings of one series: (ms, value)."""
        n = len(readings)
        self.store.write(
            ReadingBatch(
                series=np.full(n, self.catalog.index[SeriesKey.parse(series)], np.int32),
                time=np.array([time for time, _ in readings], np.int64),
                value=np.array([value for _, value in readings], np.float64),
                quality=np.array(quality or [0] * n, np.uint8),
            )
        )

    def fire(self, rule: str, subject: str, minutes_ago: float, value: float | None = None) -> None:
        """An alert of `rule` has been firing for so long."""
        severity = self.rules[rule.removesuffix(NO_DATA)].severity
        raised_ms = NOW_MS - round(minutes_ago * MINUTE_MS)
        reading = {"value": value, "peak": value, "time_ms": raised_ms, "quality": 0} if value is not None else {}
        self.alerts.list.append(ShownAlert(rule, subject, severity, raised_ms, **reading))  # type: ignore[arg-type]

    def resolve(self, rule: str, subject: str, minutes_ago: float) -> None:
        """It no longer does, since so long."""
        self.alerts.list = [
            replace(a, resolved_ms=NOW_MS - round(minutes_ago * MINUTE_MS))
            if (a.rule, a.subject, a.resolved_ms) == (rule, subject, None)
            else a
            for a in self.alerts.list
        ]


def sabae() -> ShownCity:
    """Sabae, of which nothing has been heard."""
    catalog = load_catalog(read_folder("catalog"))
    rules = {rule.id: rule for rule in load_rules(read_folder("rules"), catalog)}
    return ShownCity(catalog, rules, playbooks=dict(load_playbooks(read_folder("playbooks"), catalog)))


def calm(city: ShownCity, but: frozenset[str] = frozenset()) -> None:
    """An ordinary day: every sensor (`but` some) speaks every ten minutes, and all is well."""
    rng = np.random.default_rng(23)
    for sensor in city.catalog.sensors:
        if str(sensor.key) in but:
            continue
        level = USUAL.get(sensor.quantity.id, 1.0)
        n = 25 * 6
        wander = np.cumsum(rng.normal(0, 0.01, n))
        if sensor.quantity.id == "on_off":
            wander = np.zeros(n)
        times = NOW_MS - (np.arange(n)[::-1] * 10 + rng.integers(0, 5)) * MINUTE_MS
        values = level * np.maximum(0, 1 + wander)
        city.write(str(sensor.key), list(zip(times.tolist(), values.tolist(), strict=True)))


def flood(city: ShownCity) -> None:
    """The morning of 2024-06-23: the Asamizu over its danger level at Toba, an underpass under water."""
    gauges = {"rpi-kitanaka:water_level": 2.2, "rpi-matsunari:water_level": 3.1}
    calm(city, but=frozenset({TOBA, "rpi-under-hinode:water_depth", *gauges}))
    start_ms = NOW_MS - 23 * 60 * MINUTE_MS
    rise = [0.8 + 6.7 / (1 + np.exp(-(t - 19 * 60) / 110)) for t in range(0, 23 * 60, 10)]
    times = [start_ms + 3 * MINUTE_MS + k * 10 * MINUTE_MS for k in range(len(rise))]
    told = [k for k in range(len(rise)) if not 40 <= k < 52]  # the line was down for two hours
    quality = [SUSPECT if k in {95, 96} else LATE if k in {70, 71} else 0 for k in told]
    city.write(TOBA, [(times[k], float(rise[k])) for k in told], quality)
    for rule, minutes in (
        ("river-standby", 310),
        ("river-caution", 255),
        ("river-evacuation", 96),
        ("river-danger", 14),
    ):
        city.fire(rule, TOBA, minutes, 6.9)
    city.fire("river-standby", "rpi-kitanaka:water_level", 44)
    city.fire("river-caution", "rpi-matsunari:water_level", 52)
    city.fire("river-standby", "rpi-desaku:water_level", 120)
    city.resolve("river-standby", "rpi-desaku:water_level", 31)
    for gauge, level in gauges.items():
        city.write(gauge, [(NOW_MS - k * 10 * MINUTE_MS, level - 0.04 * k) for k in range(1, 40)])
    depths = [0.0] * 20 + [4.0, 12.0, 19.0, 27.0, 34.0]
    city.write("rpi-under-hinode:water_depth", [(NOW_MS - (25 - k) * 5 * MINUTE_MS, d) for k, d in enumerate(depths)])
    city.fire("underpass-watch", "rpi-under-hinode:water_depth", 21, 12.0)
    city.fire("underpass-closed", "rpi-under-hinode:water_depth", 6, 34.0)
    city.fire("battery-low:no-data", "rpi-sanroku:battery_voltage", 70)


TOBA = "rpi-toba:water_level"
SUSPECT, LATE = 2, 4

USUAL: Mapping[str, float] = {
    "water_level": 0.8, "water_depth": 0.0, "rainfall": 0.0, "snow_depth": 0.0, "air_temperature": 22.4,
    "road_temperature": 26.0, "humidity": 71.0, "wbgt": 21.5, "co2": 620.0, "pm25": 9.0, "water_pressure": 4200.0,
    "water_flow": 38.0, "sound_level": 48.0, "soil_moisture": 31.0, "wind_speed": 2.1, "wind_direction": 210.0,
    "battery_voltage": 3.9, "signal_strength": -78.0, "on_off": 0.0,
}  # fmt: skip
