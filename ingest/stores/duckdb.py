"""The embedded store: one DuckDB file, written by one process, read by that process's other threads.

What is new in a batch is told without an index. A reading that is newer than its series' newest is new; only the
others are looked up, in the spans of time that they lie in. See docs/adr for why DuckDB.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

import duckdb
import msgspec
import numpy as np
from numpy.typing import NDArray

from city.catalog import Catalog
from city.errors import UnavailableError, UserError
from city.messages.text import Text
from city.ports import Aggregate, Buckets, Written
from city.reading import Bools, Int32s, Int64s, ReadingBatch
from ingest.stores import duckdb_hourly
from ingest.stores.duckdb_file import open_file, read_newest, transaction, unavailable
from ingest.stores.hours import HOUR_MS, RAW_DAYS, raw_from_ms
from ingest.stores.kind import StoreKind
from ingest.stores.newest import NEVER, Newest
from ingest.stores.spans import spans

# Enough to add a day's hourly figures of 10,000 series; beyond it DuckDB spills to a folder beside the file. The whole
# process is to idle below 400 MB.
MEMORY_MB: Final = 192
# A chart's query may use a second core; the event loop and the rules keep theirs.
THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class Binding:
    """Which series of the store each index of a catalog is, and back (-1: not in the catalog)."""

    to_store: Int32s
    to_catalog: Int32s


class DuckStore:
    """Readings in a DuckDB file. Writes and upkeep take turns; readers have a snapshot each and wait for nobody."""

    def __init__(
        self, path: Path, raw_days: int = RAW_DAYS, memory_mb: int = MEMORY_MB, threads: int = THREADS
    ) -> None:
        """Opens or makes the file. Raises a UserError where it is locked, damaged or from a newer version."""
        self._path, self._raw_days, self._memory_mb, self._threads = path, raw_days, memory_mb, threads
        self._writing = Lock()
        self._failed = False
        self._catalog: Catalog | None = None
        self._binding = Binding(np.empty(0, np.int32), np.empty(0, np.int32))
        self._newest = Newest.of_none(0)
        self._dirty: set[int] = set()
        self._raw_from = 0
        self._open()

    def bind(self, catalog: Catalog) -> None:
        """As `Store.bind` says; new series are in the file on return."""
        with self._turn():
            self._bind(catalog)

    def write(self, batch: ReadingBatch) -> Written:
        """As `Store.write` says. A reading whose raw copy went past its retention cannot be told from a new one."""
        with self._turn():
            ids = self._binding.to_store[batch.series]
            new = _first_of_each(ids, batch.time)
            new[new] = ~self._known(ids[new], batch.time[new])
            fresh = ReadingBatch(ids[new], batch.time[new], batch.value[new], batch.quality[new])
            hours = set(np.unique(fresh.time // HOUR_MS * HOUR_MS).tolist()) - self._dirty
            with transaction(self._connection):
                self._insert("reading", {name: getattr(fresh, name) for name in ("series", "time", "value", "quality")})
                self._insert("dirty_hour", {"hour": np.array(sorted(hours), np.int64)})
            self._dirty |= hours
            self._newest = self._newest.with_readings(fresh)
            return Written(len(fresh), len(batch) - len(fresh))

    def latest(self) -> ReadingBatch:
        """As `Store.latest` says; from memory."""
        binding, newest = self._binding, self._newest
        series = np.flatnonzero(newest.time[binding.to_store] != NEVER)
        ids = binding.to_store[series]
        return ReadingBatch(series.astype(np.int32), newest.time[ids], newest.value[ids], newest.quality[ids])

    def readings(self, series: Int64s, start_ms: int, end_ms: int) -> ReadingBatch:
        """As `Store.readings` says."""
        binding = self._binding
        with self._snapshot() as cursor:
            rows = cursor.execute(
                """
                SELECT series, time, value, quality FROM reading
                WHERE time >= ? AND time < ? AND series IN (SELECT unnest(?::INTEGER[]))
                """,
                [start_ms, end_ms, binding.to_store[series].tolist()],
            ).fetchnumpy()
        found = binding.to_catalog[rows["series"]]
        order = np.lexsort((rows["time"], found))
        return ReadingBatch(found[order], rows["time"][order], rows["value"][order], rows["quality"][order])

    def buckets(self, series: int, start_ms: int, end_ms: int, every_ms: int, how: Aggregate) -> Buckets:
        """As `Store.buckets` says; an hour of which only the figures are left counts where its start lies."""
        id_ = int(self._binding.to_store[series])
        with self._snapshot() as cursor:
            return duckdb_hourly.buckets(cursor, id_, start_ms, end_ms, every_ms, how)

    def maintain(self, now_ms: int) -> None:
        """As `Store.maintain` says. Raises UnavailableError; what was done until then stays done."""
        with self._turn():
            over = [hour for hour in self._dirty if hour + HOUR_MS <= now_ms]
            for hours in duckdb_hourly.reckon(self._connection, over, self._raw_from, len(self._newest.time)):
                self._dirty.difference_update(hours)
            newest_ms = int(self._newest.time.max(initial=NEVER))
            raw_from = raw_from_ms(now_ms, newest_ms, self._raw_days)
            if raw_from > self._raw_from:
                with transaction(self._connection):
                    self._connection.execute("DELETE FROM reading WHERE time < ?", [raw_from])
                    self._connection.execute("UPDATE store SET raw_from = ?", [raw_from])
                self._raw_from = raw_from
            self._newest = self._newest.since(self._raw_from)

    def close(self) -> None:
        """As `Store.close` says; the write-ahead log goes into the file."""
        with self._writing:
            self._connection.close()

    def _open(self) -> None:
        """Opens the file and takes up what stands in it."""
        self._connection = open_file(self._path, self._memory_mb, self._threads)
        self._raw_from = int(self._one("SELECT raw_from FROM store"))
        self._dirty = set(self._connection.execute("SELECT hour FROM dirty_hour").fetchnumpy()["hour"].tolist())
        self._newest = read_newest(self._connection, int(self._one("SELECT count(*) FROM series")))
        if self._catalog is not None:
            self._bind(self._catalog)

    def _bind(self, catalog: Catalog) -> None:
        ids = {(device, sensor): i for i, device, sensor in self._connection.execute("FROM series").fetchall()}
        keys = [(sensor.key.device, sensor.key.sensor) for sensor in catalog.sensors]
        new = [key for key in keys if key not in ids]
        ids.update((key, i) for i, key in enumerate(new, start=len(ids)))
        if new:
            with transaction(self._connection):
                columns = {
                    "id": np.array([ids[key] for key in new], np.int32),
                    "device": np.array([device for device, _ in new], object),
                    "sensor": np.array([sensor for _, sensor in new], object),
                }
                self._insert("series", columns)
        to_store = np.array([ids[key] for key in keys], np.int32)
        to_catalog = np.full(len(ids), -1, np.int32)
        to_catalog[to_store] = np.arange(len(keys), dtype=np.int32)
        self._newest = self._newest.grown(len(ids))
        self._binding = Binding(to_store, to_catalog)
        self._catalog = catalog

    def _known(self, ids: Int32s, time: Int64s) -> Bools:
        """Which of these readings are in the file already."""
        known = np.zeros(len(ids), bool)
        late = np.flatnonzero(time <= self._newest.time[ids])
        late = late[np.argsort(time[late], kind="stable")]
        for lo, hi in spans(time[late], HOUR_MS):
            rows = late[(time[late] >= lo) & (time[late] <= hi)]
            self._connection.register("late", {"row": rows, "series": ids[rows], "time": time[rows]})
            found = self._connection.execute(
                """
                SELECT row FROM late WHERE EXISTS (
                    FROM reading
                    WHERE reading.time BETWEEN ? AND ? AND reading.series = late.series AND reading.time = late.time
                )
                """,
                [lo, hi],
            ).fetchnumpy()
            self._connection.unregister("late")
            known[found["row"]] = True
        return known

    def _insert(self, table: str, columns: Mapping[str, NDArray[Any]]) -> None:
        """Appends columns to a table of ours; of no rows, does nothing."""
        if all(len(column) for column in columns.values()):
            self._connection.register("fresh", columns)
            self._connection.execute(f"INSERT INTO {table} SELECT {', '.join(columns)} FROM fresh")  # noqa: S608 - names are ours
            self._connection.unregister("fresh")

    def _one(self, sql: str) -> int:
        row = self._connection.execute(sql).fetchone()
        assert row is not None
        return int(row[0])

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The writer's turn. After a failure the file is opened anew first: DuckDB closes itself on a failed commit."""
        with self._writing:
            try:
                with unavailable():
                    if self._failed:
                        self._connection.close()
                        self._open()
                        self._failed = False
                    yield
            except UnavailableError:
                self._failed = True
                raise
            except UserError as e:  # opening anew: locked or damaged by now; the person is told by who retries
                raise UnavailableError(str(e)) from e

    @contextmanager
    def _snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A reader's own view of one moment."""
        with unavailable(), self._connection.cursor() as cursor:
            cursor.begin()
            yield cursor


def _first_of_each(ids: Int32s, time: Int64s) -> Bools:
    """True for the first row of every (series, time)."""
    order = np.lexsort((time, ids))  # stable: equal ones stay in order of rows
    first = np.ones(len(ids), bool)
    first[order[1:]] = (np.diff(ids[order]) != 0) | (np.diff(time[order]) != 0)
    return first


class DuckDBSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the embedded store is set up."""

    raw_days: int = RAW_DAYS
    memory_mb: int = MEMORY_MB
    threads: int = THREADS


def _open(folder: Path, settings: DuckDBSettings) -> DuckStore:
    return DuckStore(folder / "readings.duckdb", settings.raw_days, settings.memory_mb, settings.threads)


KIND: Final = StoreKind(
    name="duckdb",
    title=Text(
        ja="この機械の中の DuckDB ファイルです。他に何も要りません(標準)。",
        en="A DuckDB file on this machine: nothing else is needed. The default.",
    ),
    settings=DuckDBSettings,
    example={"raw_days": 400, "memory_mb": 512},
    make=_open,
)
