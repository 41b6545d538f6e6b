"""Incidents: which alerts belong together, and what is known of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from administration.playbook import Group, GroupBy
from city.alert import AlertEvent, AlertState
from city.catalog import Catalog
from city.digest import digest
from city.messages.text import Text
from city.subject import subject_of


class EventKind(StrEnum):
    """What is told in an incident."""

    ALERT = "alert"  # a change of one of its alerts
    REPORT = "report"  # a person started it
    ATTENTION = "attention"  # a step needs a person
    MESSAGE = "message"  # the words of a `notify`


@dataclass(frozen=True, slots=True)
class AlertKey:
    """One alert, from its raising to its end."""

    rule: str
    subject: str
    raised_ms: int

    @classmethod
    def of(cls, event: AlertEvent) -> "AlertKey":
        """The alert that the event is of."""
        return cls(event.rule, event.subject, event.raised_ms)


@dataclass(frozen=True, slots=True)
class IncidentAlert:
    """One alert of an incident, as its newest event says. resolved_ms: None while it fires."""

    key: AlertKey
    title: Text
    severity: int
    event: str
    event_ms: int
    resolved_ms: int | None

    @classmethod
    def of(cls, event: AlertEvent, title: Text) -> "IncidentAlert":
        """As the event leaves it."""
        resolved_ms = event.at_ms if event.to_state is AlertState.RESOLVED else None
        return cls(AlertKey.of(event), title, event.severity, event.id, event.at_ms, resolved_ms)


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident. rule, subject, raised_ms and title are of the first of its alerts, or of what was reported.

    grouped: what its alerts have in common; section: whose business it is, empty for the city's
    opened_by: who started it, None where an alert did
    last_ms: event time of the newest of its events
    """

    id: str
    playbook: str
    grouped: str
    rule: str
    subject: str
    raised_ms: int
    title: Text
    section: str
    severity: int
    opened_ms: int
    last_ms: int
    opened_by: str | None = None
    resolved_ms: int | None = None
    drill: bool = False
    alerts: Mapping[AlertKey, IncidentAlert] = field(default_factory=dict, compare=False)

    @property
    def worst(self) -> int:
        """The highest severity among the alerts that fire; where none does, what it was."""
        return max((alert.severity for alert in self.alerts.values() if alert.resolved_ms is None), default=0) or (
            self.severity
        )

    @property
    def over(self) -> bool:
        """Whether the last of its alerts has ended. What a person started ends by a person."""
        return bool(self.alerts) and all(alert.resolved_ms is not None for alert in self.alerts.values())


def incident_id(city: str, key: AlertKey) -> str:
    """128 bits of SHA-256 over the alert that opened it, hexadecimal."""
    return digest(city, key.rule, key.subject, str(key.raised_ms))


def grouped(group: Group | None, event: AlertEvent, catalog: Catalog) -> str:
    """What the event's alert has in common with the others of its incident, as text.

    Without a group, and where the subject has no river (area, site) to be grouped by: the alert itself.
    """
    alone = digest(event.rule, event.subject, str(event.raised_ms))
    if group is None:
        return alone
    return "\n".join(f"{by}={_common(by, event, catalog) or alone}" for by in group.by)


def _common(by: GroupBy, event: AlertEvent, catalog: Catalog) -> str | None:
    kind, _, name = event.subject.partition("/")
    sensor = subject_of(event.subject, catalog).sensor
    match by:
        case GroupBy.RULE:
            return event.rule
        case GroupBy.SUBJECT:
            return event.subject
        case GroupBy.RIVER:
            return sensor.river if sensor else name if kind == by else None
        case GroupBy.SITE:
            return sensor.site if sensor else name if kind == by else None
        case GroupBy.AREA:
            if sensor:
                return sensor.area
            site = catalog.sites.get(name) if kind == GroupBy.SITE else None
            return name if kind == by else site.area if site else None
        case _:
            assert_never(by)
