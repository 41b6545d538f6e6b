"""The city's database on a PostgreSQL server: where it is, and how connections to it behave.

Isolation is READ COMMITTED. What must hold between reading and writing is held by row locks (endpoints first, then
steps, then runs; `administration/transaction.py`), and each statement behind a lock sees what was committed before it.
"""

from typing import Final, cast

import psycopg
import sqlalchemy as sa
from psycopg.types.string import StrDumper
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from city.errors import UserError
from megane.settings import DatabaseSettings, read_secret

OLDEST: Final = 15  # Debian 12's, with which the tests run
# How long a connection may take to come about: a server on the next machine that takes longer is not there.
CONNECT_TIMEOUT_S: Final = 5
# How long a statement waits for another's lock. Transactions here take milliseconds; a backup takes no such lock.
LOCK_TIMEOUT_MS: Final = 10_000
# How long a thread waits for one of the pool's connections, before the database counts as away.
POOL_TIMEOUT_S: Final = 10.0
# Beside the workers' own: relay, devices, watch, and pages, each for milliseconds. PostgreSQL allows 100 in all.
CONNECTIONS_BESIDE: Final = 8
CONNECTIONS_READING: Final = 8
# Two a worker: it commits what ended while it claims what is due.
CONNECTIONS_PER_WORKER: Final = 2
# Nothing arrives from a machine that lost its power: either side asks after 10 s, and gives up 15 s later. The server
# must, since it holds the locks of whoever is gone.
_SESSION: Final = {
    "synchronous_commit": "on",  # a commit is durable on return
    "default_transaction_isolation": "'read committed'",
    "lock_timeout": str(LOCK_TIMEOUT_MS),
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_CONNECT: Final[dict[str, object]] = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # ms: the same for what was sent and is not acknowledged
    "client_encoding": "utf8",
}


class PostgresqlError(UserError):
    """The server cannot be used, or the setting names none."""


def postgresql_url(settings: DatabaseSettings) -> sa.URL | None:
    """Where the server is, its password within; None where the setting names no server. Shown as text, the URL has no
    password. Raises PostgresqlError, or SettingsError for the password's file.
    """
    if settings.url is None:
        return None
    try:
        url = sa.make_url(settings.url)
    except (sa.exc.ArgumentError, ValueError):
        raise PostgresqlError("megane.postgresql-url") from None  # it may hold a password: it is not shown
    if url.drivername not in {"postgresql", "postgres"} or not url.database:
        raise PostgresqlError("megane.postgresql-url")
    if url.password is not None or "password" in url.query:
        raise PostgresqlError("megane.postgresql-password-in-url")
    password = read_secret(settings.password_file) if settings.password_file else None
    return url.set(drivername="postgresql+psycopg", password=password)


def writing_engine(url: sa.URL, workers: int) -> sa.Engine:
    """An engine for those who write. Nothing is connected yet."""
    return _engine(url, CONNECTIONS_BESIDE + CONNECTIONS_PER_WORKER * workers, _SESSION)


def reading_engine(url: sa.URL) -> sa.Engine:
    """An engine that can only read; each statement sees the newest commit."""
    engine = _engine(url, CONNECTIONS_READING, _SESSION | {"default_transaction_read_only": "on"})
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def lone_engine(url: sa.URL) -> sa.Engine:
    """An engine whose connections are each on its own, in autocommit: for what a session holds, not a transaction."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=_CONNECT)
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def look_at_server(url: sa.URL) -> None:
    """Raises PostgresqlError where a city could not use the server; changes nothing there."""
    engine = reading_engine(url)
    try:
        with engine.connect() as connection:
            require_usable(connection)
    except sa.exc.DBAPIError as e:
        raise unusable(url, e) from e
    finally:
        engine.dispose()


def require_usable(connection: sa.Connection) -> None:
    """Raises PostgresqlError where the server is too old, or its database holds no Japanese."""
    number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())  # 150018 is 15.18
    if number < OLDEST * 10_000:
        found = connection.exec_driver_sql("SHOW server_version").scalar_one()
        raise PostgresqlError("megane.postgresql-too-old", found=found, oldest=OLDEST)
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise PostgresqlError("megane.postgresql-encoding", found=str(encoding))


def unusable(url: sa.URL, error: Exception) -> PostgresqlError:
    """What a person is told of a server that does not let us in: its own first line."""
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return PostgresqlError("megane.postgresql-unusable", url=shown(url), problem=said.splitlines()[0])


def shown(url: sa.URL) -> str:
    """The URL as the settings have it."""
    return url.set(drivername="postgresql", password=None).render_as_string()


def _engine(url: sa.URL, connections: int, session: dict[str, str]) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=connections,
        max_overflow=0,  # the pool is the bound
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,  # a click must not fail because the server was restarted since the last one
        connect_args=_CONNECT,
    )

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        ours = cast("psycopg.Connection[tuple[object, ...]]", connection)
        ours.adapters.register_dumper(str, _Text)
        for name, value in session.items():
            ours.execute(f"SET SESSION {name} = {value}".encode())
        ours.commit()

    sa.event.listen(engine, "connect", prepare)
    return engine


class _Text(StrDumper):
    """PostgreSQL takes no NUL within text, and a receiver may answer with one: it is kept as the sign for it, ␀."""

    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        return super().dump(obj.replace("\0", "␀"))
