"""Incidents as people read them: lists, and one with all that hangs on it. Nothing here changes anything."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from administration.approvals import STANDING, Approval, ApprovalState, approval_of
from administration.case_tables import city_case
from administration.chronicle import Line, read_lines
from administration.course import Course, RunState, Status
from administration.happening import ByHand
from administration.incident import Incident, IncidentAlert
from administration.incident_words import said, values_of
from administration.office import Office
from administration.open_run import alert_of, incident_of, state_of
from administration.run_tables import approval, run_step
from administration.step_words import step_words
from administration.steps.step import Step
from administration.tables import DeliveryState, RunStatus, delivery, incident, incident_alert, incident_event, run
from administration.transaction import transaction
from city.messages.text import Text
from city.run import Hand, HandError, IncidentsWanted

OF_RUN: Final = (Hand.PAUSE, Hand.RESUME, Hand.TAKE_OVER, Hand.STOP)
OF_STEP: Final = (Hand.REDO, Hand.SKIP)
# Steps that a person has to look at.
NEEDY = (Status.FAILED, Status.OPEN, Status.RETURNED)


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One of a list. incident: without its alerts. firing, alerts: how many of them; asked: approvals that stand;
    needy: steps that a person has to look at.
    """

    incident: Incident
    state: RunStatus
    paused: bool
    alerts: int
    firing: int
    asked: int
    needy: int


@dataclass(frozen=True, slots=True)
class StepFile:
    """A step of a run. Times in ms of the city's clock.

    place: `steps.2.then.0`; step: as the playbook configures it; told: what it does, in words; turn: how often it was
    begun; hands: what a person can do to it now
    """

    place: str
    kind: str
    step: Step
    told: Text
    status: Status
    turn: int
    due_ms: int | None
    began_ms: int | None
    ended_ms: int | None
    hands: tuple[Hand, ...]


@dataclass(frozen=True, slots=True)
class DeliveryFile:
    """Something that was, or is to be, sent. kind: `webhook` or `notify`; about: the event's own subject."""

    id: str
    place: str
    kind: str
    endpoint: str
    about: str
    to_state: str
    state: DeliveryState
    attempts: int
    created_ms: int
    ended_ms: int | None


@dataclass(frozen=True, slots=True)
class CaseOfRun:
    """A case that the run opened."""

    id: str
    title: str
    section: str
    state: str


@dataclass(frozen=True, slots=True)
class IncidentFile:
    """One incident with all that hangs on it.

    keeper: who took the run over; steps: in the order of the playbook; hands: what a person can do to the run now
    """

    incident: Incident
    run: str
    playbook: Text
    version: str
    state: RunStatus
    paused: bool
    keeper: str | None
    over: bool
    steps: tuple[StepFile, ...]
    lines: tuple[Line, ...]
    approvals: tuple[Approval, ...]
    deliveries: tuple[DeliveryFile, ...]
    cases: tuple[CaseOfRun, ...]
    hands: tuple[Hand, ...]

    @property
    def alerts(self) -> tuple[IncidentAlert, ...]:
        """Those of the incident, the oldest first."""
        return tuple(self.incident.alerts.values())


