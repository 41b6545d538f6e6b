"""Incidents, runs and approvals as the API writes them. Times are ISO 8601 UTC."""

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, Field

from api import approval_ports, run_ports
from api.approval_shown import ApprovalShown, approval_shown
from api.moment import iso, iso_or_none
from api.problem import BothLanguages
from api.routes.sensors import both
from city.run import Hand


class IncidentShown(BaseModel):
    """An incident: what belongs together, and what was started for it."""

    id: str
    playbook: Annotated[str, Field(examples=["river-3"])]
    title: BothLanguages
    section: Annotated[str, Field(description="Whose business it is; empty: the city's.", examples=["bosai"])]
    severity: Annotated[int, Field(ge=1, le=5)]
    drill: Annotated[bool, Field(description="An exercise: nothing is switched.")]
    rule: Annotated[str, Field(description="Of the alert that opened it.", examples=["river-danger"])]
    subject: Annotated[str, Field(examples=["rpi-toba:water_level"])]
    raised: str
    opened: str
    opened_by: Annotated[str | None, Field(description="Who started it; null: an alert did.")]
    resolved: Annotated[str | None, Field(description="Since when its last alert is over.")]


class IncidentOfList(IncidentShown):
    """With what is to be known of it at a glance."""

    state: Annotated[str, Field(description="Of its run: open, finished.", examples=["open"])]
    paused: bool
    alerts: Annotated[int, Field(description="How many it has.")]
    firing: Annotated[int, Field(description="How many of them fire.")]
    asked: Annotated[int, Field(description="Approvals that wait for an answer.")]
    needy: Annotated[int, Field(description="Steps that a person has to look at.")]


class IncidentsFound(BaseModel):
    """The newest first. `next`: pass it as `after` for more; null at the end."""

    incidents: list[IncidentOfList]
    next: str | None


class AlertOfIncident(BaseModel):
    """One of its alerts."""

    rule: str
    subject: str
    raised: str
    title: BothLanguages
    severity: int
    resolved: str | None


class StepPlanned(BaseModel):
    """A step of a playbook."""

    place: Annotated[str, Field(examples=["steps.2.then.0"])]
    kind: Annotated[str, Field(examples=["approve"])]
    told: Annotated[BothLanguages, Field(description="What it does.")]


class StepShown(StepPlanned):
    """A step of a run, as it stands."""

    status: Annotated[str, Field(examples=["waiting"])]
    turn: Annotated[int, Field(description="How often it was begun.")]
    due: str | None
    began: str | None
    ended: str | None
    hands: Annotated[list[Hand], Field(description="What a person can do to it now.")]


class LineShown(BaseModel):
    """One line of the chronology."""

    at: str
    by: Annotated[str, Field(description="rule:…, run:…, person:…, device:…")]
    kind: str
    place: str | None
    fields: dict[str, str]


class DeliveryShown(BaseModel):
    """What was, or is to be, sent."""

    id: str
    place: str
    kind: str
    endpoint: str
    about: str
    to_state: str
    state: Annotated[str, Field(description="blocked, waiting, running, done, dead")]
    attempts: int
    created: str
    ended: str | None


class CaseOfIncident(BaseModel):
    """A case that the run opened."""

    id: str
    title: str
    section: str
    state: str


class WholeIncident(IncidentShown):
    """An incident with all that hangs on it."""

    run: str
    playbook_title: BothLanguages
    playbook_version: str
    state: str
    paused: bool
    keeper: Annotated[str | None, Field(description="Who took the run over.")]
    over: Annotated[bool, Field(description="Nothing is left to do.")]
    hands: Annotated[list[Hand], Field(description="What a person can do to the run now.")]
    alerts: list[AlertOfIncident]
    steps: list[StepShown]
    chronology: list[LineShown]
    approvals: list[ApprovalShown]
    deliveries: list[DeliveryShown]
    cases: list[CaseOfIncident]


