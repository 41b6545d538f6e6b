"""What comes in, marked as the ingester would mark it."""

from collections.abc import Sequence

import numpy as np

from alerts.script.case import Reading
from city.catalog import Catalog
from city.reading import Quality, ReadingBatch, SeriesKey


class Arrivals:
    """The frontiers of a case's series; times of readings count from `start_ms`."""

    def __init__(self, start_ms: int) -> None:
        self._start_ms = start_ms
        self._frontier: dict[SeriesKey, int] = {}

    def batch(self, readings: Sequence[Reading], catalog: Catalog) -> ReadingBatch:
        """In order of time, marked `bad` by their values and `late` by the frontiers before them."""
        readings = sorted(readings, key=lambda reading: reading.time_ms)
        keys = [SeriesKey.parse(reading.series or "") for reading in readings]
        times = [self._start_ms + reading.time_ms for reading in readings]
        quality = [int(r.quality) | _bad(catalog, key, r.value) for key, r in zip(keys, readings, strict=True)]
        late = [key in self._frontier and time <= self._frontier[key] for key, time in zip(keys, times, strict=True)]
        for key, time, marks in zip(keys, times, quality, strict=True):
            if not marks & Quality.BAD:
                self._frontier[key] = max(time, self._frontier.get(key, time))
        return ReadingBatch(
            np.array([catalog.index[key] for key in keys], np.int32),
            np.array(times, np.int64),
            np.array([reading.value for reading in readings], np.float64),
            np.array(quality, np.uint8) | np.where(late, np.uint8(Quality.LATE), np.uint8(0)),
        )


def _bad(catalog: Catalog, key: SeriesKey, value: float) -> int:
    """`bad` where the value is outside of what is physically possible."""
    sensor = catalog.sensors[catalog.index[key]]
    low = sensor.quantity.low if sensor.low is None else sensor.low
    high = sensor.quantity.high if sensor.high is None else sensor.high
    return 0 if low <= value <= high else int(Quality.BAD)
