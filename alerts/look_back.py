"""Reads from the store what the engine asks of the past, and writes it to the journal, from where the engine takes it.

A store that is behind is waited for, one that is away is asked again; neither keeps the engine from what comes in.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

import numpy as np
from prometheus_client import CollectorRegistry, Counter

from alerts.fill import FillWanted
from alerts.watch import Watch
from alerts.window import KEPT
from city.catalog import Catalog
from city.clock import Clock
from city.errors import UnavailableError
from city.reading import Int32s, Int64s, ReadingBatch, SeriesKey

_log = logging.getLogger(__name__)
R = TypeVar("R")

_LOOK_EVERY_S: Final = 1.0  # what is asked costs the engine some microseconds, and new rules wait no longer than that
_RETRY_S: Final = 5.0  # a store that is away is back within seconds, or away for long
_READ_AT_ONCE: Final = 16  # series asked for together: one answer is some megabytes at most


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
    """Where what was read goes."""

    def append_fill(self, at_ms: int, series: Int32s, batch: ReadingBatch, catalog: Catalog) -> int:
        """A `FillEntry`; gives its position."""
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

    async def run(self) -> None:
        """Works until it is cancelled."""
        try:
            while True:
                fill = await self._watch.fill_wanted()
                if fill is not None:
                    await self._fill(fill)
                else:
                    await self._clock.sleep(_LOOK_EVERY_S)
        finally:
            self._thread.shutdown()

    async def _fill(self, wanted: FillWanted) -> None:
        await self._history.reach(wanted.position)
        batch = await self._until_available(lambda: self._read(wanted))
        series = wanted.series.astype(np.int32)
        at_ms = self._clock.now_ms()
        position = await self._until_available(lambda: self._journal.append_fill(at_ms, series, batch, wanted.catalog))
        await self._watch.caught_up(position)
        self._filled.inc(len(series))

    def _read(self, wanted: FillWanted) -> ReadingBatch:
        parts: list[ReadingBatch] = []
        for begin in range(0, len(wanted.series), _READ_AT_ONCE):
            some = slice(begin, begin + _READ_AT_ONCE)
            series, start, end = wanted.series[some], wanted.start_ms[some], wanted.end_ms[some]
            if (start < end).any():
                keys = [wanted.catalog.sensors[k].key for k in series.tolist()]
                found = self._history.readings(keys, int(start.min()), int(end.max()))
                inside = (found.time >= start[found.series]) & (found.time < end[found.series])
                kept = newest_of_each(found.take(inside), KEPT)
                parts.append(ReadingBatch(series[kept.series].astype(np.int32), kept.time, kept.value, kept.quality))
        return ReadingBatch.concat(parts)

    async def _until_available(self, work: Callable[[], R]) -> R:
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(self._thread, work)
            except UnavailableError as error:
                _log.warning("the store gives nothing of the past just now: %s", error)
                await self._clock.sleep(_RETRY_S)


def newest_of_each(batch: ReadingBatch, most: int) -> ReadingBatch:
    """At most so many of each series, the newest; `batch` is ordered by series, then time."""
    stop: Int64s = np.searchsorted(batch.series, batch.series, side="right")
    return batch if len(batch) <= most else batch.take(stop - np.arange(len(batch)) <= most)
