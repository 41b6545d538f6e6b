"""After a start: the journal's marks around the backlog of the time the city was down."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final

from city.backlog import Backlog
from city.catalog import Catalog
from city.clock import Clock
from city.errors import UnavailableError
from city.ports import JournalWriter
from city.reading import ReadingBatch
from ingest.retry import until_available

_LOOK_EVERY_S: Final = 1.0


class CatchUp:
    """Writes the journal's `StartEntry` and, when the backlog is through, its `CaughtUpEntry`."""

    def __init__(self, journal: JournalWriter, catalog: Catalog, clock: Clock, rng: random.Random) -> None:
        self._journal = journal
        self._clock = clock
        self._rng = rng
        self._backlog = Backlog(catalog, clock.now_ms())
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
        self._backlog.begin(self._clock.now_ms())
        while not self._backlog.is_through(self._clock.now_ms()):
            await self._clock.sleep(_LOOK_EVERY_S)
        await self._append(self._journal.append_caught_up)
        self._through = True

    def observe(self, at_ms: int, batch: ReadingBatch) -> None:
        """Looks at a batch that went into the journal."""
        if not self._through:
            self._backlog.observe(at_ms, batch)

    async def _append(self, append: Callable[[int], int]) -> None:
        """One of the journal's marks, at the present time; while the journal cannot take it, again and again."""

        async def attempt() -> None:
            await asyncio.to_thread(append, self._clock.now_ms())

        await until_available(attempt, self._clock, self._rng, _warn)


def _warn(error: UnavailableError) -> None:
    logging.getLogger(__name__).warning("the journal takes no mark just now: %s", error)
