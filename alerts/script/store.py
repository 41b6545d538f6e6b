"""The store of a case: what came in, for whoever looks back."""

import numpy as np

from city.catalog import Catalog
from city.reading import Int64s, ReadingBatch, SeriesKey


class ScriptStore:
    """Readings by series and time; of two with the same, the first counts."""

    def __init__(self) -> None:
        self._readings: dict[tuple[SeriesKey, int], tuple[float, int]] = {}

    def write(self, batch: ReadingBatch, catalog: Catalog) -> None:
        """Takes readings in."""
        keys = [catalog.sensors[index].key for index in batch.series.tolist()]
        for key, time_ms, value, quality in zip(
            keys, batch.time.tolist(), batch.value.tolist(), batch.quality.tolist(), strict=True
        ):
            self._readings.setdefault((key, time_ms), (value, quality))

    def read(self, series: Int64s, start_ms: Int64s, end_ms: Int64s, catalog: Catalog) -> ReadingBatch:
        """Those with start ≤ time < end, by series, then time.

        series, start_ms, end_ms: int64[k] each, the series as indices in the catalog, ascending
        """
        rows = [
            (index, time_ms, value, quality)
            for index, start, end in zip(series.tolist(), start_ms.tolist(), end_ms.tolist(), strict=True)
            for (key, time_ms), (value, quality) in sorted(self._readings.items(), key=lambda row: row[0])
            if key == catalog.sensors[index].key and start <= time_ms < end
        ]
        columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
        return ReadingBatch(
            np.array(columns[0], np.int32),
            np.array(columns[1], np.int64),
            np.array(columns[2], np.float64),
            np.array(columns[3], np.uint8),
        )
