"""After a start: when the backlog of the time the city was down is through."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np

from city.catalog import Catalog
from city.clock import Clock
from city.errors import UnavailableError
from city.ports import JournalWriter
from city.reading import Int64s, Quality, ReadingBatch
from ingest.retry import until_available

QUIET_MS: Final = 10_000  # rules.md: so long, fewer than 1 % of new readings were older than their delay
LONGEST_MS: Final = 10 * 60_000  # rules.md: then the clock moves timers again, whatever still comes in
OLD_SHARE: Final = 0.01
_LOOK_EVERY_S: Final = 1.0


class CatchUp:
    """Writes the journal's `StartEntry` and, when the backlog is through, its `CaughtUpEntry`.

    New readings are those that are not late: what devices send again has been heard before.
    """

    def __init__(self, journal: JournalWriter, catalog: Catalog, clock: Clock, rng: random.Random) -> None:
        self._journal = journal
        self._clock = clock
        self._rng = rng
        self._delay_ms: Int64s = np.array([sensor.delay_ms for sensor in catalog.sensors], np.int64)
        self._seen: deque[tuple[int, int, int]] = deque()  # (at_ms, new readings, old ones among them)
        self._through = False

    @property
    def through(self) -> bool:
        """Whether the `CaughtUpEntry` is written."""
        return self._through

    async def start(self) -> None:
        """Writes the `StartEntry`. To be awaited before the first batch is journaled."""
        await self._append(self._journal.append_start)

    async def run(self) -> None:
        """Waits until the backlog is through, writes the `CaughtUpEntry`, and returns."""
        began_ms = self._clock.now_ms()
        while (now_ms := self._clock.now_ms()) < began_ms + LONGEST_MS:
            began_ms = min(began_ms, now_ms)  # a clock that is put back an hour must not hold timers up for an hour
            if now_ms >= began_ms + QUIET_MS and self._is_quiet(now_ms):
                break
            await self._clock.sleep(_LOOK_EVERY_S)
        await self._append(self._journal.append_caught_up)
        self._through = True
        self._seen.clear()

    def observe(self, at_ms: int, batch: ReadingBatch) -> None:
        """Looks at a batch that went into the journal."""
        if self._through:
            return
        new = (batch.quality & Quality.LATE) == 0
        old = new & (at_ms - batch.time > self._delay_ms[batch.series])
        self._seen.append((at_ms, int(new.sum()), int(old.sum())))
        self._forget(at_ms)

    def _forget(self, now_ms: int) -> None:
        # What lies ahead of now was seen before the clock was put back.
        while self._seen and not now_ms - QUIET_MS < self._seen[0][0] <= now_ms:
            self._seen.popleft()

    def _is_quiet(self, now_ms: int) -> bool:
        self._forget(now_ms)
        new = sum(seen[1] for seen in self._seen)
        old = sum(seen[2] for seen in self._seen)
        return old == 0 or old < OLD_SHARE * new

    async def _append(self, append: Callable[[int], int]) -> None:
        """One of the journal's marks, at the present time; while the journal cannot take it, again and again."""

        async def attempt() -> None:
            await asyncio.to_thread(append, self._clock.now_ms())

        await until_available(attempt, self._clock, self._rng, _warn)


def _warn(error: UnavailableError) -> None:
    logging.getLogger(__name__).warning("the journal takes no mark just now: %s", error)
