"""The alerts' ledger: every change of state for ever, what stands now, and how far the engine has come.

Events and the engine's position are written in one transaction; an event that comes again has the same id and changes
nothing. Runs on SQLite and PostgreSQL alike. Durable on return, as far as the database is told to be.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import ColumnElement, Engine, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from alerts import decision_log, silence_log
from alerts.projection import ALERTS, Alert, act, alert_of, event_of, event_row, insert_new, project, tell
from alerts.silence_log import MadeSilence
from alerts.tables import ALERT, ALERT_EVENT, ALERT_MARK, ENGINE_POSITION, ENGINE_SNAPSHOT
from city.alert import AlertEvent, AlertState
from city.alert_list import AlertFilter, AlertPlace
from city.decision import AlertName
from city.entry import DecisionEntry
from city.errors import UnavailableError

KEPT_SNAPSHOTS: Final = 3  # one may be torn by a full disk, and the one before it was written in health


@contextmanager
def _available() -> Iterator[None]:
    """A database that is locked, full or away for now is an UnavailableError: nothing was written."""
    try:
        yield
    except (OperationalError, NoConnectionError) as error:
        raise UnavailableError(f"the ledger's database: {getattr(error, 'orig', error)}") from error


class Ledger:
    """Implements the port `AlertEvents` for the relay. Blocking; used from worker threads, by several at once."""

    def __init__(self, database: Engine) -> None:
        """The tables are there already (migrations, or `metadata.create_all` in a test)."""
        self._database = database

    def commit(self, events: Sequence[AlertEvent], position: int, decisions: Sequence[DecisionEntry] = ()) -> None:
        """Events, decisions and position in one transaction. What is there already is left as it is, but for an event
        that was suppressed and comes again to be told, or was late and comes again to act.
        """
        with _available(), self._database.begin() as connection:
            for event in events:
                if insert_new(connection, ALERT_EVENT, event_row(event)):
                    project(connection, event)
                    continue
                if event.told:  # one that was suppressed before is told now
                    tell(connection, event)
                if event.caught_up:
                    act(connection, event)
            for decision in decisions:
                decision_log.write(connection, decision)
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
        *,
        shadow: bool | None = False,
    ) -> list[Alert]:
        """Alerts that fired at any time in from ≤ t < to, newest first, at most `limit`; `state` firing or resolved.

        shadow: False: of the rules that act; True: of those in shadow; None: of both
        """
        columns = ALERT.c
        query = ALERTS.order_by(columns.raised_ms.desc(), columns.rule, columns.subject).limit(limit)
        if state is not None:
            query = query.where(columns.state == state.value)
        if shadow is not None:
            query = query.where(columns.shadow.is_(shadow))
        if from_ms is not None:
            query = query.where(columns.resolved_ms.is_(None) | (columns.resolved_ms > from_ms))
        if to_ms is not None:
            query = query.where(columns.raised_ms < to_ms)
        with _available(), self._database.connect() as connection:
            return [alert_of(row) for row in connection.execute(query).mappings()]

    def listed(self, wanted: AlertFilter, after: AlertPlace | None, limit: int) -> list[Alert]:
        """At most `limit` of what is wanted, from after that place on: the gravest first where only what fires is."""
        columns = ALERT.c
        grave = (columns.severity.desc(),) if wanted.firing else ()
        query = ALERTS.order_by(*grave, columns.raised_ms.desc(), columns.rule, columns.subject).limit(limit)
        query = query.where(columns.shadow.is_(False), columns.severity >= wanted.severity)
        if wanted.firing:
            query = query.where(columns.state == AlertState.FIRING.value)
        if wanted.rules is not None:
            query = query.where(columns.rule.in_(wanted.rules))
        if after is not None:
            query = query.where(_after(after, worst_first=wanted.firing))
        with _available(), self._database.connect() as connection:
            return [alert_of(row) for row in connection.execute(query).mappings()]

    def alert(self, rule: str, subject: str, raised_ms: int | None = None) -> Alert | None:
        """The alert that was raised then, the newest for None; None where there is none."""
        columns = ALERT.c
        query = ALERTS.where(columns.rule == rule, columns.subject == subject)
        if raised_ms is not None:
            query = query.where(columns.raised_ms == raised_ms)
        with _available(), self._database.connect() as connection:
            row = connection.execute(query.order_by(columns.raised_ms.desc()).limit(1)).mappings().first()
        return None if row is None else alert_of(row)

    def closings(self, from_ms: int, to_ms: int) -> list[Alert]:
        """Alerts raised in from ≤ t < to that a person closed with a reason, in the order in which they were raised."""
        columns = ALERT.c
        raised = (ALERT_MARK.c.reason.is_not(None), columns.raised_ms >= from_ms, columns.raised_ms < to_ms)
        query = ALERTS.where(*raised).order_by(columns.raised_ms, columns.rule, columns.subject)
        with _available(), self._database.connect() as connection:
            return [alert_of(row) for row in connection.execute(query).mappings()]

    def decisions_of(self, alert: AlertName) -> Sequence[DecisionEntry]:
        """What people decided about one alert, in order."""
        with _available(), self._database.connect() as connection:
            return decision_log.decisions_of(connection, alert)

    def silences(self, after_ms: int | None = None, limit: int = 1_000) -> Sequence[MadeSilence]:
        """Silences, the newest first; only those that were not over by then, where `after_ms` is given."""
        with _available(), self._database.connect() as connection:
            return silence_log.silences(connection, after_ms, limit)

    def silence(self, ident: str) -> MadeSilence | None:
        """The silence of that id; None where there is none."""
        with _available(), self._database.connect() as connection:
            return silence_log.silence_of(connection, ident)

    def events(self, after_sequence: int = 0, limit: int = 1_000) -> list[tuple[int, AlertEvent]]:
        """(sequence, event) in the order of commit, after a sequence number."""
        query = select(ALERT_EVENT).where(ALERT_EVENT.c.sequence > after_sequence)
        with _available(), self._database.connect() as connection:
            rows = connection.execute(query.order_by(ALERT_EVENT.c.sequence).limit(limit)).mappings()
            return [(int(row["sequence"]), event_of(row)) for row in rows]

    def events_of(self, rule: str, subject: str, raised_ms: int) -> list[AlertEvent]:
        """The events of one alert, in order."""
        columns = ALERT_EVENT.c
        query = select(ALERT_EVENT).where(
            columns.rule == rule, columns.subject == subject, columns.raised_ms == raised_ms
        )
        with _available(), self._database.connect() as connection:
            return [event_of(row) for row in connection.execute(query.order_by(columns.at_ms)).mappings()]

    def unrelayed(self, limit: int) -> Sequence[AlertEvent]:
        """Told events not yet marked, oldest commit first."""
        columns = ALERT_EVENT.c
        query = select(ALERT_EVENT).where(columns.relayed.is_(False), columns.told.is_(True))
        with _available(), self._database.connect() as connection:
            rows = connection.execute(query.order_by(columns.sequence).limit(limit)).mappings()
            return [event_of(row) for row in rows]

    def mark_relayed(self, events: Sequence[AlertEvent]) -> None:
        """They have reached their run as they are; unknown ones and repetitions do no harm."""
        columns = ALERT_EVENT.c
        with _available(), self._database.begin() as connection:
            for caught_up in (False, True):
                ids = [event.id for event in events if event.caught_up is caught_up]
                for some in _portions(ids):  # one that acts since it was read is to be relayed once more
                    mine = (columns.id.in_(some), columns.caught_up.is_(caught_up))
                    connection.execute(update(ALERT_EVENT).where(*mine).values(relayed=True))

    def unrelayed_decisions(self, limit: int) -> Sequence[DecisionEntry]:
        """Decisions about alerts not yet marked, oldest first."""
        with _available(), self._database.connect() as connection:
            return decision_log.unrelayed(connection, limit)

    def mark_decisions_relayed(self, decisions: Sequence[DecisionEntry]) -> None:
        """They stand in the chronology of their incident, if there is one."""
        with _available(), self._database.begin() as connection:
            decision_log.mark_relayed(connection, decisions)


def _after(place: AlertPlace, *, worst_first: bool) -> ColumnElement[bool]:
    """Whether an alert comes after that place, in the order of `listed`."""
    columns = ALERT.c
    same_rule = and_(columns.rule == place.rule, columns.subject > place.subject)
    same_time = and_(columns.raised_ms == place.raised_ms, or_(columns.rule > place.rule, same_rule))
    later = or_(columns.raised_ms < place.raised_ms, same_time)
    if not worst_first:
        return later
    return or_(columns.severity < place.severity, and_(columns.severity == place.severity, later))


def _portions(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """Databases bound how many parameters a statement has; SQLite's oldest bound is 999."""
    return (ids[begin : begin + 500] for begin in range(0, len(ids), 500))
