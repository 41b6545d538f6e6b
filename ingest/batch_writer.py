"""Batches on their way into the journal, each validated once and appended until the journal takes it. Blocking."""

import logging
from collections.abc import Sequence
from typing import Final

from city.catalog import Catalog
from city.errors import UnavailableError
from city.ports import ClockOffset
from ingest.gathering import ClosedBatch, Gathering, close
from ingest.journal.writer import Journal
from ingest.quarantine import QUARANTINE_BYTES
from ingest.standing import pack_standing, restore_standing

_log = logging.getLogger(__name__)

# Where it stands is saved after so much, which a start may have to read again: half a second's work.
_SAVE_READINGS: Final = 1_000_000
_SAVE_BATCHES: Final = 2_000


class BatchWriter:
    """Used by one thread at a time, batch after batch: frontier and quality checks move with each."""

    def __init__(self, journal: Journal, catalog: Catalog) -> None:
        """Finds again where validation stood: what was saved, and the journal's batches after it."""
        self._journal = journal
        self._catalog = catalog
        self._keys = tuple(sensor.key for sensor in catalog.sensors)
        self._standing = restore_standing(journal.saved_frontier(), journal.reader, catalog)
        self._readings = 0
        self._batches = 0

    def close(self, gathering: Gathering, at_ms: int, offsets: Sequence[ClockOffset]) -> ClosedBatch:
        """The gathered messages as one batch, ready for `append`. `offsets` are those first used in it."""
        room = QUARANTINE_BYTES - self._journal.quarantine_bytes
        return close(gathering, at_ms, self._standing, self._keys, offsets, room)

    def append(self, closed: ClosedBatch) -> None:
        """Durable on return. Raises UnavailableError when nothing was written and the same call may succeed later."""
        position = self._journal.append_batch(
            closed.at_ms, closed.batch, self._catalog, closed.kept, closed.offsets, closed.released
        )
        self._readings += len(closed.batch)
        self._batches += 1
        if self._readings >= _SAVE_READINGS or self._batches >= _SAVE_BATCHES:
            self._save_standing(position)

    def newest_value(self, series: int) -> float:
        """The value at the series' frontier, NaN before its first reading. From any thread."""
        return float(self._standing.validation.frontier.value[series])

    def finish(self) -> None:
        """Saves where it stands after the last batch, so that the next start reads nothing again."""
        if self._batches:
            self._save_standing(self._journal.tail.position)

    def _save_standing(self, position: int) -> None:
        """Only called when every batch that was closed is also in the journal."""
        try:
            self._journal.save_frontier(position, pack_standing(self._standing, self._keys))
        except UnavailableError as error:
            _log.warning("where things stand is not saved, and will be after the next batch: %s", error)
            return
        self._readings = self._batches = 0
