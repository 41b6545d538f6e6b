"""An engine with a store beside it, from which it is given what it asks of the past."""

import numpy as np

from alerts.engine import Engine
from city.alert import AlertEvent
from city.catalog import Catalog
from city.entry import BatchEntry, Entry, RetroactiveEntry
from city.reading import ReadingBatch


class LookingEngine:
    """Steps, and remembers as a store does: of a series and time the first reading stands."""

    def __init__(self, engine: Engine, catalog: Catalog) -> None:
        self.engine = engine
        self.catalog = catalog
        self.position = engine.position
        self.entries: list[Entry] = []
        self._stored: dict[tuple[int, int], tuple[int, float, int]] = {}  # series, time → position, value, quality

    def step(self, entry: Entry) -> list[AlertEvent]:
        self.position = entry.position
        self.entries.append(entry)
        if isinstance(entry, BatchEntry):
            batch = entry.batch
            for series, time, value, quality in zip(
                batch.series.tolist(), batch.time.tolist(), batch.value.tolist(), batch.quality.tolist(), strict=True
            ):
                self._stored.setdefault((series, time), (entry.position, value, quality))
        return self.engine.step(entry)

    def asked(self, now_ms: int, behind: int = 0) -> RetroactiveEntry | None:
        """The pass that is wanted, of a store that is `behind` entries; None where none is."""
        wanted = self.engine.pass_wanted(now_ms)
        if wanted is None:
            return None
        upto = max(wanted.position, self.position - behind)
        start = dict(zip(wanted.series.tolist(), wanted.start_ms.tolist(), strict=True))
        rows = sorted(
            (series, time, value, quality)
            for (series, time), (position, value, quality) in self._stored.items()
            if position <= upto and series in start and time >= start[series]
        )
        batch = ReadingBatch(
            np.array([row[0] for row in rows], np.int32),
            np.array([row[1] for row in rows], np.int64),
            np.array([row[2] for row in rows], np.float64),
            np.array([row[3] for row in rows], np.uint8),
        )
        return RetroactiveEntry(self.position + 1, now_ms, wanted.series.astype(np.int32), wanted.start_ms, batch)

    def look(self, now_ms: int, behind: int = 0) -> list[AlertEvent]:
        """The pass itself, where one is wanted."""
        entry = self.asked(now_ms, behind)
        return [] if entry is None else self.step(entry)
