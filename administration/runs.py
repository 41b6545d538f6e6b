"""Incidents and runs from alert events: an incident's first event starts its run, the others signal it.

Here an incident is one alert: rule, subject, and the time at which it was raised.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from administration.playbook import Playbook
from administration.settlement import close_runs, lock_endpoints
from administration.tables import UNFINISHED, RunState, StepState, endpoint, incident, incident_event, run, step
from administration.transaction import transaction
from city.alert import AlertEvent, AlertState


@dataclass(frozen=True, slots=True)
class Joining:
    """An event on its way into its run.

    body: what receivers are told
    endpoints: for each step of the playbook, in its order, the endpoints that it subscribes if this event opens the run
    """

    event: AlertEvent
    body: str
    endpoints: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of a group of events. Those known before are in none of the numbers."""

    events: int
    runs: int
    steps: int


def incident_id(event: AlertEvent) -> str:
    """128 bits of SHA-256 over what makes the incident one, hexadecimal."""
    return _hash(event.city, event.rule, event.subject, str(event.raised_ms))


def webhook_id(endpoint_id: str, event_id: str) -> str:
    """formats.md: hash(endpoint, event), the idempotency key; the same over every attempt and across restarts."""
    return _hash(endpoint_id, event_id)


def join(database: sa.Engine, playbook: Playbook, group: Sequence[Joining], now_ms: int, until_ms: int) -> Joined:
    """Starts or signals the run of each event, in order, in one transaction. Durable on return.

    What a run's steps subscribed when it began is told to the end, whatever the catalog says by then. Where severity
    changes, those whose subscription fits the new one join: from then on they are told all, a fall included. An event
    that is known already changes nothing. `until_ms`: how long what arises here is tried.
    """
    with transaction(database) as connection:
        fresh = _fresh(connection, group)
        if not fresh:
            return Joined(0, 0, 0)
        runs = {incident_id(j.event): f"{playbook.id}/{incident_id(j.event)}" for j in fresh}
        subscribed = _subscribed(connection, list(runs.values()))
        opening = {incident_id(j.event): j for j in reversed(fresh) if runs[incident_id(j.event)] not in subscribed}
        _open(connection, playbook, opening, runs, now_ms)
        for incident_key, opener in opening.items():
            subscribed[runs[incident_key]] = [
                (place, name) for place, names in enumerate(opener.endpoints) for name in names
            ]
        connection.execute(incident_event.insert(), [_event_row(j, now_ms) for j in fresh])
        resolved = [j.event for j in fresh if j.event.to_state is AlertState.RESOLVED]
        if resolved:
            rows = [{"which": incident_id(event), "at_ms": event.at_ms} for event in resolved]
            connection.execute(_RESOLVE, rows)
        climbed = [{"which": incident_id(j.event), "to": j.event.severity} for j in fresh if j.event.climbs]
        if climbed:
            connection.execute(_CLIMB, climbed)
        steps = []
        for joining in fresh:
            run_id = runs[incident_id(joining.event)]
            if joining.event.climbs:
                told = {(place, name) for place, names in enumerate(joining.endpoints) for name in names}
                subscribed[run_id] += sorted(told - set(subscribed[run_id]))
            steps += [
                _step_row(joining, run_id, place, playbook.steps[place].kind, name, now_ms, until_ms)
                for place, name in subscribed[run_id]
            ]
        _add_steps(connection, steps)
        if resolved:  # those that told nobody are finished already
            close_runs(connection, sorted({runs[incident_id(event)] for event in resolved}), now_ms)
        return Joined(len(fresh), len(opening), len(steps))


def _fresh(connection: sa.Connection, group: Sequence[Joining]) -> list[Joining]:
    """The events not known yet, each once, in order."""
    by_id = {j.event.id: j for j in reversed(group)}
    known = set(connection.scalars(sa.select(incident_event.c.id).where(incident_event.c.id.in_(by_id))))
    return [j for j in group if j.event.id not in known and by_id[j.event.id] is j]


def _subscribed(connection: sa.Connection, runs: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """For each of `runs` that has begun: place of the step, and endpoint."""
    subscribed: dict[str, list[tuple[int, str]]] = {
        name: [] for name in connection.scalars(sa.select(run.c.id).where(run.c.id.in_(runs)))
    }
    told = sa.select(step.c.run, step.c.place, step.c.endpoint).where(step.c.run.in_(list(subscribed))).distinct()
    for row in connection.execute(told.order_by(step.c.run, step.c.place, step.c.endpoint)):
        subscribed[row.run].append((row.place, row.endpoint))
    return subscribed


def _open(
    connection: sa.Connection,
    playbook: Playbook,
    opening: Mapping[str, Joining],
    runs: Mapping[str, str],
    now_ms: int,
) -> None:
    if not opening:
        return
    connection.execute(
        incident.insert(),
        [
            {
                "id": key,
                "rule": j.event.rule,
                "subject": j.event.subject,
                "raised_ms": j.event.raised_ms,
                "severity": j.event.severity,
                "opened_ms": now_ms,
            }
            for key, j in opening.items()
        ],
    )
    begun = {
        "playbook": playbook.id,
        "playbook_version": playbook.version,
        "playbook_text": playbook.text,
        "state": RunState.OPEN,
        "began_ms": now_ms,
    }
    connection.execute(run.insert(), [begun | {"id": runs[key], "incident": key} for key in opening])


def _add_steps(connection: sa.Connection, rows: list[dict[str, str | int]]) -> None:
    """Inserts steps; one whose lane has a step before it is blocked."""
    if not rows:
        return
    endpoints = sorted({str(row["endpoint"]) for row in rows})
    unknown = sorted(set(endpoints) - lock_endpoints(connection, endpoints).keys())
    if unknown:
        connection.execute(endpoint.insert(), [{"id": name} for name in unknown])
    lanes = {str(row["lane"]) for row in rows}
    unfinished = sa.select(step.c.lane).where(step.c.lane.in_(lanes), step.c.state.in_(UNFINISHED)).distinct()
    busy = set(connection.scalars(unfinished))
    for row in rows:
        row["state"] = StepState.BLOCKED if row["lane"] in busy else StepState.WAITING
        busy.add(str(row["lane"]))
    connection.execute(step.insert(), rows)


def _event_row(joining: Joining, now_ms: int) -> dict[str, str | int]:
    event = joining.event
    return {
        "id": event.id,
        "incident": incident_id(event),
        "to_state": event.to_state.value,
        "at_ms": event.at_ms,
        "joined_ms": now_ms,
        "body": joining.body,
    }


def _step_row(
    joining: Joining, run_id: str, place: int, kind: str, name: str, now_ms: int, until_ms: int
) -> dict[str, str | int]:
    return {
        "id": webhook_id(name, joining.event.id),
        "run": run_id,
        "place": place,
        "kind": kind,
        "event": joining.event.id,
        "endpoint": name,
        "lane": f"{name}\n{joining.event.subject}",  # formats.md: per endpoint, the events of one subject in order
        "due_ms": now_ms,
        "until_ms": until_ms,
        "attempts": 0,
        "created_ms": now_ms,
    }


def _hash(*fields: str) -> str:
    return hashlib.sha256("\n".join(fields).encode()).hexdigest()[:32]


_CLIMB = incident.update().where(incident.c.id == sa.bindparam("which")).values(severity=sa.bindparam("to"))
_RESOLVE = incident.update().where(incident.c.id == sa.bindparam("which")).values(resolved_ms=sa.bindparam("at_ms"))
