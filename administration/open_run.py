"""A run in a clerk's hands: its incident and its course as they stand, taken from the rows and written back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

from administration.course import Course, RunState, Status, StepState
from administration.incident import AlertKey, Incident, IncidentAlert
from administration.office import Office
from administration.playbook import Playbook
from administration.run_tables import run_step
from administration.steps.webhook import Webhook
from administration.tables import delivery, incident, incident_alert, run
from city.messages.text import Text

LATE: Final = "late"  # no step's place: where those stand in `told` who hear of what is late


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of a step beside its state. Times in ms of the city's clock.

    rung: of an approval's ladder; command: the id of what a device was last told to do for it
    """

    rung: int = 0
    due_ms: int | None = None
    command: str | None = None
    began_ms: int | None = None
    ended_ms: int | None = None


@dataclass(slots=True)
class OpenRun:
    """One run, as the transaction has it so far. written: how it stands in the rows; None where it does not yet.

    told: for each place of a `webhook` that was carried out, and `LATE`, the endpoints that it subscribed
    """

    id: str
    incident: Incident
    playbook: Playbook
    course: Course
    state: RunState
    marks: dict[str, Mark]
    told: dict[str, list[str]] = field(default_factory=dict)
    written: "Written | None" = None

    @property
    def was_over(self) -> bool:
        """Whether its course had ended before this transaction."""
        return self.written is not None and self.written.state.finished

    def put_alert(self, alert: IncidentAlert) -> None:
        """The alert as its newest event says; the incident is as severe as the worst that fires."""
        alerts = {**self.incident.alerts, alert.key: alert}
        joined = replace(self.incident, alerts=alerts, last_ms=max(self.incident.last_ms, alert.event_ms))
        # One that fires and is as severe as any decides; all of them need to be looked at for the rest alone.
        worst = alert.severity if alert.resolved_ms is None and alert.severity >= joined.severity else joined.worst
        self.incident = replace(joined, severity=worst)


@dataclass(frozen=True, slots=True)
class Written:
    """A run as its rows have it."""

    incident: Incident
    state: RunState
    marks: Mapping[str, Mark]


def begin(new: Incident, playbook: Playbook, course: Course) -> OpenRun:
    """A run of which nothing has begun and nothing is written."""
    return OpenRun(
        id=f"{playbook.id}/{new.id}",
        incident=new,
        playbook=playbook,
        course=course,
        state=course.opening(new.severity),
        marks=dict.fromkeys(course.steps, Mark()),
    )


def take(connection: sa.Connection, ids: Iterable[str], office: Office) -> dict[str, OpenRun]:
    """The runs of these incidents, by incident; nobody else changes them until the transaction ends."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    # Incidents are locked first, then endpoints and deliveries, then runs (`transaction`); always in one order.
    locked = sa.select(incident).where(incident.c.id.in_(wanted)).order_by(incident.c.id).with_for_update()
    incidents = connection.execute(locked).all()
    alerts: dict[str, dict[AlertKey, IncidentAlert]] = defaultdict(dict)
    for row in connection.execute(sa.select(incident_alert).where(incident_alert.c.incident.in_(wanted))):
        one = alert_of(row)
        alerts[row.incident][one.key] = one
    runs = {row.incident: row for row in connection.execute(sa.select(run).where(run.c.incident.in_(wanted)))}
    run_ids = [row.id for row in runs.values()]
    steps: dict[str, dict[str, sa.Row[tuple[object, ...]]]] = defaultdict(dict)
    for row in connection.execute(sa.select(run_step).where(run_step.c.run.in_(run_ids))):
        steps[row.run][row.place] = row
    told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(_TOLD, {"runs": run_ids}):
        told[row.run][row.place].append(row.endpoint)
    taken = {}
    for row in incidents:
        found = runs[row.id]
        playbook, course = office.course(found.playbook_version, found.playbook_text)
        is_now = incident_of(row, alerts[row.id])
        state = state_of(found, steps[found.id], is_now.severity, course)
        marks = {place: _mark(_same_step(steps[found.id], place, course)) for place in course.steps}
        for place, step in state.steps.items():  # one that told nobody has left no delivery
            if step.done and isinstance(course.steps[place], Webhook):
                told[found.id].setdefault(place, [])
        if not state.begun:
            told[found.id].setdefault(LATE, [])
        written = Written(is_now, state, dict(marks))
        taken[row.id] = OpenRun(found.id, is_now, playbook, course, state, marks, told[found.id], written)
    return taken


def incident_of(row: sa.Row[tuple[object, ...]], alerts: Mapping[AlertKey, IncidentAlert]) -> Incident:
    """A row of `incident`, with its alerts."""
    named = {name: getattr(row, name) for name in PLAIN}
    return Incident(**named, title=Text(row.title_ja, row.title_en), drill=bool(row.drill), alerts=alerts)


def alert_of(row: sa.Row[tuple[object, ...]]) -> IncidentAlert:
    """A row of `incident_alert`."""
    key = AlertKey(row.rule, row.subject, row.raised_ms)
    title = Text(row.title_ja, row.title_en)
    return IncidentAlert(key, title, row.severity, row.event, row.event_ms, row.resolved_ms)


def state_of(
    row: sa.Row[tuple[object, ...]], steps: Mapping[str, sa.Row[tuple[object, ...]]], severity: int, course: Course
) -> RunState:
    """A row of `run` and those of its steps, by place."""
    return RunState(
        steps=MappingProxyType({place: _step_state(_same_step(steps, place, course)) for place in course.steps}),
        severity=severity,
        paused=bool(row.paused),
        keeper=row.keeper,
        held=tuple(row.held.split()),
        resolved=bool(row.resolved),
        settled=bool(row.settled),
        finished=bool(row.over),
    )


def _same_step(
    steps: Mapping[str, sa.Row[tuple[object, ...]]], place: str, course: Course
) -> sa.Row[tuple[object, ...]] | None:
    """The row at `place`, where it is of the course's step: not where the playbook is not understood any more."""
    row = steps.get(place)
    return row if row is not None and row.kind == course.kinds[place] else None


def _step_state(row: sa.Row[tuple[object, ...]] | None) -> StepState:
    return StepState() if row is None else StepState(Status(row.status), row.turn, row.done)


def _mark(row: sa.Row[tuple[object, ...]] | None) -> Mark:
    return Mark() if row is None else Mark(row.rung, row.due_ms, row.command, row.began_ms, row.ended_ms)


PLAIN: Final = (
    *("id", "playbook", "grouped", "rule", "subject", "raised_ms", "section", "severity"),
    *("opened_ms", "last_ms", "opened_by", "resolved_ms"),
)
_TOLD = (
    sa.select(delivery.c.run, delivery.c.place, delivery.c.endpoint)
    .where(delivery.c.run.in_(sa.bindparam("runs", expanding=True)), delivery.c.kind == "webhook")
    .distinct()
    .order_by(delivery.c.run, delivery.c.place, delivery.c.endpoint)
)
