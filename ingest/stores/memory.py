"""A store that forgets at its end. Plain on purpose: what it answers is what every other store is held to."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec
import numpy as np

from city.catalog import Catalog
from city.messages.text import Text
from city.ports import Aggregate, Buckets, Written
from city.reading import Int64s, Quality, ReadingBatch, SeriesKey
from ingest.stores.hours import HOUR_MS, RAW_DAYS, Hour, hour_of, raw_from_ms
from ingest.stores.kind import StoreKind

Row = tuple[int, int, float, int]  # series index, time, value, quality


class MemoryStore:
    """Readings in dictionaries: first one wins, and hours past the retention are folded into one figure each."""

    def __init__(self, raw_days: int = RAW_DAYS) -> None:
        self._raw_days = raw_days
        self._raw: defaultdict[SeriesKey, dict[int, tuple[float, int]]] = defaultdict(dict)
        self._folded: defaultdict[SeriesKey, dict[int, Hour]] = defaultdict(dict)
        self._keys: list[SeriesKey] = []
        self._lock = Lock()

    def bind(self, catalog: Catalog) -> None:
        """As `Store.bind` says."""
        with self._lock:
            self._keys = [sensor.key for sensor in catalog.sensors]

    def write(self, batch: ReadingBatch) -> Written:
        """As `Store.write` says, but for durability."""
        stored = 0
        with self._lock:
            for series, time, value, quality in _rows(batch):
                readings = self._raw[self._keys[series]]
                if time not in readings:
                    readings[time] = (value, quality)
                    stored += 1
        return Written(stored, len(batch) - stored)

    def latest(self) -> ReadingBatch:
        """As `Store.latest` says."""
        with self._lock:
            newest = ((i, max(self._raw[key], default=None)) for i, key in enumerate(self._keys))
            return _batch([(i, time, *self._raw[self._keys[i]][time]) for i, time in newest if time is not None])

    def readings(self, series: Int64s, start_ms: int, end_ms: int) -> ReadingBatch:
        """As `Store.readings` says."""
        with self._lock:
            return _batch(
                [
                    (i, time, value, quality)
                    for i in sorted(set(series.tolist()))
                    for time, (value, quality) in sorted(self._raw[self._keys[i]].items())
                    if start_ms <= time < end_ms
                ]
            )

    def buckets(self, series: int, start_ms: int, end_ms: int, every_ms: int, how: Aggregate) -> Buckets:
        """As `Store.buckets` says; an hour of which only the figures are left counts where its start lies."""
        parts = [(time, Hour.of(value)) for time, value in self._good(series)]
        if every_ms % HOUR_MS == 0:
            parts += self._folded_hours(series)
        steps: dict[int, Hour] = {}
        for time, part in parts:
            if start_ms <= time < end_ms:
                start = time - time % every_ms
                steps[start] = steps[start].plus(part) if start in steps else part
        starts = sorted(steps)
        return Buckets(np.array(starts, np.int64), np.array([steps[s].value(how) for s in starts], np.float64))

    def maintain(self, now_ms: int) -> None:
        """Folds the hours past the retention: of their readings only the figures stay."""
        with self._lock:
            newest = max((time for readings in self._raw.values() for time in readings), default=None)
            if newest is None:
                return
            raw_from = raw_from_ms(now_ms, newest, self._raw_days)
            for key, readings in self._raw.items():
                hours = self._folded[key]
                for time in [time for time in readings if time < raw_from]:
                    value, quality = readings.pop(time)
                    if not quality & Quality.BAD:
                        hour = hour_of(time)
                        hours[hour] = hours[hour].plus(Hour.of(value)) if hour in hours else Hour.of(value)

    def close(self) -> None:
        """Nothing is held."""

    def _good(self, series: int) -> list[tuple[int, float]]:
        with self._lock:
            readings = sorted(self._raw[self._keys[series]].items())
            return [(time, value) for time, (value, quality) in readings if not quality & Quality.BAD]

    def _folded_hours(self, series: int) -> list[tuple[int, Hour]]:
        with self._lock:
            return sorted(self._folded[self._keys[series]].items())


def _rows(batch: ReadingBatch) -> Iterator[Row]:
    return zip(batch.series.tolist(), batch.time.tolist(), batch.value.tolist(), batch.quality.tolist(), strict=True)


def _batch(rows: list[Row]) -> ReadingBatch:
    """Rows as columns."""
    return ReadingBatch(
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
        np.array([row[3] for row in rows], np.uint8),
    )


class MemorySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the store in memory is set up."""

    raw_days: int = RAW_DAYS


def _open(_folder: Path, settings: MemorySettings) -> MemoryStore:
    return MemoryStore(settings.raw_days)


KIND: Final = StoreKind(
    name="memory",
    title=Text(
        ja="メモリ上の保存先です。終了すると消えます(試験と練習用)。",
        en="In memory, gone at the end: for trials and practice.",
    ),
    settings=MemorySettings,
    example={"raw_days": 30},
    make=_open,
)
