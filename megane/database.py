"""The city's database: alert events, incidents, runs, steps and attempts, in one file under the home folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError

from city.errors import UserError

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

# How long a writer waits for another's transaction. Transactions here take milliseconds; a backup may hold one longer.
BUSY_TIMEOUT_MS = 10_000


class DatabaseError(UserError):
    """The database file cannot be used."""


class _Cursor(Protocol):
    def execute(self, statement: str) -> object: ...
    def close(self) -> None: ...


class _Connection(Protocol):
    isolation_level: str | None

    def cursor(self) -> _Cursor: ...


def open_database(file: Path) -> sa.Engine:
    """The engine through which the city writes, its schema brought up to date.

    A commit is durable on return (`synchronous=FULL`). Every transaction begins IMMEDIATE: two that read first and
    write later would otherwise fail each other instead of waiting. Raises DatabaseError when the file is none of ours
    or was written by a newer version.
    """
    engine = sa.create_engine(f"sqlite:///{file}")
    sa.event.listen(engine, "connect", _prepared("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"))
    sa.event.listen(engine, "begin", _begin_immediate)
    try:
        with engine.begin() as connection:
            migrate(connection)
    except (sa.exc.DatabaseError, CommandError) as e:
        engine.dispose()
        raise DatabaseError("megane.database-unusable", file=str(file), problem=str(e).splitlines()[0]) from e
    return engine


def open_for_reading(file: Path) -> sa.Engine:
    """An engine that can only read, and holds up no writer: each statement sees the newest commit."""
    engine = sa.create_engine(f"sqlite:///{file}", isolation_level="AUTOCOMMIT")
    sa.event.listen(engine, "connect", _prepared("query_only=ON"))
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
