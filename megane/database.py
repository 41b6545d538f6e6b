"""The city's database: alert events, incidents, runs, steps and attempts, in one file under the home folder or on a
PostgreSQL server (`megane/postgresql.py`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError

from city.errors import UserError
from megane.postgresql import reading_engine, require_usable, unusable, writing_engine

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

# How long a writer waits for another's transaction. Transactions here take milliseconds; a backup may hold one longer.
BUSY_TIMEOUT_MS = 10_000
# Names the lock under which a server's schema is brought up to date: two that start at once do it one after the other.
_MIGRATION_LOCK = 0x4D45_4741


class DatabaseError(UserError):
    """The database file cannot be used."""


class _Cursor(Protocol):
    def execute(self, statement: str) -> object: ...
    def close(self) -> None: ...


class _Connection(Protocol):
    isolation_level: str | None

    def cursor(self) -> _Cursor: ...


def open_database(where: Path | sa.URL, workers: int = 1) -> sa.Engine:
    """The engine through which the city writes, its schema brought up to date.

    where: a file of SQLite, or a server; workers: how many write at once there
    A commit is durable on return. On SQLite every transaction begins IMMEDIATE: two that read first and write later
    would otherwise fail each other instead of waiting. Raises DatabaseError when the file is none of ours or was
    written by a newer version, PostgresqlError when the server cannot be used.
    """
    if isinstance(where, sa.URL):
        return _open_server(where, workers)
    engine = sa.create_engine(f"sqlite:///{where}")
    # synchronous=FULL: on disk before a commit returns
    sa.event.listen(engine, "connect", _prepared("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"))
    sa.event.listen(engine, "begin", _begin_immediate)
    try:
        with engine.begin() as connection:
            migrate(connection)
    except (sa.exc.DatabaseError, CommandError) as e:
        engine.dispose()
        raise DatabaseError("megane.database-unusable", file=str(where), problem=str(e).splitlines()[0]) from e
    return engine


def open_for_reading(where: Path | sa.URL) -> sa.Engine:
    """An engine that can only read, and holds up no writer: each statement sees the newest commit."""
    if isinstance(where, sa.URL):
        return reading_engine(where)
    engine = sa.create_engine(f"sqlite:///{where}", isolation_level="AUTOCOMMIT")
    sa.event.listen(engine, "connect", _prepared("query_only=ON"))
    return engine


def _open_server(url: sa.URL, workers: int) -> sa.Engine:
    engine = writing_engine(url, workers)
    try:
        with engine.begin() as connection:
            require_usable(connection)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            migrate(connection)
    except (sa.exc.DBAPIError, CommandError) as e:
        engine.dispose()
        raise unusable(url, e) from e
    except UserError:
        engine.dispose()
        raise
    return engine


def migrate(connection: sa.Connection) -> None:
    """Brings the schema to the newest version, inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _prepared(*pragmas: str) -> Callable[[_Connection, object], None]:
    def prepare(connection: _Connection, _record: object) -> None:
        # The driver would begin transactions by itself and not always; we say BEGIN ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return prepare


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
