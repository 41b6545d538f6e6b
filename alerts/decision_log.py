"""What people decided, for ever, and the marks it leaves on alerts. Written in the ledger's transactions."""

from collections.abc import Sequence
from typing import assert_never

from sqlalchemy import Connection, Row, select, update

from alerts import silence_log
from alerts.projection import insert_new
from alerts.tables import ALERT_MARK, DECISION
from city.decision import (
    AboutAlert,
    Acknowledge,
    AlertName,
    Assign,
    Close,
    ClosingReason,
    Comment,
    Decision,
    Lift,
    Silence,
)
from city.entry import DecisionEntry


def write(connection: Connection, entry: DecisionEntry) -> None:
    """A decision and what it leaves: a mark, a silence. One that is there already changes nothing."""
    match entry.decision.act:
        case Silence() as silence:
            silence_log.make(connection, silence, entry.decision, entry.at_ms)
        case Lift() as lift:
            silence_log.lift(connection, lift, entry.decision, entry.at_ms)
        case about:
            _write(connection, about, entry)


def _write(connection: Connection, act: AboutAlert, entry: DecisionEntry) -> None:
    decision = entry.decision
    row: dict[str, object] = {
        "position": entry.position,
        "at_ms": entry.at_ms,
        "key": decision.key,
        "by": decision.by,
        "kind": act.__struct_config__.tag,
        "rule": act.alert.rule,
        "subject": act.alert.subject,
        "raised_ms": act.alert.raised_ms,
        "reason": act.reason.value if isinstance(act, Close) else None,
        "assignee": act.to if isinstance(act, Assign) else None,
        "text": decision.text,
        "relayed": False,
    }
    if insert_new(connection, DECISION, row):
        _mark(connection, act.alert, _marks(act, entry))


def decisions_of(connection: Connection, alert: AlertName) -> Sequence[DecisionEntry]:
    """What was decided about one alert, in order."""
    columns = DECISION.c
    chosen = (columns.rule == alert.rule, columns.subject == alert.subject, columns.raised_ms == alert.raised_ms)
    rows = connection.execute(select(DECISION).where(*chosen).order_by(columns.position))
    return [_entry(row) for row in rows]


def unrelayed(connection: Connection, limit: int) -> Sequence[DecisionEntry]:
    """Those not yet marked, in order."""
    columns = DECISION.c
    rows = connection.execute(
        select(DECISION).where(columns.relayed.is_(False)).order_by(columns.position).limit(limit)
    )
    return [_entry(row) for row in rows]


def mark_relayed(connection: Connection, decisions: Sequence[DecisionEntry]) -> None:
    """They stand in the chronology of their incident."""
    positions = [one.position for one in decisions]
    connection.execute(update(DECISION).where(DECISION.c.position.in_(positions)).values(relayed=True))


def _marks(act: AboutAlert, entry: DecisionEntry) -> dict[str, object]:
    """The columns of the alert's mark that a decision sets."""
    by = entry.decision.by
    match act:
        case Acknowledge():
            return {"acknowledged_ms": entry.at_ms, "acknowledged_by": by}
        case Assign(to=to):
            return {"assignee": to}
        case Close(reason=reason):
            return {"reason": reason.value, "closed_ms": entry.at_ms, "closed_by": by}
        case Comment():
            return {}
        case never:
            assert_never(never)


def _mark(connection: Connection, alert: AlertName, marks: dict[str, object]) -> None:
    if not marks:
        return
    insert_new(connection, ALERT_MARK, {"rule": alert.rule, "subject": alert.subject, "raised_ms": alert.raised_ms})
    columns = ALERT_MARK.c
    chosen = (columns.rule == alert.rule, columns.subject == alert.subject, columns.raised_ms == alert.raised_ms)
    connection.execute(update(ALERT_MARK).where(*chosen).values(marks))


def _entry(row: Row[tuple[object, ...]]) -> DecisionEntry:
    act = _act(row.kind, AlertName(row.rule, row.subject, row.raised_ms), row)
    return DecisionEntry(row.position, row.at_ms, Decision(row.key, row.by, act, row.text))


def _act(kind: str, alert: AlertName, row: Row[tuple[object, ...]]) -> AboutAlert:
    match kind:
        case "acknowledge":
            return Acknowledge(alert)
        case "assign":
            return Assign(alert, row.assignee)
        case "close":
            return Close(alert, ClosingReason(row.reason))
        case _:
            return Comment(alert)
