"""What is told of an alert event: a CloudEvents 1.0 event in JSON, structured mode.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md. Times are RFC 3339 in UTC. Names of
fields stay: receivers rely on them; new ones may be added.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from city.alert import ACT_WITHIN_MS, NO_DATA, AlertEvent
from city.catalog import Catalog, Sensor
from city.messages import CATALOGUE, say
from city.messages.text import Lang, Text
from city.reading import Quality
from city.rule import Rule
from city.subject import subject_of

CONTENT_TYPE: Final = "application/cloudevents+json"


class Words(msgspec.Struct, frozen=True):
    """A text in both languages."""

    ja: str
    en: str


class Owner(msgspec.Struct, frozen=True):
    """The department whose business it is."""

    id: str
    title: Words | None


class Where(msgspec.Struct, frozen=True):
    """The sensor and its place, WGS 84 degrees."""

    sensor: Words
    site: str
    site_title: Words
    area: str
    area_title: Words
    river: str | None
    latitude: float
    longitude: float


class Measured(msgspec.Struct, frozen=True):
    """What the sensor measures; levels in `unit` (a unit of the SenML registry)."""

    quantity: str
    title: Words
    unit: str
    unit_label: str
    levels: Mapping[str, float]


class Basis(msgspec.Struct, frozen=True):
    """The reading it rests on; nulls where there was none (silence). `quality`: the doubts about it, if any."""

    series: str
    time: str | None
    value: float | None
    quality: list[str]
    peak: float | None


class Alert(msgspec.Struct, frozen=True):
    """`data` of the event. Where `from_state` is firing as well as `state`, `severity` has changed.

    subject_title: of the sensor, or of the river, area, site or zone whose sensors together gave the alert
    decided_late: after more than the rule's `act_within`
    caught_up: it was late, and the alert acts nevertheless: it still fires now that its series has caught up
    flapping: it came and went so often that it is held firing until it is calm
    closed_as: the reason with which a person closed the alert; null where nobody did
    """

    rule: str
    version: str
    title: Words
    owner: Owner | None
    state: str
    from_state: str
    severity: int
    alert_level: int | None
    subject: str
    subject_title: Words
    zone: str | None
    raised_at: str
    at: str
    decided_at: str
    decided_late: bool
    retroactive: bool
    caught_up: bool
    flapping: bool
    where: Where | None
    measured: Measured | None
    evidence: Basis
    link: str | None
    closed_as: str | None


class CloudEvent(msgspec.Struct, frozen=True):
    """The envelope."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    data: object
    specversion: str = "1.0"
    datacontenttype: str = "application/json"

    def json(self) -> str:
        """As it is sent and signed."""
        return msgspec.json.encode(self).decode()


def alert_event(event: AlertEvent, rule: Rule | None, catalog: Catalog, link: str | None) -> CloudEvent:
    """What receivers are told of `event`. `rule` is the one it came from, without regard to `:no-data`."""
    subject = subject_of(event.subject, catalog)
    sensor = subject.sensor
    act_within_ms = ACT_WITHIN_MS if rule is None else rule.act_within_ms
    alert = Alert(
        rule=event.rule,
        version=event.version,
        title=_words(alert_title(event.rule, rule)),
        owner=None if rule is None else _owner(rule.owner, catalog),
        state=event.to_state.value,
        from_state=event.from_state.value,
        severity=event.severity,
        alert_level=None if rule is None or event.rule.endswith(NO_DATA) else rule.alert_level,
        subject=event.subject,
        subject_title=_words(subject.title),
        zone=subject.zone,
        raised_at=utc(event.raised_ms),
        at=utc(event.at_ms),
        decided_at=utc(event.decided_ms),
        decided_late=event.decided_ms - event.at_ms > act_within_ms,
        retroactive=event.retroactive,
        caught_up=event.caught_up,
        flapping=event.flapping,
        where=_where(sensor, catalog) if sensor else None,
        measured=_measured(sensor) if sensor else None,
        evidence=_basis(event),
        link=link,
        closed_as=event.reason,
    )
    return CloudEvent(
        id=event.id,
        source=f"/megane/{event.city}",
        type=f"jp.megane.alert.{event.to_state.value}",
        subject=event.subject,
        time=utc(event.at_ms),
        data=alert,
    )


def alert_title(rule_id: str, rule: Rule | None) -> Text:
    """What the alert is called: its rule's title, or the catalogue's words for alerts of the system."""
    if rule is None:
        own = CATALOGUE.get(f"administration.title_{rule_id.replace(':', '_').replace('-', '_')}")
        return own or _said("administration.title_unknown", rule=rule_id)
    if not rule_id.endswith(NO_DATA):
        return rule.title
    silent = "administration.title_no_data"
    return Text(say(silent, Lang.JA, title=rule.title.ja), say(silent, Lang.EN, title=rule.title.en))


def utc(time_ms: int) -> str:
    """RFC 3339 with milliseconds and `Z`."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _said(key: str, **fields: object) -> Text:
    return Text(say(key, Lang.JA, **fields), say(key, Lang.EN, **fields))


def _words(text: Text) -> Words:
    return Words(text.ja, text.en)


def _owner(owner: str, catalog: Catalog) -> Owner:
    department = catalog.departments.get(owner)
    return Owner(owner, None if department is None else _words(department.title))


def _where(sensor: Sensor, catalog: Catalog) -> Where:
    site, area = catalog.sites[sensor.site], catalog.areas[sensor.area]
    return Where(
        sensor=_words(sensor.title),
        site=site.id,
        site_title=_words(site.title),
        area=area.id,
        area_title=_words(area.title),
        river=sensor.river,
        latitude=site.point.latitude,
        longitude=site.point.longitude,
    )


def _measured(sensor: Sensor) -> Measured:
    quantity = sensor.quantity
    return Measured(quantity.id, _words(quantity.title), quantity.unit, quantity.unit_label, sensor.levels)


def _basis(event: AlertEvent) -> Basis:
    evidence = event.evidence
    return Basis(
        series=evidence.series,
        time=None if evidence.time_ms is None else utc(evidence.time_ms),
        value=evidence.value,
        quality=[str(bit.name).lower() for bit in Quality(evidence.quality or 0)],
        peak=evidence.peak,
    )