class IncidentShelf:
    """Blocking; each call sees the newest commit, and holds up nobody who writes."""

    def __init__(self, reading: sa.Engine, office: Office) -> None:
        self._reading = reading
        self._office = office

    def incidents(
        self, wanted: IncidentsWanted, after: tuple[int, str] | None = None, limit: int = 100
    ) -> Sequence[IncidentRow]:
        """Those that fit, the newest first, past the one that was opened then and has that id."""
        chosen = _ROWS
        if wanted.open is not None:
            chosen = chosen.where(run.c.over.is_(not wanted.open))
        if wanted.sections is not None:
            chosen = chosen.where(incident.c.section.in_({*wanted.sections, ""}))
        if wanted.drill is not None:
            chosen = chosen.where(incident.c.drill.is_(wanted.drill))
        if after is not None:
            opened_ms, ident = after
            older = sa.and_(incident.c.opened_ms == opened_ms, incident.c.id < ident)
            chosen = chosen.where(sa.or_(incident.c.opened_ms < opened_ms, older))
        chosen = chosen.order_by(incident.c.opened_ms.desc(), incident.c.id.desc()).limit(limit)
        with transaction(self._reading) as connection:
            return [
                IncidentRow(
                    incident_of(row, {}),
                    RunStatus(row.run_state),
                    bool(row.paused),
                    row.alerts,
                    row.firing,
                    row.asked,
                    row.needy,
                )
                for row in connection.execute(chosen)
            ]

    def incident(self, ident: str) -> IncidentFile | None:
        """One, with everything; None where there is none of that id."""
        with transaction(self._reading) as connection:
            row = connection.execute(sa.select(incident).where(incident.c.id == ident)).one_or_none()
            if row is None:
                return None
            alerts = sa.select(incident_alert).where(incident_alert.c.incident == ident)
            known = (alert_of(found) for found in connection.execute(alerts.order_by(incident_alert.c.raised_ms)))
            of = connection.execute(sa.select(run).where(run.c.incident == ident)).one()
            playbook, course = self._office.course(of.playbook_version, of.playbook_text)
            steps = connection.execute(sa.select(run_step).where(run_step.c.run == of.id))
            by_place = {found.place: found for found in steps}
            is_now = incident_of(row, {alert.key: alert for alert in known})
            state = state_of(of, by_place, is_now.severity, course)
            values = values_of(is_now, playbook, self._office.catalog)
            return IncidentFile(
                incident=is_now,
                run=of.id,
                playbook=playbook.title,
                version=of.playbook_version,
                state=RunStatus(of.state),
                paused=bool(of.paused),
                keeper=of.keeper,
                over=bool(of.over),
                steps=tuple(
                    _step(by_place[place], step, self._told(step, values), hands(course, state, place))
                    for place, step in course.steps.items()
                    if place in by_place
                ),
                lines=read_lines(connection, ident),
                approvals=_approvals(connection, approval.c.incident == ident),
                deliveries=_deliveries(connection, of.id),
                cases=_cases(connection, of.id),
                hands=hands(course, state, None),
            )

    def opened_by(self, incidents: Collection[str]) -> Mapping[str, str | None]:
        """Who started each of these; None where an alert did."""
        wanted = sa.select(incident.c.id, incident.c.opened_by).where(incident.c.id.in_(incidents))
        with transaction(self._reading) as connection:
            return {row.id: row.opened_by for row in connection.execute(wanted)}

    def asked(self, limit: int = 1000) -> tuple[Approval, ...]:
        """Approvals that stand, the oldest first."""
        with transaction(self._reading) as connection:
            return _approvals(connection, approval.c.state.in_(STANDING), limit)

    def approval(self, ident: str) -> Approval | None:
        """One, whatever became of it."""
        with transaction(self._reading) as connection:
            found = _approvals(connection, approval.c.id == ident)
            return found[0] if found else None

    def asked_instead(self, ident: str) -> Approval | None:
        """The question that stands where the void one of that id stood; None where none does."""
        with transaction(self._reading) as connection:
            found = _approvals(connection, approval.c.id == ident)
            if not found or found[0].state is not ApprovalState.VOID:
                return None
            void = found[0]
            there = sa.and_(approval.c.run == void.run, approval.c.place == void.place, approval.c.state.in_(STANDING))
            standing = _approvals(connection, there)
            return standing[0] if standing else None

    def _told(self, step: Step, values: Mapping[str, str]) -> Text:
        told = step_words(step, self._office.catalog)
        return Text(ja=said(told.ja, values), en=said(told.en, values))


def hands(course: Course, state: RunState, place: str | None) -> tuple[Hand, ...]:
    """What a person can do now to the step at `place`; None: to the run. It is the course that says so."""
    found = []
    for hand in OF_RUN if place is None else OF_STEP:
        try:
            course.decide(state, ByHand(hand, state.keeper or "", "", place))
        except HandError:
            continue
        found.append(hand)
    return tuple(found)


def _step(row: sa.Row[tuple[object, ...]], step: Step, told: Text, by_hand: tuple[Hand, ...]) -> StepFile:
    times = (row.due_ms, row.began_ms, row.ended_ms)
    return StepFile(row.place, row.kind, step, told, Status(row.status), row.turn, *times, by_hand)


def _approvals(
    connection: sa.Connection, which: sa.ColumnElement[bool], limit: int | None = None
) -> tuple[Approval, ...]:
    wanted = sa.select(approval).where(which).order_by(approval.c.asked_ms, approval.c.id).limit(limit)
    return tuple(approval_of(row) for row in connection.execute(wanted))


def _deliveries(connection: sa.Connection, of_run: str) -> tuple[DeliveryFile, ...]:
    wanted = (
        sa.select(delivery, incident_event.c.subject, incident_event.c.to_state)
        .join(incident_event, incident_event.c.id == delivery.c.event)
        .where(delivery.c.run == of_run)
        .order_by(delivery.c.sequence)
    )
    return tuple(
        DeliveryFile(
            id=row.id,
            place=row.place,
            kind=row.kind,
            endpoint=row.endpoint,
            about=row.subject,
            to_state=row.to_state,
            state=DeliveryState(row.state),
            attempts=row.attempts,
            created_ms=row.created_ms,
            ended_ms=row.ended_ms,
        )
        for row in connection.execute(wanted)
    )


def _cases(connection: sa.Connection, of_run: str) -> tuple[CaseOfRun, ...]:
    columns = (city_case.c.id, city_case.c.title, city_case.c.section, city_case.c.state)
    wanted = sa.select(*columns).where(city_case.c.run == of_run).order_by(city_case.c.opened_ms, city_case.c.id)
    return tuple(CaseOfRun(*row) for row in connection.execute(wanted))


def _count(table: sa.Table, *which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).where(*which).correlate(incident, run).scalar_subquery()


_ROWS = sa.select(
    incident,
    run.c.state.label("run_state"),
    run.c.paused,
    _count(incident_alert, incident_alert.c.incident == incident.c.id).label("alerts"),
    _count(incident_alert, incident_alert.c.incident == incident.c.id, incident_alert.c.resolved_ms.is_(None)).label(
        "firing"
    ),
    _count(approval, approval.c.run == run.c.id, approval.c.state.in_(STANDING)).label("asked"),
    _count(run_step, run_step.c.run == run.c.id, run_step.c.status.in_(NEEDY)).label("needy"),
).join_from(incident, run, run.c.incident == incident.c.id)
