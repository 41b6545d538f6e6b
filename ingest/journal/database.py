"""The journal's SQLite file: its tables, how it is opened, and what its errors mean to the city.

Only one process writes it (a lock file beside it sees to that); readers may be anywhere.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from city.errors import UnavailableError, UserError

APPLICATION_ID: Final = 0x4D47_4E4A  # "MGNJ" in the file's header: says that it is a journal of ours
VERSION: Final = 2  # 2: decisions of people stand among the entries; an older Megane could not read them

# How long a statement waits for another connection's lock. Only a checkpoint or a backup ever holds one, for less.
BUSY_S: Final = 10.0
# Pages (4 KiB) after which the log is folded into the file. A fold costs two more fsyncs: 16 MiB make it rare, and
# what a crash leaves to be read again stays small.
CHECKPOINT_PAGES: Final = 4_000
# A log that had to grow, because a reader stood in the way of folding, is cut back to this.
LOG_BYTES: Final = 64 * 1024 * 1024

_TABLES: Final = """
CREATE TABLE entry (
    position INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    body BLOB
) STRICT;
CREATE INDEX entry_with_files ON entry (kind, position) WHERE kind >= 5;
CREATE TABLE series (id INTEGER PRIMARY KEY, device TEXT NOT NULL, sensor TEXT NOT NULL) STRICT;
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    length INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    arrived_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX quarantine_by_reason ON quarantine (reason, id);
CREATE INDEX quarantine_by_message ON quarantine (arrived_ms, sha256);
CREATE TABLE clock_offset (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device TEXT NOT NULL,
    boot TEXT NOT NULL,
    offset_ms INTEGER NOT NULL,
    UNIQUE (device, boot)
) STRICT;
CREATE TABLE consumer (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;
CREATE TABLE snapshot (position INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE frontier (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    position INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE genesis (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    position INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
"""

_LATER: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class JournalError(UserError):
    """The journal file cannot be used as it is, and a person has to look."""


@contextmanager
def said_by_sqlite(path: Path) -> Iterator[None]:
    """Gives SQLite's errors their meaning.

    Raises UnavailableError for what may pass (disk full, I/O error, a lock held too long), JournalError for a damaged
    file; anything else is a programming error and stays what it is.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _LATER:
            msg = f"{path}: {error}"
            raise UnavailableError(msg) from error
        if code in _DAMAGED:
            raise JournalError("ingest.journal_damaged", path=path, words=error) from error
        raise


class WriterLock:
    """Held by the one process that writes the journal at `path`; the kernel lets go of it when that process dies."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._file)
            raise JournalError("ingest.journal_locked", path=path) from error

    def release(self) -> None:
        """Lets another process write; doing so twice does no harm."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The one writing connection, in autocommit mode; the file and its tables are made where there is none.

    Every commit is durable when it returns: WAL with `synchronous=FULL` is one fsync of the log.
    """
    with said_by_sqlite(path):
        connection = _connect(path)
        try:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # only takes in a file without tables
            _make_tables(connection, path)
            connection.execute(f"PRAGMA user_version = {VERSION}")  # all that a file of version 1 lacks
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        except BaseException:
            connection.close()
            raise
        return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Raises JournalError where there is no journal."""
    if not path.is_file():
        raise JournalError("ingest.journal_missing", path=path)
    with said_by_sqlite(path):
        connection = _connect(path)
        try:
            _check_kind(connection, path)
            connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing, durable on leaving."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _connect(path: Path) -> sqlite3.Connection:
    # Closing is done by whoever ends the journal, not by the thread that read: hence no check of the thread.
    return sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)


def _make_tables(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        _check_kind(connection, path)
        return
    # One script, one transaction: a crash in the middle leaves an empty file, not half a journal.
    connection.executescript(
        f"BEGIN IMMEDIATE; {_TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
    )


def _check_kind(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise JournalError("ingest.journal_foreign", path=path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise JournalError("ingest.journal_newer", path=path, version=version, known=VERSION)
