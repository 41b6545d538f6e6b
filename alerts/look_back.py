"""Reads from the store what the engine asks of the past, and writes it to the journal, from where the engine takes it.

A store that is behind is waited for, one that is away is asked again; neither keeps the engine from what comes in.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, Protocol, TypeVar, assert_never

import numpy as np
from prometheus_client import CollectorRegistry, Counter

from alerts.fill import FillWanted
from alerts.unseen import PassWanted
from alerts.watch import Watch
from alerts.window import KEPT
from city.catalog import Catalog
from city.clock import Clock
from city.errors import UnavailableError
from city.reading import Int32s, Int64s, Quality, ReadingBatch, SeriesKey

_log = logging.getLogger(__name__)
R = TypeVar("R")

_LOOK_EVERY_S: Final = 1.0  # what is asked costs the engine some microseconds, and new rules wait no longer than that
_RETRY_S: Final = 5.0  # a store that is away is back within seconds, or away for long
_READ_AT_ONCE: Final = 16  # series asked for together: one answer is some megabytes at most
# In one entry, but for the last answer: 5 MB in the journal, and evaluated in a second. The rest is for the next one.
READINGS_AT_ONCE: Final = 262_144
# Of one series in a pass: 45 days at one a minute, 18 hours at one a second.
READINGS_OF_EACH: Final = 65_536
_NO_END_MS: Final = 86_400_000  # no reading lies further in the future


class History(Protocol):
    """Where the readings of the past are."""

    async def reach(self, position: int) -> None:
        """Returns when it has every reading of the journal up to `position`."""
        ...

    def readings(self, keys: Sequence[SeriesKey], start_ms: int, end_ms: int) -> ReadingBatch:
        """Those with start ≤ time < end, by series (index into `keys`), then time. Blocking.

        Raises UnavailableError when the same call may succeed later.
        """
        ...


class PastJournal(Protocol):
    """Where what was read goes. Both give the entry's position, and are durable on return."""

    def append_fill(self, at_ms: int, series: Int32s, batch: ReadingBatch, catalog: Catalog) -> int:
        """A `FillEntry`."""
        ...

    def append_retroactive(
        self, at_ms: int, series: Int32s, from_ms: Int64s, batch: ReadingBatch, catalog: Catalog
    ) -> int:
        """A `RetroactiveEntry`."""
        ...


class LookBack:
    """One task of the city, beside the watch."""

    def __init__(
        self, watch: Watch, journal: PastJournal, history: History, clock: Clock, registry: CollectorRegistry
    ) -> None:
        self._watch = watch
        self._journal = journal
        self._history = history
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, "look back")
        self._filled = Counter("megane_windows_filled", "Series whose windows were filled.", registry=registry)
        self._passes = Counter("megane_retroactive_passes", "Retroactive passes.", registry=registry)
        self._passed = Counter("megane_retroactive_series", "Series looked at in them.", registry=registry)
        self._left_out = Counter(
            "megane_late_readings_left_out", "Late readings that were too many for their pass.", registry=registry
        )

    async def run(self) -> None:
        """Works until it is cancelled."""
        try:
            while True:
                wanted = await self._watch.past_wanted()
                if wanted is None:
                    await self._clock.sleep(_LOOK_EVERY_S)
                    continue
                await self._history.reach(wanted.position)
                position = await self._until_available(partial(self._look, wanted))
                await self._watch.caught_up(position)
        finally:
            self._thread.shutdown()

    def _look(self, wanted: FillWanted | PassWanted) -> int:
        """Reads, and writes what it read; gives the entry's position. Blocking."""
        match wanted:
            case FillWanted():
                series, batch = self._read(wanted, wanted.end_ms, KEPT)
                self._filled.inc(len(series))
                return self._journal.append_fill(self._clock.now_ms(), series, batch, wanted.catalog)
            case PassWanted(start_ms=start):
                series, batch = self._read(
                    wanted, np.full(len(start), _NO_END_MS + self._clock.now_ms()), READINGS_OF_EACH
                )
                from_ms = start[: len(series)]
                self._passes.inc()
                self._passed.inc(len(series))
                return self._journal.append_retroactive(self._clock.now_ms(), series, from_ms, batch, wanted.catalog)
            case _:
                assert_never(wanted)

    def _read(self, wanted: FillWanted | PassWanted, end_ms: Int64s, most: int) -> tuple[Int32s, ReadingBatch]:
        """The series that were read, the first of those wanted, and their newest readings, at most so many of each."""
        parts: list[ReadingBatch] = []
        begin = 0
        while begin < len(wanted.series) and sum(map(len, parts)) < READINGS_AT_ONCE:
            some = slice(begin, begin + _READ_AT_ONCE)
            parts.append(self._some(wanted.catalog, wanted.series[some], wanted.start_ms[some], end_ms[some], most))
            begin += _READ_AT_ONCE
        return wanted.series[:begin].astype(np.int32), ReadingBatch.concat(parts)

    def _some(self, catalog: Catalog, series: Int64s, start: Int64s, end: Int64s, most: int) -> ReadingBatch:
        if (start >= end).all():
            return ReadingBatch.empty()
        keys = [catalog.sensors[k].key for k in series.tolist()]
        found = self._history.readings(keys, int(start.min()), int(end.max()))
        found = found.take((found.time >= start[found.series]) & (found.time < end[found.series]))
        kept = newest_of_each(found, most)
        if len(kept) < len(found):
            self._left_out.inc(_late(found) - _late(kept))
        return ReadingBatch(series[kept.series].astype(np.int32), kept.time, kept.value, kept.quality)

    async def _until_available(self, work: Callable[[], R]) -> R:
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(self._thread, work)
            except UnavailableError as error:
                _log.warning("nothing of the past comes just now: %s", error)
                await self._clock.sleep(_RETRY_S)


def newest_of_each(batch: ReadingBatch, most: int) -> ReadingBatch:
    """At most so many of each series, the newest; `batch` is ordered by series, then time."""
    stop: Int64s = np.searchsorted(batch.series, batch.series, side="right")
    return batch if len(batch) <= most else batch.take(stop - np.arange(len(batch)) <= most)


def _late(batch: ReadingBatch) -> int:
    return int(np.count_nonzero(batch.quality & np.uint8(Quality.LATE)))
