"""The journal's only writer: every append is one transaction and durable when it returns."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from city.catalog import Catalog
from city.decision import Decision
from city.ports import ClockOffset
from city.quarantine import Quarantined
from city.reading import Int32s, Int64s, ReadingBatch
from ingest.journal import decisions, pieces, retention
from ingest.journal import offsets as offset_rows
from ingest.journal.columns import pack
from ingest.journal.database import WriterLock, open_for_writing, said_by_sqlite, transaction
from ingest.journal.past import Past, pack_past
from ingest.journal.reader import Reader, last_entry, read_series
from ingest.journal.recent import RecentRows
from ingest.journal.row import Kind, Row, pack_decision, pack_files
from ingest.journal.series_ids import SeriesIds
from ingest.journal.tail import Tail


class Journal:
    """Implements `city.ports.JournalWriter`; `reader` and `tail` implement the journal's other two ports.

    Any thread may write; one write waits for the other. UnavailableError (disk full, I/O error) means that nothing of
    it was written and that the same call may succeed later.
    """

    def __init__(self, path: Path) -> None:
        """Opens the journal at `path`, making it where there is none.

        Raises JournalError: another process writes it, it is damaged, not a journal, or of a newer version.
        """
        self.path = path
        self._writer_lock = WriterLock(path)
        try:
            self._connection = open_for_writing(path)
        except BaseException:
            self._writer_lock.release()
            raise
        self._lock = threading.Lock()
        self._ids = SeriesIds(read_series(self._connection))
        self._recent = RecentRows()
        self._last, self._last_at_ms = last_entry(self._connection)
        self._quarantine_bytes = pieces.weight_of_all(self._connection)
        self._decided = decisions.positions(self._connection)
        self._snapshot_at_ms = retention.newest_snapshot_at_ms(self._connection)
        self.reader = Reader(path, self._ids, self._recent)
        self.tail = Tail(self._last)

    def append_batch(
        self,
        at_ms: int,
        batch: ReadingBatch,
        catalog: Catalog,
        quarantined: Sequence[Quarantined] = (),
        offsets: Sequence[ClockOffset] = (),
        released: Sequence[Quarantined] = (),
    ) -> int:
        """A batch, and in the same transaction what was quarantined and the clock offsets first used in it.

        `released` are pieces of the quarantine whose messages were sent again and are judged anew in this batch: they
        leave the quarantine. An empty batch writes no entry and gives the newest entry's position.
        """
        with self._writing() as connection:
            ids = self._number_series(connection, catalog)
            row = None
            if len(batch):
                columns = ReadingBatch(ids[batch.series], batch.time, batch.value, batch.quality)
                row = Row(*self._next(at_ms), Kind.BATCH, columns=columns)
            with transaction(connection):
                pieces.release(connection, released)
                pieces.insert(connection, quarantined)
                offset_rows.insert(connection, offsets)
                if row:
                    _insert(connection, row)
            self._quarantine_bytes += sum(map(pieces.weight, quarantined))
            if released:
                self._quarantine_bytes = pieces.weight_of_all(connection)
            if row:
                self._appended(row)
            return self._last

    def append_tick(self, at_ms: int) -> int:
        """A `TickEntry`: a timer is due."""
        return self._append(at_ms, Kind.TICK)

    def append_start(self, at_ms: int) -> int:
        """A `StartEntry`."""
        return self._append(at_ms, Kind.START)

    def append_caught_up(self, at_ms: int) -> int:
        """A `CaughtUpEntry`."""
        return self._append(at_ms, Kind.CAUGHT_UP)

    def append_rules(self, at_ms: int, files: Mapping[str, str]) -> int:
        """A `RulesEntry` with the whole of the rule files."""
        return self._append(at_ms, Kind.RULES, files)

    def append_catalog(self, at_ms: int, files: Mapping[str, str]) -> int:
        """A `CatalogEntry` with the whole of the catalog files."""
        return self._append(at_ms, Kind.CATALOG, files)

    def append_fill(self, at_ms: int, series: Int32s, batch: ReadingBatch, catalog: Catalog) -> int:
        """A `FillEntry`; indices are those of `catalog`."""
        return self._append_past(at_ms, Kind.FILL, series, np.zeros(len(series), np.int64), batch, catalog)

    def append_decision(self, at_ms: int, decision: Decision) -> int:
        """A `DecisionEntry`. One that is in the journal under its key already is not written again."""
        with self._writing() as connection:
            known = self._decided.get(decision.key)
            if known is None:
                known = self._write(connection, Row(*self._next(at_ms), Kind.DECISION, decision=decision))
                self._decided[decision.key] = known
            return known

    def append_retroactive(
        self, at_ms: int, series: Int32s, from_ms: Int64s, batch: ReadingBatch, catalog: Catalog
    ) -> int:
        """A `RetroactiveEntry`; indices are those of `catalog`."""
        return self._append_past(at_ms, Kind.RETROACTIVE, series, from_ms, batch, catalog)

    def clock_offsets(self) -> Sequence[ClockOffset]:
        """Every clock offset kept, in the order in which they were first used."""
        with self._writing() as connection:
            return offset_rows.read(connection)

    @property
    def quarantine_bytes(self) -> int:
        """What the quarantine takes in the file, roughly."""
        return self._quarantine_bytes

    def position_of(self, consumer: str) -> int:
        """How far a consumer has durably come; 0 where it has never said."""
        with self._writing() as connection:
            found = connection.execute("SELECT position FROM consumer WHERE name = ?", (consumer,)).fetchone()
        return found[0] if found else 0

    def save_position(self, consumer: str, position: int, quarantined: Sequence[Quarantined] = ()) -> None:
        """The consumer will never ask for entries up to `position` again; what it could not take goes to the
        quarantine in the same transaction. Entries that a consumer still needs are never pruned.
        """
        with self._writing() as connection:
            with transaction(connection):
                pieces.insert(connection, quarantined)
                connection.execute(
                    "INSERT INTO consumer (name, position) VALUES (?1, ?2)"
                    " ON CONFLICT (name) DO UPDATE SET position = ?2",
                    (consumer, position),
                )
            self._quarantine_bytes += sum(map(pieces.weight, quarantined))

    def save_frontier(self, position: int, body: bytes) -> None:
        """Keeps the frontier as it is after the entry at `position`, in place of an earlier one."""
        with self._writing() as connection, transaction(connection):
            connection.execute(
                "INSERT INTO frontier (only, position, body) VALUES (1, ?1, ?2)"
                " ON CONFLICT (only) DO UPDATE SET position = ?1, body = ?2",
                (position, body),
            )

    def saved_frontier(self) -> tuple[int, bytes] | None:
        """What `save_frontier` was last given."""
        with self._writing() as connection:
            found = connection.execute("SELECT position, body FROM frontier").fetchone()
        return (found[0], found[1]) if found else None

    def keep_snapshot(self, position: int, snapshot: bytes) -> bool:
        """Offers the engine's newest snapshot as a later beginning of the journal; whether it was kept.

        One in `retention.SPAN_MS` is kept.
        """
        with self._writing() as connection:
            at_ms = retention.at_ms_of(connection, position)
            if at_ms is None or at_ms - self._snapshot_at_ms < retention.SPAN_MS:
                return False
            with transaction(connection):
                retention.insert_snapshot(connection, position, at_ms, snapshot)
            self._snapshot_at_ms = at_ms
            return True

    def prune(self, before_ms: int) -> int:
        """Removes what nobody needs any more, and gives the position up to which the journal is gone.

        That is the newest kept snapshot whose entry is older than `before_ms` and that every consumer, and the saved
        frontier, are past. Appends go on in between: the work is done in small transactions.
        """
        with self._writing() as connection:
            retention.choose_genesis(connection, before_ms)
        more = True
        while more:
            with self._writing() as connection:
                more = retention.remove_some(connection)
        with self._writing() as connection:
            return retention.genesis_position(connection)

    def size_bytes(self) -> int:
        """Bytes of the journal on disk, its log included."""
        log = self.path.with_name(self.path.name + "-wal")
        return sum(file.stat().st_size for file in (self.path, log) if file.exists())

    def close(self) -> None:
        """Folds the log into the file and lets another process write. Nothing may be in progress."""
        self.reader.close()
        with self._lock:
            self._connection.close()
        self._writer_lock.release()

    def _append(self, at_ms: int, kind: Kind, files: Mapping[str, str] | None = None) -> int:
        with self._writing() as connection:
            return self._write(connection, Row(*self._next(at_ms), kind, files=files))

    def _next(self, at_ms: int) -> tuple[int, int]:
        """Position and time of the entry after the newest."""
        return self._last + 1, max(at_ms, self._last_at_ms)

    def _write(self, connection: sqlite3.Connection, row: Row) -> int:
        with transaction(connection):
            _insert(connection, row)
        self._appended(row)
        return row.position

    def _append_past(
        self, at_ms: int, kind: Kind, series: Int32s, from_ms: Int64s, batch: ReadingBatch, catalog: Catalog
    ) -> int:
        with self._writing() as connection:
            ids = self._number_series(connection, catalog)
            columns = ReadingBatch(ids[batch.series], batch.time, batch.value, batch.quality)
            past = Past(ids[series], from_ms, columns)
            return self._write(connection, Row(*self._next(at_ms), kind, past=past))

    def _appended(self, row: Row) -> None:
        """What is true as soon as a row is durable, and not before."""
        self._last, self._last_at_ms = row.position, row.at_ms
        self._recent.add(row)
        self.tail.move(row.position)

    def _number_series(self, connection: sqlite3.Connection, catalog: Catalog) -> Int32s:
        """The ids of the catalog's series. New ones are made durable first, which happens once a catalog."""
        if new := self._ids.missing(catalog):
            with transaction(connection):
                connection.executemany(
                    "INSERT INTO series (id, device, sensor) VALUES (?, ?, ?)",
                    ((number, key.device, key.sensor) for number, key in enumerate(new, len(self._ids))),
                )
            self._ids.add(new)
        return self._ids.of_catalog(catalog)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The writing connection, for one thread at a time."""
        with self._lock, said_by_sqlite(self.path):
            yield self._connection


def _insert(connection: sqlite3.Connection, row: Row) -> None:
    body = None
    if row.columns is not None:
        body = pack(row.columns)
    elif row.files is not None:
        body = pack_files(row.files)
    elif row.past is not None:
        body = pack_past(row.past)
    elif row.decision is not None:
        body = pack_decision(row.decision)
    connection.execute(
        "INSERT INTO entry (position, at_ms, kind, body) VALUES (?, ?, ?, ?)",
        (row.position, row.at_ms, row.kind, body),
    )
