"""The alerts' ledger: every change of state for ever, what stands now, and how far the engine has come.

Events and the engine's position are written in one transaction; an event that comes again has the same id and changes
nothing. Runs on SQLite and PostgreSQL alike. Durable on return, as far as the database is told to be.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from city.alert import AlertEvent, AlertState, Evidence
from city.errors import UnavailableError

KEPT_SNAPSHOTS: Final = 3  # one may be torn by a full disk, and the one before it was written in health

metadata = MetaData()

ALERT_EVENT: Final = Table(
    "alert_event",
    metadata,
    # SQLite counts up by itself only where the key is exactly INTEGER.
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("city", String(64), nullable=False),
    Column("rule", String(80), nullable=False),
    Column("version", String(32), nullable=False),
    Column("subject", String(140), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("from_state", String(16), nullable=False),
    Column("to_state", String(16), nullable=False),
    Column("raised_ms", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("decided_ms", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("series", String(140), nullable=False),
    Column("time_ms", BigInteger),
    Column("value", Float),
    Column("quality", Integer),
    Column("peak", Float),
    Column("told", Boolean, nullable=False),
    Column("relayed", Boolean, nullable=False),
    Index("alert_event_unrelayed", "relayed", "told", "sequence"),
)

ALERT: Final = Table(
    "alert",
    metadata,
    Column("rule", String(80), primary_key=True),
    Column("subject", String(140), primary_key=True),
    Column("raised_ms", BigInteger, primary_key=True),
    Column("version", String(32), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("resolved_ms", BigInteger),
    Column("decided_ms", BigInteger, nullable=False),
    Column("series", String(140), nullable=False),
    Column("time_ms", BigInteger),
    Column("value", Float),
    Column("quality", Integer),
    Column("peak", Float),
    Index("alert_state", "state", "raised_ms"),
    Index("alert_raised", "raised_ms"),
)

ENGINE_POSITION: Final = Table(
    "engine_position",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
)

ENGINE_SNAPSHOT: Final = Table(
    "engine_snapshot",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("taken_ms", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert from firing to resolved.

    state: firing or resolved; resolved_ms: None while it fires
    decided_ms: the journal's time at which firing was decided
    time_ms, value, quality: the reading on which firing rests, None where there was none
    peak: greatest reading with raised ≤ time < resolved; None while it fires or while there is none
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


@contextmanager
def _available() -> Iterator[None]:
    """A database that is locked, full or away for now is an UnavailableError: nothing was written."""
    try:
        yield
    except OperationalError as error:
        raise UnavailableError(f"the ledger's database: {error.orig}") from error


class Ledger:
    """Implements the port `AlertEvents` for the relay. Blocking; used from worker threads, by several at once."""

    def __init__(self, database: Engine) -> None:
        """The tables are there already (migrations, or `metadata.create_all` in a test)."""
        self._database = database

    def commit(self, events: Sequence[AlertEvent], position: int) -> None:
        """Events and position in one transaction. Events that are there already are left as they are, but for one that
        was inhibited and comes again to be told.
        """
        with _available(), self._database.begin() as connection:
            for event in events:
                if _insert_new(connection, ALERT_EVENT, _event_row(event)):
                    _project(connection, event)
                elif event.told:  # one that was inhibited before is told now
                    known = (ALERT_EVENT.c.id == event.id, ALERT_EVENT.c.told.is_(False))
                    connection.execute(update(ALERT_EVENT).where(*known).values(told=True))
            changed = connection.execute(
                update(ENGINE_POSITION).where(ENGINE_POSITION.c.id == 1).values(position=position)
            )
            if changed.rowcount == 0:
                connection.execute(insert(ENGINE_POSITION).values(id=1, position=position))

    def position(self) -> int:
        """The journal entry up to which events are in, 0 before the first."""
        with _available(), self._database.connect() as connection:
            return connection.execute(select(func.max(ENGINE_POSITION.c.position))).scalar() or 0

    def save_snapshot(self, position: int, taken_ms: int, content: bytes) -> None:
        """Keeps a snapshot of the engine at `position`; all but the newest few are dropped."""
        with _available(), self._database.begin() as connection:
            connection.execute(delete(ENGINE_SNAPSHOT).where(ENGINE_SNAPSHOT.c.position >= position))
            connection.execute(insert(ENGINE_SNAPSHOT).values(position=position, taken_ms=taken_ms, content=content))
            newest = select(ENGINE_SNAPSHOT.c.position).order_by(ENGINE_SNAPSHOT.c.position.desc())
            kept = connection.execute(newest.limit(KEPT_SNAPSHOTS)).scalars().all()
            connection.execute(delete(ENGINE_SNAPSHOT).where(ENGINE_SNAPSHOT.c.position < min(kept)))

    def snapshots(self) -> list[tuple[int, bytes]]:
        """(position, content) of the snapshots kept, newest first."""
        columns = ENGINE_SNAPSHOT.c
        with _available(), self._database.connect() as connection:
            found = connection.execute(select(columns.position, columns.content).order_by(columns.position.desc()))
            return [(int(position), bytes(content)) for position, content in found]

    def newest_snapshot(self) -> tuple[int, bytes] | None:
        """Position and content of the newest snapshot, None before the first."""
        columns = ENGINE_SNAPSHOT.c
        with _available(), self._database.connect() as connection:
            query = select(columns.position, columns.content).order_by(columns.position.desc()).limit(1)
            found = connection.execute(query).first()
        return None if found is None else (int(found[0]), bytes(found[1]))

    def snapshot_position(self) -> int:
        """Position of the newest snapshot, 0 before the first: the journal is needed from there."""
        with _available(), self._database.connect() as connection:
            return connection.execute(select(func.max(ENGINE_SNAPSHOT.c.position))).scalar() or 0

    def alerts(
        self,
        state: AlertState | None = None,
        from_ms: int | None = None,
        to_ms: int | None = None,
        limit: int = 1_000,
    ) -> list[Alert]:
        """Alerts that fired at any time in from ≤ t < to, newest first, at most `limit`; `state` firing or resolved."""
        columns = ALERT.c
        query = select(ALERT).order_by(columns.raised_ms.desc(), columns.rule, columns.subject).limit(limit)
        if state is not None:
            query = query.where(columns.state == state.value)
        if from_ms is not None:
            query = query.where(columns.resolved_ms.is_(None) | (columns.resolved_ms > from_ms))
        if to_ms is not None:
            query = query.where(columns.raised_ms < to_ms)
        with _available(), self._database.connect() as connection:
            return [_alert(row) for row in connection.execute(query).mappings()]

    def events(self, after_sequence: int = 0, limit: int = 1_000) -> list[tuple[int, AlertEvent]]:
        """(sequence, event) in the order of commit, after a sequence number."""
        query = select(ALERT_EVENT).where(ALERT_EVENT.c.sequence > after_sequence)
        with _available(), self._database.connect() as connection:
            rows = connection.execute(query.order_by(ALERT_EVENT.c.sequence).limit(limit)).mappings()
            return [(int(row["sequence"]), _event(row)) for row in rows]

    def events_of(self, rule: str, subject: str, raised_ms: int) -> list[AlertEvent]:
        """The events of one alert, in order."""
        columns = ALERT_EVENT.c
        query = select(ALERT_EVENT).where(
            columns.rule == rule, columns.subject == subject, columns.raised_ms == raised_ms
        )
        with _available(), self._database.connect() as connection:
            return [_event(row) for row in connection.execute(query.order_by(columns.at_ms)).mappings()]

    def unrelayed(self, limit: int) -> Sequence[AlertEvent]:
        """Told events not yet marked, oldest commit first."""
        columns = ALERT_EVENT.c
        query = select(ALERT_EVENT).where(columns.relayed.is_(False), columns.told.is_(True))
        with _available(), self._database.connect() as connection:
            rows = connection.execute(query.order_by(columns.sequence).limit(limit)).mappings()
            return [_event(row) for row in rows]

    def mark_relayed(self, ids: Sequence[str]) -> None:
        """They have reached their run; unknown ids and repetitions do no harm."""
        with _available(), self._database.begin() as connection:
            for some in _portions(ids):
                connection.execute(update(ALERT_EVENT).where(ALERT_EVENT.c.id.in_(some)).values(relayed=True))


def _portions(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """Databases bound how many parameters a statement has; SQLite's oldest bound is 999."""
    return (ids[begin : begin + 500] for begin in range(0, len(ids), 500))


