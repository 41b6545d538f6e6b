"""What people decided about alerts, as lines in the chronology of the incident that each is in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, assert_never

import sqlalchemy as sa

from administration.chronicle import Line, LineKind, fields_of, write_lines
from administration.incident import AlertKey
from administration.tables import incident_alert
from administration.transaction import transaction
from city.decision import AboutAlert, Acknowledge, AlertName, Assign, Close, Comment
from city.entry import DecisionEntry

_KINDS: Final = (LineKind.ACKNOWLEDGED, LineKind.ASSIGNED, LineKind.COMMENTED, LineKind.CLOSED)
_KEY: Final = "decision"  # the field by which a line is known again
_Row = sa.Row[tuple[object, ...]]


def note_decisions(database: sa.Engine, decisions: Sequence[DecisionEntry]) -> int:
    """Writes a line for each whose alert is in an incident, once however often it comes. Gives their number.

    Durable on return. Of alerts that nobody was told of there is no incident, and no line.
    """
    about = [(one, act) for one in decisions if isinstance(act := one.decision.act, AboutAlert)]
    with transaction(database) as connection:
        alerts = _alerts(connection, {_key(act.alert) for _, act in about})
        known = {
            fields.get(_KEY) for fields in fields_of(connection, {row.incident for row in alerts.values()}, _KINDS)
        }
        lines = [
            _line(one, act, alerts[_key(act.alert)])
            for one, act in about
            if _key(act.alert) in alerts and one.decision.key not in known
        ]
        write_lines(connection, lines)
        return len(lines)


def _key(alert: AlertName) -> AlertKey:
    return AlertKey(alert.rule, alert.subject, alert.raised_ms)


def _alerts(connection: sa.Connection, keys: Iterable[AlertKey]) -> Mapping[AlertKey, _Row]:
    columns = (incident_alert.c.rule, incident_alert.c.subject, incident_alert.c.raised_ms)
    wanted = sa.tuple_(*columns).in_([(key.rule, key.subject, key.raised_ms) for key in keys])
    found = connection.execute(sa.select(incident_alert).where(wanted))
    return {AlertKey(row.rule, row.subject, row.raised_ms): row for row in found}


def _line(entry: DecisionEntry, act: AboutAlert, row: _Row) -> Line:
    kind, more = _kind(act)
    fields = {"title": row.title_ja, "title_en": row.title_en, "subject": row.subject, "text": entry.decision.text}
    return Line(row.incident, entry.at_ms, entry.decision.by, kind, None, fields | more | {_KEY: entry.decision.key})


def _kind(act: AboutAlert) -> tuple[LineKind, dict[str, str]]:
    match act:
        case Acknowledge():
            return LineKind.ACKNOWLEDGED, {}
        case Assign(to=to):
            return LineKind.ASSIGNED, {"to": to}
        case Comment():
            return LineKind.COMMENTED, {}
        case Close(reason=reason):
            return LineKind.CLOSED, {"reason": reason.value}
        case _:
            assert_never(act)
