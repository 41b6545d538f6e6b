"""The DuckDB file: how it is opened, what stands in it, and what its errors mean."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import duckdb

from city.errors import UnavailableError, UserError
from city.reading import ReadingBatch
from ingest.stores.hours import DAY_MS
from ingest.stores.newest import NEVER, Newest

VERSION: Final = 1  # of our own tables; DuckDB keeps a version of the file's format itself

# `reading` has no primary key: its index would have to fit in memory. What is new is told by the writer.
# `hourly` is right for every hour that is not in `dirty_hour`. Before `raw_from` it is all there is, and what
# `reading` still has there is still to be added to it.
TABLES: Final = """
CREATE TABLE series (id INTEGER, device VARCHAR, sensor VARCHAR);
CREATE TABLE reading (series INTEGER, time BIGINT, value DOUBLE, quality UTINYINT);
CREATE TABLE hourly (series INTEGER, hour BIGINT, count BIGINT, total DOUBLE, low DOUBLE, high DOUBLE);
CREATE TABLE dirty_hour (hour BIGINT);
CREATE TABLE store (version INTEGER, raw_from BIGINT);
"""


class StoreLockedError(UserError):
    """Another process has the store open."""


class StoreNewerError(UserError):
    """The store was written by a newer version of Megane."""


class StoreUnreadableError(UserError):
    """The file is not a store, or is damaged."""


def open_file(path: Path, memory_mb: int, threads: int) -> duckdb.DuckDBPyConnection:
    """The database in `path`, made with its folder where there is none.

    Raises StoreLockedError, StoreNewerError or StoreUnreadableError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(
            path,
            config={
                "memory_limit": f"{memory_mb}MiB",
                "threads": threads,
                # A city's server may have no way out, and never loads code while it runs.
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
    except OSError as e:
        raise StoreUnreadableError("ingest.store_unreadable", file=str(path), problem=e.strerror or str(e)) from e
    except duckdb.Error as e:
        # DuckDB has no class of its own for this; the words are held by a test.
        if "Could not set lock" in str(e):
            raise StoreLockedError("ingest.store_locked", file=str(path), problem=_first_line(e)) from e
        raise StoreUnreadableError("ingest.store_unreadable", file=str(path), problem=_first_line(e)) from e
    try:
        _make_tables(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def read_newest(connection: duckdb.DuckDBPyConnection, length: int) -> Newest:
    """The newest reading of every series, read backwards in growing steps until each was met or all is read."""
    newest = Newest.of_none(length)
    first, last = connection.execute("SELECT min(time), max(time) FROM reading").fetchone() or (None, None)
    if first is None:
        return newest
    hi, step = last + 1, DAY_MS
    while hi > first and (newest.time == NEVER).any():
        rows = connection.execute(
            """
            SELECT series, max(time) AS time, arg_max(value, time) AS value, arg_max(quality, time) AS quality
            FROM reading WHERE time >= ? AND time < ? GROUP BY series
            """,
            [hi - step, hi],
        ).fetchnumpy()
        found = ReadingBatch(rows["series"], rows["time"], rows["value"], rows["quality"])
        newest = newest.with_readings(found)
        hi, step = hi - step, step * 4
    return newest


@contextmanager
def unavailable() -> Iterator[None]:
    """Turns what the disk or the machine does to the store into UnavailableError; a mistake in our SQL stays one."""
    try:
        yield
    except duckdb.ProgrammingError:
        raise
    except duckdb.Error as e:
        raise UnavailableError(f"DuckDB: {_first_line(e)}") from e


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing; on leaving it is in the write-ahead log and synchronised to the disk (fdatasync)."""
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        with suppress(duckdb.Error):  # a failed commit has rolled back already
            connection.rollback()
        raise


def _make_tables(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    if not connection.execute("SELECT 1 FROM duckdb_tables() LIMIT 1").fetchone():
        with transaction(connection):
            connection.execute(TABLES)
            connection.execute("INSERT INTO store VALUES (?, 0)", [VERSION])
    try:
        row = connection.execute("SELECT version FROM store").fetchone()
    except duckdb.CatalogException as e:
        raise StoreUnreadableError("ingest.store_unreadable", file=str(path), problem=_first_line(e)) from e
    version = row[0] if row else 0
    if version > VERSION:
        raise StoreNewerError("ingest.store_newer", file=str(path), found=version, known=VERSION)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