def _insert_new(connection: Connection, table: Table, row: Mapping[str, object]) -> bool:
    """Inserts a row unless its key is there; whether it did."""
    if connection.dialect.name == "postgresql":
        return connection.execute(postgresql.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1
    return connection.execute(sqlite.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


def _project(connection: Connection, event: AlertEvent) -> None:
    """Brings the alert's row up to a told event."""
    rest = event.evidence
    if event.to_state is AlertState.FIRING:
        _insert_new(
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
            },
        )
    elif event.to_state is AlertState.RESOLVED:
        connection.execute(
            update(ALERT)
            .where(ALERT.c.rule == event.rule, ALERT.c.subject == event.subject, ALERT.c.raised_ms == event.raised_ms)
            .values(state=event.to_state.value, resolved_ms=event.at_ms, peak=rest.peak)
        )


def _event_row(event: AlertEvent) -> dict[str, object]:
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
        "told": event.told,
        "relayed": False,
    }


def _event(row: RowMapping) -> AlertEvent:
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
        inhibited=not row["told"] and row["to_state"] in {AlertState.FIRING, AlertState.RESOLVED},
    )


def _alert(row: RowMapping) -> Alert:
    return Alert(**{**cast("dict[str, object]", dict(row)), "state": AlertState(row["state"])})  # type: ignore[arg-type]  # its columns are the fields
