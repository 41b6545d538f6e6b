"""The chronology クロノロジー of an incident: what, when, by whom or by what, with what result. Only ever added to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec
import sqlalchemy as sa

from administration.run_tables import chronicle


class LineKind(StrEnum):
    """What a line tells of. In brackets, what its words are filled with."""

    OPENED = "opened"  # (title, severity)
    REPORTED = "reported"  # a person started it (title, text)
    JOINED = "joined"  # another alert (title, subject, severity)
    CHANGED = "changed"  # the severity of an alert (title, subject, severity)
    ENDED = "ended"  # of an alert (title, subject)
    LATE = "late"  # all of its alerts are late: told, and nothing begins (to)
    CAUGHT_UP = "caught_up"  # it begins after all
    TOLD = "told"  # endpoints began to hear (to)
    NOTIFIED = "notified"  # (to, text)
    UNREACHED = "unreached"  # channels that the settings do not have (to)
    CASE_OPENED = "case_opened"  # (case, section)
    CASE_CLOSED = "case_closed"  # (case)
    COMMANDED = "commanded"  # (device, set)
    BLOCKED = "blocked"  # a command that a drill does not give (device, set)
    OBEYED = "obeyed"  # (device, set)
    DISOBEYED = "disobeyed"  # (device, set, problem)
    WAITS = "waits"  # (until)
    WENT_ON = "went_on"  # a wait is over
    CHOSE = "chose"  # which way a branch went (way)
    ASKED = "asked"  # (role, question, until)
    APPROVED = (
        "approved"  # an answer, each with (reason, question, alerts), and `approval` and `digest` of what was shown
    )
    REJECTED = "rejected"
    RETURNED = "returned"
    VOID = "void"  # what was shown has changed: it is asked anew
    UNANSWERED = "unanswered"  # the ladder is at its end
    CANCELLED = "cancelled"  # the incident's end overtook it
    ACKNOWLEDGED = "acknowledged"  # an alert, each with (title, subject, text)
    ASSIGNED = "assigned"  # (to)
    COMMENTED = "commented"
    CLOSED = "closed"  # (reason)
    PAUSED = "paused"  # by hand, each with its (reason)
    RESUMED = "resumed"
    TAKEN_OVER = "taken_over"
    STOPPED = "stopped"
    SKIPPED = "skipped"
    REDONE = "redone"
    RESOLVED = "resolved"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. by: `rule:…`, `run:…`, `person:…`, `device:…`; place: of the step that it is about."""

    incident: str
    at_ms: int
    by: str
    kind: LineKind
    place: str | None
    fields: Mapping[str, str]


def write_lines(connection: sa.Connection, lines: Sequence[Line]) -> None:
    """Adds lines, in their order, inside the caller's transaction."""
    if lines:
        rows = [
            {
                "incident": one.incident,
                "at_ms": one.at_ms,
                "by": one.by,
                "kind": one.kind,
                "place": one.place,
                "fields": msgspec.json.encode(one.fields).decode(),
            }
            for one in lines
        ]
        connection.execute(chronicle.insert(), rows)


def read_lines(connection: sa.Connection, incident: str) -> tuple[Line, ...]:
    """All of an incident's, as they were written."""
    wanted = sa.select(chronicle).where(chronicle.c.incident == incident).order_by(chronicle.c.sequence)
    return tuple(
        Line(row.incident, row.at_ms, row.by, LineKind(row.kind), row.place, _FIELDS.decode(row.fields))
        for row in connection.execute(wanted)
    )


def fields_of(
    connection: sa.Connection, incidents: Collection[str], kinds: Collection[LineKind]
) -> Sequence[Mapping[str, str]]:
    """Of the lines of those kinds what their words are filled with."""
    wanted = (chronicle.c.incident.in_(incidents), chronicle.c.kind.in_(kinds))
    return [_FIELDS.decode(fields) for fields in connection.scalars(sa.select(chronicle.c.fields).where(*wanted))]


_FIELDS = msgspec.json.Decoder(dict[str, str])
