"""What the API asks of the rest of the city: small protocols, implemented by its siblings and joined in `megane`.

Everything here is blocking unless it says otherwise; routes call it in worker threads, never on the event loop.
"""
# ruff: noqa: D102  the properties of a record are explained in its own docstring

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import CollectorRegistry

from api.access_ports import Access
from api.case_ports import Cases
from api.delivery_ports import DeadLetters, Endpoints
from api.device_ports import Devices, Enrolment
from api.run_ports import Incidents, Playbooks, Runs
from city.alert import AlertState
from city.alert_list import AlertFilter, AlertPlace
from city.catalog import Catalog
from city.clock import Clock
from city.decision import AlertName, ClosingReason, Decision, Silence
from city.entry import DecisionEntry
from city.messages.text import Text
from city.ports import Store
from city.quarantine import Quarantined, Reason
from city.rule import Rule, RulesChange
from city.security_event import SecurityEvent, SecurityKind


class Alert(Protocol):
    """One alert as it stands: raised once, firing or resolved. Times are epoch milliseconds.

    subject: `device:sensor`, or the name of a group or zone
    time_ms, value, quality: the reading that its last transition rests on; None for silence
    peak: the greatest reading while it fired; None while there is none
    shadow: its rule is on trial, and nobody was told
    retroactive: found afterwards, when late readings were looked at
    flapping: it came and went, and is or was held firing until it was calm
    acknowledged_ms, acknowledged_by, assignee: what people decided; None while nobody did
    suppressed_by: what keeps it from being told, a rule's id or `silence:` and its id; None where nothing does
    reason, closed_ms, closed_by: why, when and by whom it was closed
    """

    @property
    def rule(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def severity(self) -> int: ...
    @property
    def state(self) -> AlertState: ...
    @property
    def raised_ms(self) -> int: ...
    @property
    def resolved_ms(self) -> int | None: ...
    @property
    def time_ms(self) -> int | None: ...
    @property
    def value(self) -> float | None: ...
    @property
    def quality(self) -> int | None: ...
    @property
    def peak(self) -> float | None: ...
    @property
    def shadow(self) -> bool: ...
    @property
    def retroactive(self) -> bool: ...
    @property
    def flapping(self) -> bool: ...
    @property
    def suppressed_by(self) -> str | None: ...
    @property
    def acknowledged_ms(self) -> int | None: ...
    @property
    def acknowledged_by(self) -> str | None: ...
    @property
    def assignee(self) -> str | None: ...
    @property
    def reason(self) -> ClosingReason | None: ...
    @property
    def closed_ms(self) -> int | None: ...
    @property
    def closed_by(self) -> str | None: ...


class Alerts(Protocol):
    """Committed alerts, asked by time."""

    def alerts(
        self,
        state: AlertState | None,
        from_ms: int | None,
        to_ms: int | None,
        limit: int,
        *,
        shadow: bool | None = False,
    ) -> Sequence[Alert]:
        """Alerts in `state` (None: any) that fired at some moment of from ≤ t < to, the newest raised first.

        shadow: False: of the rules that act; True: of those on trial; None: of both
        """
        ...

    def listed(self, wanted: AlertFilter, after: AlertPlace | None, limit: int) -> Sequence[Alert]:
        """At most `limit` of what is wanted, from after that place on."""
        ...


class Written(Protocol):
    """Where a decision stands in the journal, and whether it has taken effect yet."""

    @property
    def position(self) -> int: ...
    @property
    def applied(self) -> bool: ...


class MadeSilence(Protocol):
    """A silence, who made it and why, and who lifted it; None while nobody did."""

    @property
    def silence(self) -> Silence: ...
    @property
    def made_ms(self) -> int: ...
    @property
    def made_by(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def lifted_ms(self) -> int | None: ...
    @property
    def lifted_by(self) -> str | None: ...


class Decisions(Protocol):
    """What people decide about alerts."""

    def decide(self, decision: Decision) -> Written:
        """Writes it into the journal, once under its key; durable on return. Waits a while until it takes effect."""
        ...

    def decide_all(self, decisions: Sequence[Decision]) -> Sequence[Written]:
        """The same for several, in their order, and one wait for all. Where it fails midway those before stand; sent
        again under the same keys, all of them stand once.
        """
        ...

    def alert(self, rule: str, subject: str, raised_ms: int | None) -> Alert | None:
        """The alert that was raised then; the newest for None."""
        ...

    def decisions_of(self, alert: AlertName) -> Sequence[DecisionEntry]:
        """What was decided about one alert, in order."""
        ...

    def silences(self, after_ms: int | None, limit: int) -> Sequence[MadeSilence]:
        """The newest first; only those that are not over by then, where `after_ms` is given."""
        ...

    def silence(self, ident: str) -> MadeSilence | None:
        """The one of that id."""
        ...


class Presence(Protocol):
    """What is known of one device from its `state` messages and readings. None: it never said."""

    @property
    def device(self) -> str: ...
    @property
    def online(self) -> bool | None: ...
    @property
    def version(self) -> str | None: ...
    @property
    def spool_depth(self) -> int | None: ...
    @property
    def clock(self) -> str | None: ...
    @property
    def heard_ms(self) -> int | None: ...
    @property
    def spool_hours(self) -> float | None: ...
    @property
    def skew_ms(self) -> int | None: ...
    @property
    def measured_skew_ms(self) -> int | None: ...
    @property
    def revision(self) -> int | None: ...
    @property
    def refused(self) -> str | None: ...
    @property
    def faults(self) -> Mapping[str, str]: ...
    @property
    def outputs(self) -> Mapping[str, str]: ...
    @property
    def certificate_ms(self) -> int | None: ...
    @property
    def renewal(self) -> str | None: ...


class Sample(Protocol):
    """A value that a device sent, and where in its payload. unit: None where it named none."""

    @property
    def at(self) -> Sequence[str]: ...
    @property
    def value(self) -> float | bool | None: ...
    @property
    def unit(self) -> str | None: ...


class Unregistered(Protocol):
    """A device heard but not registered: what it calls itself, and what the quarantine has of it.

    form: of what it sends; draft: what may be pasted into the catalog
    """

    @property
    def name(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def topics(self) -> Sequence[str]: ...
    @property
    def first_ms(self) -> int: ...
    @property
    def last_ms(self) -> int: ...
    @property
    def pieces(self) -> int: ...
    @property
    def samples(self) -> Sequence[Sample]: ...
    @property
    def draft(self) -> str: ...


class Quarantine(Protocol):
    """What could not be used, listed and sent again."""

    def counts(self) -> Mapping[Reason, int]:
        """How many pieces lie there, by reason."""
        ...

    def pieces(self, reason: Reason | None, after: int, limit: int) -> Sequence[Quarantined]:
        """At most `limit` pieces with an id past `after`, oldest first."""
        ...

    def resend(self, ids: Sequence[int]) -> int:
        """Puts them through the ingester once more; how many there were. Unknown ids are passed over."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be well: its name, whether it is, and, for the person who looks, in what state it is."""

    name: str
    ok: bool
    detail: str = ""


class Security(Protocol):
    """What was refused; `note` never blocks."""

    def note(self, kind: SecurityKind, device: str = "", detail: str = "") -> None:
        """One more."""
        ...

    def events(
        self, limit: int, kind: SecurityKind | None = None, device: str | None = None
    ) -> Sequence[SecurityEvent]:
        """The newest first."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """All that the API sees of a city.

    catalog, rules: what is in force now; both may be replaced while the city runs, so they are asked each time
    reload_rules: brings the rules of the city's folder into force, or raises MistakesError and changes nothing
    readiness: whether work can be done; health: whether the process should be left running. Quick, and safe on the
        event loop.
    root: the first level of the city's own topics
    unregistered: devices heard that the catalog does not have, those heard last first
    access: who comes in
    presence: of every device heard of; devices: what people want of them; enrolment: who they are
    security: what was refused
    notice: what must be known before anything else on a page is believed, such as that all of it is simulated
    """

    catalog: Callable[[], Catalog]
    rules: Callable[[], Mapping[str, Rule]]
    reload_rules: Callable[[], RulesChange]
    store: Store
    alerts: Alerts
    decisions: Decisions
    root: str
    cases: Cases
    incidents: Incidents
    runs: Runs
    playbooks: Playbooks
    presence: Callable[[], Sequence[Presence]]
    unregistered: Callable[[], Sequence[Unregistered]]
    devices: Devices
    enrolment: Enrolment
    security: Security
    quarantine: Quarantine
    endpoints: Endpoints
    dead_letters: DeadLetters
    readiness: Callable[[], Sequence[Check]]
    health: Callable[[], Sequence[Check]]
    access: Access
    clock: Clock
    registry: CollectorRegistry = field(repr=False)
    notice: Text | None = None
