"""The readings of the past, as the engine asks for them: those in the store."""

from collections.abc import Sequence

import numpy as np

from city.errors import UnavailableError
from city.ports import Store
from city.reading import ReadingBatch, SeriesKey
from ingest.store_writer import StoreWriter


class StoredPast:
    """Implements `alerts.look_back.History`."""

    def __init__(self, store: Store, store_writer: StoreWriter) -> None:
        self._store = store
        self._store_writer = store_writer

    async def reach(self, position: int) -> None:
        """Returns when the store has every reading of the journal up to `position`."""
        await self._store_writer.reach(position)

    def readings(self, keys: Sequence[SeriesKey], start_ms: int, end_ms: int) -> ReadingBatch:
        """Those with start ≤ time < end, by series (index into `keys`), then time; none of series that it has not.

        Blocking. Raises UnavailableError when the same call may succeed later.
        """
        bound = self._store_writer.bound
        index = bound.index if bound is not None else {}
        series = np.array([index.get(key, -1) for key in keys], np.int64)
        known = np.flatnonzero(series >= 0)
        known = known[np.argsort(series[known])]
        found = self._store.readings(series[known], start_ms, end_ms) if known.size else ReadingBatch.empty()
        if bound is None or self._store_writer.bound is not bound:
            raise UnavailableError("another catalog takes its place")
        place = known[np.searchsorted(series[known], found.series)]
        order = np.lexsort((found.time, place))
        return ReadingBatch(place[order].astype(np.int32), found.time[order], found.value[order], found.quality[order])
