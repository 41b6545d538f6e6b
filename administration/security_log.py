"""What was refused, kept in the database: gathered in memory, written down every second, bounded.

Whoever tells of an attempt never waits for it: an attack must not hold up a reading. So the last second's may be lost
with a crash, and a flood of devices that do not exist is counted under no name.
"""

import asyncio
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict, replace
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from administration.tables import security_event
from administration.transaction import transaction
from city.clock import Clock
from city.errors import UnavailableError
from city.security_event import SecurityEvent, SecurityKind

_log = logging.getLogger(__name__)

HOUR_MS: Final = 3_600_000
WRITE_EVERY_S: Final = 1.0  # so soon a person sees it; one transaction a second at most, whatever comes
AT_ONCE: Final = 1_000  # kinds and devices between two writes; beyond them a kind is counted under no device
KEPT_MS: Final = 90 * 86_400_000  # a quarter: long enough for whoever looks into what happened
KEPT_ROWS: Final = 20_000  # about 5 MB
MOST_DETAIL: Final = 200
MOST_DEVICE: Final = 64

_Key = tuple[SecurityKind, str, int]


class SecurityLog:
    """One task of the city. `note` in any thread; `events` is blocking."""

    def __init__(self, database: sa.Engine, reading: sa.Engine, clock: Clock, thread: Executor) -> None:
        """reading: an engine that holds up no writer; thread: where the database is written."""
        self._database = database
        self._reading = reading
        self._clock = clock
        self._thread = thread
        self._lock = threading.Lock()
        self._gathered: dict[_Key, SecurityEvent] = {}

    def note(self, kind: SecurityKind, device: str = "", detail: str = "") -> None:
        """Implements `TellSecurity`."""
        now_ms = self._clock.now_ms()
        hour_ms = now_ms - now_ms % HOUR_MS
        with self._lock:
            key = (kind, device[:MOST_DEVICE], hour_ms)
            if key not in self._gathered and len(self._gathered) >= AT_ONCE:
                key = (kind, "", hour_ms)
            self._gather(key, SecurityEvent(*key, 1, now_ms, now_ms, detail[:MOST_DETAIL]))

    async def run(self) -> None:
        """Writes until it is cancelled, and then what is left."""
        try:
            while True:
                await self._clock.sleep(WRITE_EVERY_S)
                await asyncio.get_running_loop().run_in_executor(self._thread, self.write)
        finally:
            self._thread.submit(self.write)

    def events(
        self, limit: int, kind: SecurityKind | None = None, device: str | None = None
    ) -> Sequence[SecurityEvent]:
        """The newest first."""
        chosen = sa.select(security_event).order_by(security_event.c.last_ms.desc(), security_event.c.kind)
        if kind is not None:
            chosen = chosen.where(security_event.c.kind == kind)
        if device is not None:
            chosen = chosen.where(security_event.c.device == device)
        try:
            with self._reading.connect() as connection:
                rows = connection.execute(chosen.limit(limit)).all()
        except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
            raise UnavailableError(str(getattr(error, "orig", error))) from error
        return [_event(row._mapping) for row in rows]  # noqa: SLF001  SQLAlchemy's own public name

    def _gather(self, key: _Key, event: SecurityEvent) -> None:
        before = self._gathered.get(key)
        if before is not None:
            event = replace(event, count=event.count + before.count, first_ms=before.first_ms)
        self._gathered[key] = event

    def write(self) -> None:
        """What was gathered is durable on return, or waits for the next time. Blocking."""
        with self._lock:
            gathered, self._gathered = self._gathered, {}
        if not gathered:
            return
        try:
            self._write(list(gathered.values()))
        except UnavailableError as error:
            _log.warning("what was refused is not written down yet: %s", error)
            with self._lock:
                newer, self._gathered = self._gathered, gathered
                for key, event in newer.items():
                    self._gather(key, event)

    def _write(self, events: Sequence[SecurityEvent]) -> None:
        table = security_event
        with transaction(self._database) as connection:
            for event in events:
                same = sa.and_(
                    table.c.kind == event.kind, table.c.device == event.device, table.c.hour_ms == event.hour_ms
                )
                more = {
                    "count": table.c.count + event.count,
                    "last_ms": event.last_ms,
                    "detail": event.detail,
                }
                if not connection.execute(table.update().where(same).values(more)).rowcount:
                    connection.execute(table.insert().values(asdict(event)))
            oldest_kept = sa.select(table.c.last_ms).order_by(table.c.last_ms.desc()).offset(KEPT_ROWS).limit(1)
            too_old_ms = events[-1].last_ms - KEPT_MS
            too_many_ms = connection.execute(oldest_kept).scalar()
            connection.execute(table.delete().where(table.c.last_ms <= max(too_old_ms, too_many_ms or 0)))


def _event(row: RowMapping) -> SecurityEvent:
    columns = {column.name: row[column] for column in security_event.columns}
    return SecurityEvent(**{**columns, "kind": SecurityKind(columns["kind"])})