class PlaybookShown(BaseModel):
    """A playbook in force."""

    id: str
    version: Annotated[str, Field(description="Another with every change of the text.")]
    title: BothLanguages


class WholePlaybook(PlaybookShown):
    """With its text, and its steps in words."""

    text: Annotated[str, Field(description="YAML, as it is carried out.")]
    steps: list[StepPlanned]


def incident_shown(incident: run_ports.Incident) -> IncidentShown:
    """The incident itself."""
    return IncidentShown(
        id=incident.id,
        playbook=incident.playbook,
        title=both(incident.title),
        section=incident.section,
        severity=incident.severity,
        drill=incident.drill,
        rule=incident.rule,
        subject=incident.subject,
        raised=iso(incident.raised_ms),
        opened=iso(incident.opened_ms),
        opened_by=incident.opened_by,
        resolved=iso_or_none(incident.resolved_ms),
    )


def row_shown(row: run_ports.IncidentRow) -> IncidentOfList:
    """One of a list."""
    return IncidentOfList(
        **incident_shown(row.incident).model_dump(),
        state=row.state,
        paused=row.paused,
        alerts=row.alerts,
        firing=row.firing,
        asked=row.asked,
        needy=row.needy,
    )


def whole_incident(found: run_ports.IncidentFile, yours: Callable[[approval_ports.Approval], bool]) -> WholeIncident:
    """With all that hangs on it."""
    return WholeIncident(
        **incident_shown(found.incident).model_dump(),
        run=found.run,
        playbook_title=both(found.playbook),
        playbook_version=found.version,
        state=found.state,
        paused=found.paused,
        keeper=found.keeper,
        over=found.over,
        hands=list(found.hands),
        alerts=[_alert(alert) for alert in found.alerts],
        steps=[_step(step) for step in found.steps],
        chronology=[_line(line) for line in found.lines],
        approvals=[approval_shown(one, yours=yours(one)) for one in found.approvals],
        deliveries=[_delivery(one) for one in found.deliveries],
        cases=[CaseOfIncident(id=one.id, title=one.title, section=one.section, state=one.state) for one in found.cases],
    )


def playbook_shown(found: run_ports.PlaybookFile) -> PlaybookShown:
    """One of the list."""
    return PlaybookShown(id=found.id, version=found.version, title=both(found.title))


def whole_playbook(found: run_ports.PlaybookFile) -> WholePlaybook:
    """With its text and steps."""
    steps = [StepPlanned(place=one.place, kind=one.kind, told=both(one.told)) for one in found.steps]
    return WholePlaybook(**playbook_shown(found).model_dump(), text=found.text, steps=steps)


def _step(step: run_ports.StepFile) -> StepShown:
    return StepShown(
        place=step.place,
        kind=step.kind,
        told=both(step.told),
        status=step.status,
        turn=step.turn,
        due=iso_or_none(step.due_ms),
        began=iso_or_none(step.began_ms),
        ended=iso_or_none(step.ended_ms),
        hands=list(step.hands),
    )


def _alert(alert: run_ports.IncidentAlert) -> AlertOfIncident:
    return AlertOfIncident(
        rule=alert.key.rule,
        subject=alert.key.subject,
        raised=iso(alert.key.raised_ms),
        title=both(alert.title),
        severity=alert.severity,
        resolved=iso_or_none(alert.resolved_ms),
    )


def _line(line: run_ports.Line) -> LineShown:
    return LineShown(at=iso(line.at_ms), by=line.by, kind=line.kind, place=line.place, fields=dict(line.fields))


def _delivery(one: run_ports.DeliveryFile) -> DeliveryShown:
    return DeliveryShown(
        id=one.id,
        place=one.place,
        kind=one.kind,
        endpoint=one.endpoint,
        about=one.about,
        to_state=one.to_state,
        state=one.state,
        attempts=one.attempts,
        created=iso(one.created_ms),
        ended=iso_or_none(one.ended_ms),
    )
