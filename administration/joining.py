"""Incidents and runs from alert events: an alert starts an incident with its run, or joins one that is there."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from administration.chronicle import LineKind
from administration.clerk import Clerk
from administration.cloud_event import alert_event, utc
from administration.incident import AlertKey, EventKind, Incident, IncidentAlert, grouped, incident_id
from administration.office import Office
from administration.open_run import OpenRun
from administration.papers import IncidentEvent
from administration.playbook import Playbook
from administration.tables import incident, incident_alert, incident_event
from administration.transaction import transaction
from city.alert import AlertEvent, AlertState

_Grouped = tuple[str, str]  # playbook, and what its alerts have in common


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of a group of events. Those known before are in none of the numbers."""

    events: int
    runs: int
    deliveries: int


def join(database: sa.Engine, office: Office, group: Sequence[AlertEvent], now_ms: int) -> Joined:
    """Starts or signals the run of each event, in order, in one transaction. Durable on return.

    An event that is known already changes nothing, but that a run begins which waited for its alert to catch up. An
    alert is in the incident that it joined first, to its end.
    """
    with transaction(database) as connection:
        known = _known(connection, group)
        fresh = list({event.id: event for event in reversed(group) if event.id not in known}.values())[::-1]
        caught_up = [event for event in group if event.id in known and event.caught_up]
        if not fresh and not caught_up:
            return Joined(0, 0, 0)
        return _Joining(connection, office, [*fresh, *caught_up], now_ms).join(fresh, caught_up)


class _Joining:
    """One group of events on its way into runs."""

    def __init__(self, connection: sa.Connection, office: Office, events: Sequence[AlertEvent], now_ms: int) -> None:
        self._office = office
        self._now_ms = now_ms
        self._clerk = Clerk(connection, office, now_ms)
        self._of_alert = _incidents_of(connection, {AlertKey.of(event) for event in events})
        self._places: dict[AlertKey, tuple[Playbook, _Grouped]] = {}
        for event in events:
            key = AlertKey.of(event)
            if key not in self._of_alert and key not in self._places:
                playbook = office.playbook(event)
                self._places[key] = (playbook, (playbook.id, grouped(playbook.group, event, office.catalog)))
        self._of_group = _open_incidents(connection, {place for _, place in self._places.values()})
        self._clerk.take({*self._of_alert.values(), *self._of_group.values()})

    def join(self, fresh: Sequence[AlertEvent], caught_up: Sequence[AlertEvent]) -> Joined:
        opened = sum(self._joins(event) for event in fresh)
        for event in caught_up:
            self._clerk.begins(self._clerk.runs[self._of_alert[AlertKey.of(event)]])
        return Joined(len(fresh) + len(caught_up), opened, self._clerk.file())

    def _joins(self, event: AlertEvent) -> bool:
        """The event finds its run; whether it had to begin one."""
        key = AlertKey.of(event)
        known = self._of_alert.get(key)
        run = self._clerk.runs[known] if known is not None else self._neighbour(event)
        opens = run is None
        if run is None:
            run = self._open(event)
        was = run.incident.alerts.get(key)
        alert = IncidentAlert.of(event, self._office.title(event))
        self._of_alert[key] = run.incident.id
        self._note(run, event, alert, was, opens=opens)
        fires = event.to_state is AlertState.FIRING and (was is None or was.severity != event.severity)
        begins = self._office.begins(run.playbook, event)
        self._clerk.joins(run, self._told(run, event), alert, fires=fires, begins=begins)
        return opens

    def _neighbour(self, event: AlertEvent) -> OpenRun | None:
        """The run of the incident that a new alert belongs to; None where there is none yet."""
        playbook, place = self._places[AlertKey.of(event)]
        known = self._of_group.get(place)
        if known is None or playbook.group is None:
            return None
        run = self._clerk.runs[known]
        since_ms = run.incident.raised_ms - playbook.group.window_ms
        until_ms = run.incident.last_ms + playbook.group.window_ms
        # What has caught up fires now, whenever it began.
        near = event.caught_up or since_ms <= event.at_ms <= until_ms
        return run if near and run.incident.resolved_ms is None else None

    def _open(self, event: AlertEvent) -> OpenRun:
        key = AlertKey.of(event)
        playbook, place = self._places[key]
        new = Incident(
            id=incident_id(event.city, key),
            playbook=playbook.id,
            grouped=place[1],
            rule=event.rule,
            subject=event.subject,
            raised_ms=event.raised_ms,
            title=self._office.title(event),
            section=self._office.section(event),
            severity=event.severity,
            opened_ms=self._now_ms,
            last_ms=event.at_ms,
        )
        self._of_group[place] = new.id
        return self._clerk.open(new, playbook)

    def _note(
        self, run: OpenRun, event: AlertEvent, alert: IncidentAlert, was: IncidentAlert | None, *, opens: bool
    ) -> None:
        if event.to_state is AlertState.RESOLVED:
            kind = LineKind.ENDED
        elif opens:
            kind = LineKind.OPENED
        else:
            kind = LineKind.JOINED if was is None else LineKind.CHANGED
        fields = {
            "title": alert.title.ja,
            "title_en": alert.title.en,
            "subject": event.subject,
            "severity": str(event.severity),
            "at": utc(event.at_ms),
        }
        self._clerk.papers.note(run, kind, f"rule:{event.rule}", None, fields)

    def _told(self, run: OpenRun, event: AlertEvent) -> IncidentEvent:
        office = self._office
        body = alert_event(event, office.rule(event), office.catalog, office.in_force.link(event)).json()
        return IncidentEvent(
            event.id,
            run.incident.id,
            EventKind.ALERT,
            event.rule,
            event.subject,
            event.to_state.value,
            event.at_ms,
            body,
        )


def _known(connection: sa.Connection, group: Sequence[AlertEvent]) -> set[str]:
    """The ids of those that are known already."""
    ids = {event.id for event in group}
    return set(connection.scalars(sa.select(incident_event.c.id).where(incident_event.c.id.in_(ids))))


def _incidents_of(connection: sa.Connection, keys: set[AlertKey]) -> dict[AlertKey, str]:
    table = incident_alert
    columns = (table.c.rule, table.c.subject, table.c.raised_ms)
    wanted = sa.tuple_(*columns).in_([(key.rule, key.subject, key.raised_ms) for key in keys])
    found = connection.execute(sa.select(*columns, table.c.incident).where(wanted))
    return {AlertKey(row.rule, row.subject, row.raised_ms): row.incident for row in found}


def _open_incidents(connection: sa.Connection, places: set[_Grouped]) -> dict[_Grouped, str]:
    """Of each place the newest incident that is not over."""
    wanted = sa.and_(
        incident.c.playbook.in_({playbook for playbook, _ in places}),
        incident.c.grouped.in_({name for _, name in places}),
        incident.c.resolved_ms.is_(None),
    )
    columns = (incident.c.id, incident.c.playbook, incident.c.grouped)
    found = connection.execute(sa.select(*columns).where(wanted).order_by(incident.c.last_ms, incident.c.id))
    return {(row.playbook, row.grouped): row.id for row in found}
