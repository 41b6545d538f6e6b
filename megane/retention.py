"""How much of the journal is kept."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from city.clock import Clock
from city.errors import UnavailableError
from ingest.journal.writer import Journal

_log = logging.getLogger(__name__)

# An hour beside a retention of two days is nothing, and a pruning is small work then.
EVERY: Final = timedelta(hours=1)


class Retention:
    """Lets go of what is past its retention and needed by nobody, every hour until cancelled."""

    def __init__(self, journal: Journal, clock: Clock, keep: timedelta) -> None:
        self._journal = journal
        self._clock = clock
        self._keep = keep

    async def run(self) -> None:
        """Prunes, waits, prunes; what cannot be done now is done the next hour."""
        while True:
            before_ms = self._clock.now_ms() - self._keep // timedelta(milliseconds=1)
            try:
                await asyncio.to_thread(self._journal.prune, before_ms)
            except UnavailableError as e:
                _log.warning("the journal cannot be pruned just now: %s", e)
            await self._clock.sleep(EVERY.total_seconds())
