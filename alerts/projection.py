"""Alerts out of their events, row by row: what the ledger writes, and what it reads back."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, cast

from sqlalchemy import ColumnElement, Connection, Executable, RowMapping, Table, and_, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from alerts.tables import ALERT, ALERT_EVENT, ALERT_MARK
from city.alert import ZONE_SILENT, AlertEvent, AlertState, Evidence
from city.decision import ClosingReason

_NAME: Final = ("rule", "subject", "raised_ms")
# Alerts with what people decided about them.
ALERTS: Final = select(ALERT, *(column for column in ALERT_MARK.c if column.name not in _NAME)).outerjoin(
    ALERT_MARK, and_(*(ALERT.c[name] == ALERT_MARK.c[name] for name in _NAME))
)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert from firing to resolved.

    severity: the one it has now, or had at last
    state: firing or resolved; resolved_ms: None while it fires
    decided_ms: the journal's time at which firing was decided
    time_ms, value, quality: the reading on which firing rests, None where there was none
    peak: greatest reading with raised ≤ time < resolved; None while it fires or while there is none
    shadow: its rule is on trial, and nobody was told
    acknowledged_ms, acknowledged_by, assignee: what people decided; None while nobody did
    reason: why a person closed it, with when and who; an alert that had resolved before keeps its `resolved_ms`
    retroactive: found afterwards, when late readings were looked at
    flapping: it came and went, and is or was held firing until it was calm
    suppressed_by: what kept it from being told when it fired, None where it was told then or later
    """

    rule: str
    version: str
    subject: str
    severity: int
    state: AlertState
    raised_ms: int
    resolved_ms: int | None
    decided_ms: int
    series: str
    time_ms: int | None
    value: float | None
    quality: int | None
    peak: float | None
    shadow: bool = False
    acknowledged_ms: int | None = None
    acknowledged_by: str | None = None
    assignee: str | None = None
    reason: ClosingReason | None = None
    closed_ms: int | None = None
    closed_by: str | None = None
    retroactive: bool = False
    flapping: bool = False
    suppressed_by: str | None = None


def insert_new(connection: Connection, table: Table, row: Mapping[str, object]) -> bool:
    """Inserts a row unless its key is there; whether it did."""
    return connection.execute(_insertion(table, connection.dialect.name), row).first() is not None


@cache
def _insertion(table: Table, dialect: str) -> Executable:
    """Made once: making a statement costs several times what running it does, and a storm brings thousands."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # What was inserted is given back: PostgreSQL's driver counts no rows where a key is made on the way.
    return insert(table).on_conflict_do_nothing().returning(literal(1))


def project(connection: Connection, event: AlertEvent) -> None:
    """Brings the alert's row up to a told event."""
    rest = event.evidence
    mine = _row_of(event)
    if event.climbs:
        connection.execute(update(ALERT).where(*mine).values(severity=event.severity))
    elif event.to_state is AlertState.FIRING:
        insert_new(
            connection,
            ALERT,
            {
                "rule": event.rule,
                "subject": event.subject,
                "raised_ms": event.raised_ms,
                "version": event.version,
                "severity": event.severity,
                "state": event.to_state.value,
                "decided_ms": event.decided_ms,
                "series": rest.series,
                "time_ms": rest.time_ms,
                "value": rest.value,
                "quality": rest.quality,
                "shadow": event.shadow,
                "retroactive": event.retroactive,
                "flapping": event.flapping,
                "suppressed_by": event.suppressed_by,
            },
        )
    elif event.to_state is AlertState.RESOLVED:
        connection.execute(
            update(ALERT).where(*mine).values(state=event.to_state.value, resolved_ms=event.at_ms, peak=rest.peak)
        )


def tell(connection: Connection, event: AlertEvent) -> None:
    """Notes that an event which is there, and was suppressed, is told now."""
    known = (ALERT_EVENT.c.id == event.id, ALERT_EVENT.c.told.is_(False))
    changed = connection.execute(update(ALERT_EVENT).where(*known).values(told=True))
    if changed.rowcount:  # after a restart most that come again were told then
        connection.execute(update(ALERT).where(*_row_of(event)).values(suppressed_by=None))


def act(connection: Connection, event: AlertEvent) -> None:
    """Notes that an event which is there, and was late, acts after all: it is to be relayed once more."""
    known = (ALERT_EVENT.c.id == event.id, ALERT_EVENT.c.caught_up.is_(False))
    connection.execute(update(ALERT_EVENT).where(*known).values(caught_up=True, relayed=False))


def _row_of(event: AlertEvent) -> tuple[ColumnElement[bool], ...]:
    """Which row is the alert's."""
    return ALERT.c.rule == event.rule, ALERT.c.subject == event.subject, ALERT.c.raised_ms == event.raised_ms


def event_row(event: AlertEvent) -> dict[str, object]:
    """An event as a row of its table."""
    rest = event.evidence
    return {
        "id": event.id,
        "city": event.city,
        "rule": event.rule,
        "version": event.version,
        "subject": event.subject,
        "severity": event.severity,
        "from_state": event.from_state.value,
        "to_state": event.to_state.value,
        "raised_ms": event.raised_ms,
        "at_ms": event.at_ms,
        "decided_ms": event.decided_ms,
        "position": event.position,
        "series": rest.series,
        "time_ms": rest.time_ms,
        "value": rest.value,
        "quality": rest.quality,
        "peak": rest.peak,
        "reason": event.reason and event.reason.value,
        "suppressed_by": event.suppressed_by,
        "told": event.told,
        "relayed": False,
        "shadow": event.shadow,
        "retroactive": event.retroactive,
        "flapping": event.flapping,
        "caught_up": event.caught_up,
    }


def event_of(row: RowMapping) -> AlertEvent:
    """The event that a row is."""
    return AlertEvent(
        id=row["id"],
        city=row["city"],
        rule=row["rule"],
        version=row["version"],
        subject=row["subject"],
        severity=row["severity"],
        from_state=AlertState(row["from_state"]),
        to_state=AlertState(row["to_state"]),
        raised_ms=row["raised_ms"],
        at_ms=row["at_ms"],
        decided_ms=row["decided_ms"],
        position=row["position"],
        evidence=Evidence(
            series=row["series"],
            time_ms=row["time_ms"],
            value=row["value"],
            quality=row["quality"],
            peak=row["peak"],
        ),
        suppressed_by=_suppressed_by(row),
        shadow=row["shadow"],
        reason=row["reason"] and ClosingReason(row["reason"]),
        retroactive=row["retroactive"],
        flapping=row["flapping"],
        caught_up=row["caught_up"],
    )


def _suppressed_by(row: RowMapping) -> str | None:
    """Rows of before it was written down were suppressed by the silence of their zone."""
    if row["told"] or row["shadow"] or row["to_state"] not in {AlertState.FIRING, AlertState.RESOLVED}:
        return None
    return row["suppressed_by"] or ZONE_SILENT


def alert_of(row: RowMapping) -> Alert:
    """The alert that a row of `ALERTS` is."""
    reason = row["reason"] and ClosingReason(row["reason"])
    fields = {**cast("dict[str, object]", dict(row)), "state": AlertState(row["state"]), "reason": reason}
    return Alert(**fields)  # type: ignore[arg-type]  # its columns are the fields
