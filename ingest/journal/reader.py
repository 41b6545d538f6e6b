"""The journal, read: by consumers in the city's process and by commands beside it."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from city.catalog import Catalog
from city.entry import CatalogEntry, Entry, RulesEntry
from city.ports import Genesis
from city.reading import ReadingBatch, SeriesKey
from ingest.journal.database import JournalError, open_for_reading, said_by_sqlite
from ingest.journal.recent import RecentRows
from ingest.journal.row import Kind, Row, unpack_files
from ingest.journal.series_ids import SeriesIds

_ROWS_AT_ONCE: Final = 256  # of a scan: at most some 50 MB of readings in hand


class Reader:
    """Implements `city.ports.JournalReader`; may be used from several threads, each of which gets its own connection.

    Every method raises UnavailableError when the file cannot be read just now, JournalError when it is damaged.
    """

    def __init__(self, path: Path, ids: SeriesIds | None = None, recent: RecentRows | None = None) -> None:
        """`ids` and `recent` are those of the writer where it is in the same process."""
        self._path = path
        self._ids = SeriesIds() if ids is None else ids
        self._recent = RecentRows() if recent is None else recent
        self._threads = threading.local()
        self._lock = threading.Lock()
        self._opened: list[sqlite3.Connection] = []
        with self.connection() as connection:
            self._learn_series(connection)

    def last(self) -> int:
        """Position of the newest entry, 0 in an empty journal."""
        with self.connection() as connection:
            return last_entry(connection)[0]

    def read(self, after: int, limit: int, catalog: Catalog) -> Sequence[Entry]:
        """At most `limit` entries after position `after`, in order, ending early after a `CatalogEntry`.

        Series indices are those of `catalog`; readings of sensors it does not have are left out. Raises JournalError
        where entries after `after` have been pruned: such a reader begins anew at the genesis.
        """
        entries: list[Entry] = []
        for row in self._recent.after(after, limit) or self._rows(after, limit):
            entries.append(row.entry(catalog, self._ids))
            if row.kind is Kind.CATALOG:
                break
        return entries

    def batches(self, after: int) -> Iterator[tuple[int, ReadingBatch]]:
        """Every batch after `after` with its `at_ms`; its `series` are journal ids, the places of `series_keys`."""
        while rows := self._rows(after, _ROWS_AT_ONCE):
            for row in rows:
                if row.columns is not None:
                    yield row.at_ms, row.columns
            after = rows[-1].position

    def series_keys(self) -> Sequence[SeriesKey]:
        """Every series that the journal ever held, in the order of the journal's ids."""
        return self._ids.keys()

    def catalog_at(self, position: int) -> CatalogEntry | None:
        """The catalog in force at `position`; None where the journal has none so early."""
        found = self._files_at(position, Kind.CATALOG)
        return CatalogEntry(*found) if found else None

    def rules_at(self, position: int) -> RulesEntry | None:
        """The rules in force at `position`; None where the journal has none so early."""
        found = self._files_at(position, Kind.RULES)
        return RulesEntry(*found) if found else None

    def genesis(self) -> Genesis | None:
        """Where a pruned journal begins, and the engine's snapshot at that position; None while nothing is pruned."""
        with self.connection() as connection:
            found = connection.execute("SELECT position, body FROM genesis JOIN snapshot USING (position)").fetchone()
        return Genesis(*found) if found else None

    def close(self) -> None:
        """Closes every thread's connection."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._threads = threading.local()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """This thread's reading connection, SQLite's errors given their meaning."""
        with said_by_sqlite(self._path):
            if not hasattr(self._threads, "connection"):
                opened = open_for_reading(self._path)
                with self._lock:
                    self._opened.append(opened)
                self._threads.connection = opened
            yield self._threads.connection

    def _rows(self, after: int, limit: int) -> list[Row]:
        with self.connection() as connection:
            genesis = connection.execute("SELECT position FROM genesis").fetchone()
            if genesis and after < genesis[0]:
                raise JournalError("ingest.journal_pruned", path=self._path, position=after, genesis=genesis[0])
            found = connection.execute(
                "SELECT position, at_ms, kind, body FROM entry WHERE position > ? ORDER BY position LIMIT ?",
                (after, limit),
            ).fetchall()
            rows = [Row.read(*each) for each in found]
            # Series are numbered before they are used: whoever sees a batch can look up all of its series.
            if any(row.newest_id() >= len(self._ids) for row in rows):
                self._learn_series(connection)
        return rows

    def _learn_series(self, connection: sqlite3.Connection) -> None:
        self._ids.add(read_series(connection, len(self._ids)))

    def _files_at(self, position: int, kind: Kind) -> tuple[int, int, dict[str, str]] | None:
        with self.connection() as connection:
            found = connection.execute(
                # "kind >= 5" names the partial index to SQLite, which does not conclude it from the first condition.
                "SELECT position, at_ms, body FROM entry WHERE kind = ? AND kind >= 5 AND position <= ?"
                " ORDER BY position DESC LIMIT 1",
                (kind, position),
            ).fetchone()
        return (found[0], found[1], unpack_files(found[2])) if found else None


def last_entry(connection: sqlite3.Connection) -> tuple[int, int]:
    """Position and `at_ms` of the newest entry that was ever written; (0, 0) in an empty journal."""
    found = connection.execute(
        "SELECT position, at_ms FROM (SELECT position, at_ms FROM entry UNION ALL SELECT position, at_ms FROM genesis)"
        " ORDER BY position DESC LIMIT 1"
    ).fetchone()
    return (found[0], found[1]) if found else (0, 0)


def read_series(connection: sqlite3.Connection, first_id: int = 0) -> list[SeriesKey]:
    """The keys with ids from `first_id` on, in the order of their ids."""
    return [
        SeriesKey(*each)
        for each in connection.execute("SELECT device, sensor FROM series WHERE id >= ? ORDER BY id", (first_id,))
    ]
