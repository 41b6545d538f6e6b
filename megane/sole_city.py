"""One city to a PostgreSQL database: whoever works on it holds a lock there for the life of its process.

On SQLite the journal's lock in the home folder does the same. The lock belongs to a session of the server: it is gone
the moment its process is, and a few seconds after its machine is.
"""

import asyncio
import logging
import time
from typing import Final

import sqlalchemy as sa

from city.clock import Clock
from megane.postgresql import PostgresqlError, lone_engine, shown, unusable

# Names the lock among the advisory locks of a database. Every version takes the same one.
_LOCK: Final = 0x4D45_4742
# How long a start waits for a lock that is held: the server notices within moments that a killed process has gone.
PATIENCE_S: Final = 3.0
PAUSE_S: Final = 0.2
# How often the lock is looked after. Whoever lost the server writes nothing until it is back, and has it again so soon.
LOOK_EVERY_S: Final = 2.0

_log = logging.getLogger(__name__)


class SoleCity:
    """The lock on a database. Blocking, but for `run`."""

    def __init__(self, url: sa.URL, clock: Clock) -> None:
        """Nothing is taken yet."""
        self._url = url
        self._clock = clock
        self._engine = lone_engine(url)
        self._session: sa.Connection | None = None

    def take(self) -> None:
        """Takes it, waiting a little for one that has just died. Raises PostgresqlError where another works here."""
        end_s = time.monotonic() + PATIENCE_S
        while not self._taken():
            if time.monotonic() > end_s:
                raise self._in_use()
            time.sleep(PAUSE_S)

    async def run(self) -> None:
        """Keeps it until cancelled, over lost connections too. Raises PostgresqlError where another was quicker."""
        away = False
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            try:
                mine = await asyncio.to_thread(self._kept)
            except PostgresqlError as e:
                if not away:
                    _log.warning("the lock on the database is taken anew once the server is back: %s", e)
                away = True
                continue
            away = False
            if not mine:
                raise self._in_use()

    def close(self) -> None:
        """Lets go of it."""
        if self._session is not None:
            self._session.close()
            self._session = None
        self._engine.dispose()

    def _kept(self) -> bool:
        """Whether it is ours, taken anew where its session was lost."""
        if self._session is not None:
            try:
                self._session.scalar(sa.select(1))
            except sa.exc.DBAPIError:
                self._session.invalidate()
                self._session.close()
                self._session = None
        return self._session is not None or self._taken()

    def _taken(self) -> bool:
        session: sa.Connection | None = None
        try:
            session = self._engine.connect()
            taken = bool(session.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK))))
        except sa.exc.DBAPIError as e:
            if session is not None:
                session.close()
            raise unusable(self._url, e) from e
        if taken:
            self._session = session
        else:
            session.close()
        return taken

    def _in_use(self) -> PostgresqlError:
        return PostgresqlError("megane.postgresql-in-use", url=shown(self._url))
