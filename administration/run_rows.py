"""Runs on their way back into the rows, at the end of a clerk's transaction."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from administration.course import RunState
from administration.incident import AlertKey, Incident, IncidentAlert
from administration.open_run import PLAIN, OpenRun, Written
from administration.run_tables import run_step
from administration.tables import RunStatus, incident, incident_alert, run


def write(connection: sa.Connection, runs: Sequence[OpenRun]) -> None:
    """Brings the rows of runs that stand already to how these are now; of those that do not, `insert_new` makes them.

    In the order in which locks are taken: incidents, then runs.
    """
    changed = [(one, one.written) for one in sorted(runs, key=lambda one: one.id) if one.written is not None]
    incidents = [_changed(one.incident) for one, was in changed if one.incident != was.incident]
    if incidents:
        connection.execute(_CHANGE_INCIDENT, incidents)
    for one, was in changed:
        _write_alerts(connection, one, was.incident.alerts)
    courses = [
        _course(one.state) | {"which": one.id} for one, was in changed if _course(one.state) != _course(was.state)
    ]
    if courses:
        connection.execute(_CHANGE_RUN, courses)
    steps = [
        _step_values(one, place) | {"of_run": one.id, "at_place": place}
        for one, was in changed
        for place in one.state.steps
        if (one.state.steps[place], one.marks[place]) != (was.state.steps[place], was.marks.get(place))
    ]
    if steps:
        connection.execute(_CHANGE_STEP, steps)
    for one in runs:
        one.written = Written(one.incident, one.state, dict(one.marks))


def insert_new(connection: sa.Connection, runs: Sequence[OpenRun]) -> None:
    """Those that are not written yet, so that rows can refer to them."""
    new = [one for one in runs if one.written is None]
    if not new:
        return
    connection.execute(incident.insert(), [_new_incident(one.incident) for one in new])
    for one in new:
        _write_alerts(connection, one, {})
    begun = [
        _course(one.state)
        | {
            "id": one.id,
            "incident": one.incident.id,
            "playbook": one.playbook.id,
            "playbook_version": one.playbook.version,
            "playbook_text": one.playbook.text,
            "state": RunStatus.OPEN,
            "began_ms": one.incident.opened_ms,
        }
        for one in new
    ]
    connection.execute(run.insert(), begun)
    steps = [
        _step_values(one, place) | {"run": one.id, "place": place, "kind": one.course.kinds[place]}
        for one in new
        for place in one.state.steps
    ]
    if steps:
        connection.execute(run_step.insert(), steps)
    for one in new:
        one.written = Written(one.incident, one.state, dict(one.marks))


def _write_alerts(connection: sa.Connection, one: OpenRun, was: Mapping[AlertKey, IncidentAlert]) -> None:
    rows = {
        key: _alert_row(one.incident.id, alert) for key, alert in one.incident.alerts.items() if was.get(key) != alert
    }
    new = [row for key, row in rows.items() if key not in was]
    if new:
        connection.execute(incident_alert.insert(), new)
    old = [
        {"of_rule": row["rule"], "of_subject": row["subject"], "of_raised_ms": row["raised_ms"]}
        | {name: row[name] for name in ("severity", "event", "event_ms", "resolved_ms")}
        for key, row in rows.items()
        if key in was
    ]
    if old:
        connection.execute(_CHANGE_ALERT, old)


def _new_incident(one: Incident) -> dict[str, object]:
    titles = {"title_ja": one.title.ja, "title_en": one.title.en}
    return {name: getattr(one, name) for name in PLAIN} | titles | {"drill": one.drill}


def _changed(one: Incident) -> dict[str, object]:
    return {"which": one.id, "severity": one.severity, "last_ms": one.last_ms, "resolved_ms": one.resolved_ms}


def _alert_row(of: str, alert: IncidentAlert) -> dict[str, object]:
    return {
        "rule": alert.key.rule,
        "subject": alert.key.subject,
        "raised_ms": alert.key.raised_ms,
        "incident": of,
        "title_ja": alert.title.ja,
        "title_en": alert.title.en,
        "severity": alert.severity,
        "event": alert.event,
        "event_ms": alert.event_ms,
        "resolved_ms": alert.resolved_ms,
    }


def _course(state: RunState) -> dict[str, object]:
    return {
        "paused": state.paused,
        "keeper": state.keeper,
        "held": "\n".join(state.held),
        "resolved": state.resolved,
        "settled": state.settled,
        "over": state.finished,
    }


def _step_values(one: OpenRun, place: str) -> dict[str, object]:
    step, mark = one.state.steps[place], one.marks[place]
    return {
        "status": step.status,
        "turn": step.turn,
        "done": step.done,
        "rung": mark.rung,
        "due_ms": mark.due_ms,
        "command": mark.command,
        "began_ms": mark.began_ms,
        "ended_ms": mark.ended_ms,
    }


_CHANGE_INCIDENT = (
    incident.update()
    .where(incident.c.id == sa.bindparam("which"))
    .values({name: sa.bindparam(name) for name in ("severity", "last_ms", "resolved_ms")})
)
_CHANGE_ALERT = (
    incident_alert.update()
    .where(
        incident_alert.c.rule == sa.bindparam("of_rule"),
        incident_alert.c.subject == sa.bindparam("of_subject"),
        incident_alert.c.raised_ms == sa.bindparam("of_raised_ms"),
    )
    .values({name: sa.bindparam(name) for name in ("severity", "event", "event_ms", "resolved_ms")})
)
_CHANGE_RUN = (
    run.update()
    .where(run.c.id == sa.bindparam("which"))
    .values({name: sa.bindparam(name) for name in ("paused", "keeper", "held", "resolved", "settled", "over")})
)
_CHANGE_STEP = (
    run_step.update()
    .where(run_step.c.run == sa.bindparam("of_run"), run_step.c.place == sa.bindparam("at_place"))
    .values(
        {
            name: sa.bindparam(name)
            for name in ("status", "turn", "done", "rung", "due_ms", "command", "began_ms", "ended_ms")
        }
    )
)
