"""The stores beside each other: what they take a second, what a reading weighs, and how fast they answer.

10,000 series once a minute for writing and for the newest of each; a year of river levels for the rest. In memory a
reading's weight is what Python took for it; on disk it is the files, once they have come to rest.
"""

import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bench.line import Line, compared
from bench.servers import free_port, influxdb
from bench.store_year import DAY_MS, Year, year
from bench.town import MINUTE_MS, town, walk
from bench.waiting import wait_for
from city.catalog import Catalog
from city.ports import Aggregate, Store
from city.reading import ReadingBatch
from ingest.stores import STORES
from ingest.stores.hours import HOUR_MS

SERIES: Final = 10_000
RUNS: Final = 5
STEADY: Final = 100  # looks, 20 ms apart; InfluxDB looks every second for what it could write down
BYTES_AIM: Final = 6.0
PEERS: Final = {"duckdb": "influxdb", "influxdb": "duckdb", "memory": "duckdb"}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one store."""

    rows_per_s: float
    bytes_a_reading: float
    day_ms: float
    year_ms: float
    latest_ms: float
    bytes_with_hours: float


# What a line says, and the figure that it takes.
FIGURES: Final[Mapping[str, tuple[str, str]]] = {
    "rows_per_s": ("writes of 10,000", "rows/s"),
    "bytes_a_reading": ("a reading of {what}", "bytes"),
    "day_ms": ("a day of one series", "ms"),
    "year_ms": ("{what} of one series by the hour", "ms"),
    "latest_ms": ("the newest of 10,000", "ms"),
}
DISK_BLOCK: Final = 512  # POSIX: the unit of st_blocks


def stores(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """Every figure of every store, beside its peer."""
    minutes, history = 10 if quick else 200, year(quick)
    found = {kind: _measure(kind, minutes, history) for kind in PEERS}
    lines = []
    for figure, (what, unit) in FIGURES.items():
        for kind, peer in PEERS.items():
            value, beside = (float(getattr(found[each], figure)) for each in (kind, peer))
            aimed = figure == "bytes_a_reading" and kind == "duckdb"
            lines.append(
                compared(
                    f"{kind}, {what.format(what=history.what)}; {peer}",
                    value,
                    unit,
                    beside,
                    aim=f"≤ {BYTES_AIM:g} bytes" if aimed else "",
                    met=not aimed or value <= BYTES_AIM,
                    why=f"DuckDB's blocks are of 256 KiB, and {len(history.batch):,} readings fill few of them",
                )
            )
    duckdb = found["duckdb"]
    what = f"duckdb, a reading of {history.what} and its hours; without"
    return [*lines, compared(what, duckdb.bytes_with_hours, "bytes", duckdb.bytes_a_reading)]


def _measure(kind: str, minutes: int, history: Year) -> Figures:
    with _opened(kind, town(SERIES)) as (store, _):
        batches = list(walk(SERIES, MINUTE_MS, minutes))
        rows_per_s = _rows_per_s(store, batches)
        latest_ms = _median_ms(store.latest)
    with _opened(kind, history.catalog) as (store, folder):
        for batch in history.batches():
            store.write(batch)
        one, middle_ms = np.array([history.series]), (history.start_ms + history.end_ms) // 2
        day_ms = _median_ms(lambda: store.readings(one, middle_ms, middle_ms + DAY_MS))
        year_ms = _median_ms(
            lambda: store.buckets(history.series, history.start_ms, history.end_ms, HOUR_MS, Aggregate.MEAN)
        )
        store.close()
        size = _in_memory(history) if kind == "memory" else _at_rest(folder)
        with_hours = _with_hours(kind, folder, history) if kind == "duckdb" else size
    count = len(history.batch)
    return Figures(rows_per_s, size / count, day_ms, year_ms, latest_ms, with_hours / count)


@contextmanager
def _opened(kind: str, catalog: Catalog) -> Iterator[tuple[Store, Path]]:
    """A new store, and the folder in which it keeps what it has; a server of its own where it needs one."""
    with tempfile.TemporaryDirectory(prefix="megane-bench-") as name:
        folder = Path(name)
        if kind != "influxdb":
            store = STORES[kind].open(folder, {})
            store.bind(catalog)
            yield store, folder
            return
        with influxdb(folder, free_port(), free_port(), cold_s=1) as server:
            store = STORES[kind].open(folder, {"url": server.url, "raw_days": 0})
            store.bind(catalog)
            yield store, folder


def _rows_per_s(store: Store, batches: Sequence[ReadingBatch]) -> float:
    """The median of five parts, written one after the other."""
    rates = []
    for part in np.array_split(np.arange(len(batches)), RUNS):
        begin = time.perf_counter()
        for each in part.tolist():
            store.write(batches[each])
        rates.append(len(part) * SERIES / (time.perf_counter() - begin))
    return statistics.median(rates)


def _median_ms(action: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        action()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken) * 1e3


def _in_memory(history: Year) -> int:
    """Bytes that Python takes for the readings, counted apart: counting makes everything slower."""
    batches = history.batches()
    store = STORES["memory"].open(Path(), {})
    store.bind(history.catalog)
    tracemalloc.start()
    for batch in batches:
        store.write(batch)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size


def _with_hours(kind: str, folder: Path, history: Year) -> int:
    """Bytes on disk once the hourly figures are reckoned."""
    store = STORES[kind].open(folder, {})
    store.bind(history.catalog)
    store.maintain(history.end_ms)
    store.close()
    return _at_rest(folder)


def _at_rest(folder: Path) -> int:
    """Bytes on disk under it, once they are the same for two seconds: a server compresses what it was given."""
    looked: list[int] = []

    def steady() -> bool:
        looked.append(sum(file.stat().st_blocks for file in folder.rglob("*") if file.is_file()) * DISK_BLOCK)
        return len(looked) > STEADY and len(set(looked[-STEADY:])) == 1

    wait_for(steady, "files at rest", 60)
    return looked[-1]
