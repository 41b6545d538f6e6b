"""What one transaction writes beside the runs themselves: events, deliveries, lines of the chronology."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from administration.chronicle import Line, LineKind, write_lines
from administration.deliveries import CHANNEL, NewDelivery, add_deliveries
from administration.incident import EventKind
from administration.office import Office
from administration.open_run import OpenRun
from administration.tables import incident_event


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """One thing that is told in an incident, and in what words. rule, subject, to_state: what it is about."""

    id: str
    incident: str
    kind: EventKind
    rule: str
    subject: str
    to_state: str
    at_ms: int
    body: str


@dataclass(slots=True)
class Papers:
    """Laid ready in memory, and filed all at once. now_ms: the city's clock when the transaction began."""

    connection: sa.Connection
    office: Office
    now_ms: int
    events: list[IncidentEvent] = field(default_factory=list)
    deliveries: list[NewDelivery] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def note(
        self, run: OpenRun, kind: LineKind, by: str, place: str | None = None, fields: Mapping[str, str] | None = None
    ) -> None:
        """A line in the chronology."""
        self.lines.append(Line(run.incident.id, self.now_ms, by, kind, place, fields or {}))

    def tell(self, run: OpenRun, event: str, subject: str, place: str, endpoints: tuple[str, ...] | list[str]) -> None:
        """The event goes to these endpoints, for the `webhook` at `place`."""
        self.deliveries += [NewDelivery(run.id, place, "webhook", event, name, subject) for name in endpoints]

    def tell_all(self, run: OpenRun, event: str, subject: str) -> None:
        """The event goes to all that the run's steps subscribed."""
        for place, endpoints in run.told.items():
            self.tell(run, event, subject, place, endpoints)

    def message(self, run: OpenRun, place: str, ident: str, text: str, channels: Sequence[str]) -> None:
        """The text goes to these channels, under an id that stays the same however often it is laid ready."""
        event = IncidentEvent(
            id=ident,
            incident=run.incident.id,
            kind=EventKind.MESSAGE,
            rule="",
            subject=run.incident.id,
            to_state="",
            at_ms=self.now_ms,
            body=text,
        )
        self.events.append(event)
        self.deliveries += [
            NewDelivery(run.id, place, "notify", event.id, f"{CHANNEL}{name}", event.subject) for name in channels
        ]

    def file(self) -> int:
        """Writes events and deliveries; the runs that they belong to must stand. Gives how many deliveries are new."""
        if self.events:
            self.connection.execute(incident_event.insert(), [self._row(event) for event in self.events])
        made = add_deliveries(self.connection, self.deliveries, self.now_ms, self.now_ms + self.office.retry.for_ms)
        write_lines(self.connection, self.lines)
        self.events.clear()
        self.deliveries.clear()
        self.lines.clear()
        return made

    def _row(self, event: IncidentEvent) -> dict[str, object]:
        return {
            "id": event.id,
            "incident": event.incident,
            "kind": event.kind,
            "rule": event.rule,
            "subject": event.subject,
            "to_state": event.to_state,
            "at_ms": event.at_ms,
            "joined_ms": self.now_ms,
            "body": event.body,
        }
