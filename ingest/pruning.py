"""Keeps the journal as short as its retention allows."""

import asyncio
import logging
from typing import Final

from city.clock import Clock
from city.errors import UnavailableError
from ingest.journal.retention import RETENTION_MS
from ingest.journal.writer import Journal

_log = logging.getLogger(__name__)

EVERY_S: Final = 10 * 60.0  # a few hundred entries at a time; the disk does not grow much in between


class Pruning:
    """Prunes the journal every ten minutes."""

    def __init__(self, journal: Journal, clock: Clock, retention_ms: int = RETENTION_MS) -> None:
        self._journal = journal
        self._clock = clock
        self._retention_ms = retention_ms

    async def run(self) -> None:
        """Works until cancelled. What cannot be done now is done the next time."""
        while True:
            await self._clock.sleep(EVERY_S)
            try:
                await asyncio.to_thread(self._journal.prune, self._clock.now_ms() - self._retention_ms)
            except UnavailableError as error:
                _log.warning("the journal is not pruned, and will be later: %s", error)
