"""What a store takes a second and how fast it answers: `python -m bench.stores [duckdb] [memory] [--rows N]`.

10,000 series report once a minute, values with two decimals, in batches of 10,000 readings in a transaction each.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import psutil

from city.catalog import Area, Catalog, Department, Device, Point, Sensor, Site, Zone
from city.messages.text import Text
from city.ports import Aggregate, Store
from city.quantity import QUANTITIES
from city.reading import ReadingBatch, SeriesKey
from ingest.stores import STORES

SERIES = 10_000
START_MS = 1_704_067_200_000  # 2024-01-01T00:00:00Z
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def catalog() -> Catalog:
    """A city of river gauges, one to a device."""
    title = Text(ja="計測", en="bench")
    devices = [f"d{i:05}" for i in range(SERIES)]
    level = QUANTITIES["water_level"]
    return Catalog(
        city="bench",
        title=title,
        zones={"z": Zone("z", title)},
        areas={"a": Area("a", title, "z")},
        rivers={},
        sites={"s": Site("s", title, "a", Point(35.9, 136.2))},
        departments={"d": Department("d", title)},
        devices={device: Device(device, title, "z", "s") for device in devices},
        sensors=tuple(Sensor(SeriesKey(d, "level"), title, level, d, "s", "a", "z", "d") for d in devices),
        outline=(),
    )


def batches(count: int, seed: int = 0) -> Iterator[ReadingBatch]:
    """Every series once a minute, a slow walk."""
    random = np.random.default_rng(seed)
    level = random.uniform(0, 5, SERIES)
    series = np.arange(SERIES, dtype=np.int32)
    for minute in range(count):
        level += random.normal(0, 0.01, SERIES)
        at = START_MS + minute * MINUTE_MS + np.sort(random.integers(0, MINUTE_MS, SERIES))
        yield ReadingBatch(series.copy(), at, np.round(level, 2), np.zeros(SERIES, np.uint8))


def half_late(batch: ReadingBatch, span_ms: int, seed: int = 1) -> ReadingBatch:
    """The batch an hour later, with half of its readings spread over the `span_ms` before."""
    random = np.random.default_rng(seed)
    at = batch.time + HOUR_MS
    late = random.random(len(at)) < 0.5
    at[late] -= random.integers(0, span_ms, int(late.sum()))
    order = np.argsort(at, kind="stable")
    return ReadingBatch(batch.series[order], at[order], batch.value[order], batch.quality[order])


def timed(action: Callable[[], object], times: int = 5) -> float:
    """Median seconds of `action`."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        action()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def measure(kind: str, rows: int) -> dict[str, float]:
    """The figures of one store."""
    minutes = rows // SERIES
    end = START_MS + minutes * MINUTE_MS
    last: deque[ReadingBatch] = deque(maxlen=20)
    figures: dict[str, float] = {"rows": minutes * SERIES}
    with tempfile.TemporaryDirectory() as folder:
        store = STORES[kind].open(Path(folder), {})
        store.bind(catalog())
        taken = _write(store, batches(minutes), last)
        figures["write_rows_per_s"] = round(minutes * SERIES / sum(taken))
        figures["write_p50_ms"] = _percentile_ms(taken, 50)
        figures["write_p99_ms"] = _percentile_ms(taken, 99)
        figures["rewrite_same_p50_ms"] = _percentile_ms(_write(store, [*last]), 50)
        for hours in (1, 6):
            late = [half_late(batch, hours * HOUR_MS, i) for i, batch in enumerate(last)]
            figures[f"half_late_{hours}h_p50_ms"] = _percentile_ms(_write(store, late), 50)
        begin = time.perf_counter()
        store.maintain(end + 3 * HOUR_MS)
        figures["maintain_all_s"] = round(time.perf_counter() - begin, 2)
        figures |= _answers(store, end)
        figures["rss_mb"] = round(psutil.Process().memory_info().rss / 1e6)
        begin = time.perf_counter()
        store.close()
        figures["close_s"] = round(time.perf_counter() - begin, 2)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        figures["disk_bytes_per_row"] = round(size / figures["rows"], 2)
        begin = time.perf_counter()
        STORES[kind].open(Path(folder), {}).close()
        figures["open_s"] = round(time.perf_counter() - begin, 2)
    return figures


def _write(store: Store, work: Iterable[ReadingBatch], last: deque[ReadingBatch] | None = None) -> list[float]:
    """Seconds that each batch took; `last` keeps the newest of them."""
    taken = []
    for batch in work:
        taken.append(timed(partial(store.write, batch), 1))
        if last is not None:
            last.append(batch)
    return taken


def _percentile_ms(taken: list[float], percent: int) -> float:
    return round(1e3 * float(np.percentile(taken, percent)), 2)


def _answers(store: Store, end: int) -> dict[str, float]:
    one = np.array([SERIES // 2], np.int64)
    day, year = end - 24 * HOUR_MS, end - 366 * 24 * HOUR_MS
    asked: dict[str, Callable[[], object]] = {
        "latest_ms": store.latest,
        "day_raw_ms": lambda: store.readings(one, day, end),
        "all_raw_ms": lambda: store.readings(one, 0, end),
        "day_by_10min_ms": lambda: store.buckets(int(one[0]), day, end, 10 * MINUTE_MS, Aggregate.MEAN),
        "year_by_hour_ms": lambda: store.buckets(int(one[0]), year, end, HOUR_MS, Aggregate.MEAN),
        "year_by_day_ms": lambda: store.buckets(int(one[0]), year, end, 24 * HOUR_MS, Aggregate.MAX),
    }
    return {name: round(1e3 * timed(action), 2) for name, action in asked.items()}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("kinds", nargs="*", default=["duckdb"])
    arguments.add_argument("--rows", type=int, default=5_000_000)
    asked = arguments.parse_args()
    for kind in asked.kinds:
        print(json.dumps({"store": kind, **measure(kind, asked.rows)}))


if __name__ == "__main__":
    main()
