"""The health of every sensor, said by the city: of its readings of the last hour, how many were without a doubt.

    health = 100 × readings that are neither bad nor suspect / all readings of the sensor, percent

Counted is what arrived in the last six whole spans of ten minutes by the city's clock, readings that were no number or
of an impossible time included. It is said with the first batch of the next span, rounded down, and as a reading of that
moment: where it is not what was said last, and once an hour. Of a sensor that is silent nothing is said: that is what
`no_data` is for. Nothing is said either in the first span after a start, when the backlog comes.

The readings go into the journal with the batch, like any other; what they say is true once and for all.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from city.catalog import Catalog
from city.reading import Bools, Int32s, Int64s, Quality, ReadingBatch
from city.sensor_health import health_key
from ingest.frontier import Frontier
from ingest.quality.check import Memory

SPAN_MS: Final = 600_000  # a river gauge sends once in it; more often would say the same, to a store that keeps it all
SPANS: Final = 6
KEPT: Final = SPANS + 1  # and the one that is not over yet
# A time that the city reckoned leaves a value what it is; whose clock is unsynced stands with the device.
_DOUBT: Final = np.uint8(Quality.BAD | Quality.SUSPECT)
_NO_SPAN: Final = -1


class SensorHealth:
    """Counts for the sensors of one catalog.

    heard, doubted: int32[sensors, KEPT], readings of each span, that of span s at s % KEPT
    """

    def __init__(self, catalog: Catalog) -> None:
        index = catalog.index
        pairs = [(i, index.get(health_key(sensor.key), -1)) for i, sensor in enumerate(catalog.sensors)]
        self._series: Int64s = np.array([of for of, health in pairs if health >= 0], np.int64)
        self._health: Int32s = np.array([health for _, health in pairs if health >= 0], np.int32)
        self._place = np.full(len(catalog.sensors), -1, np.int64)
        self._place[self._series] = np.arange(len(self._series))
        self._heard: NDArray[np.int32] = np.zeros((len(self._series), KEPT), np.int32)
        self._doubted: NDArray[np.int32] = np.zeros((len(self._series), KEPT), np.int32)
        self._span = _NO_SPAN
        self._speaks_from_ms: int | None = None

    def say(self, at_ms: int, frontier: Frontier) -> ReadingBatch:
        """What is to be said in the batch that is closed at `at_ms`, before that batch itself is counted.

        frontier: of the catalog's series: what was said last is there
        """
        if self._speaks_from_ms is None:
            self._speaks_from_ms = at_ms + SPAN_MS
        if not self._turn(at_ms) or at_ms < self._speaks_from_ms:
            return ReadingBatch.empty()
        heard, doubted = self._past(self._heard), self._past(self._doubted)
        percent = np.floor(100 * (heard - doubted) / np.maximum(heard, 1))
        last_ms, last = frontier.time[self._health], frontier.value[self._health]
        due: Bools = (heard > 0) & ((percent != last) | (last_ms // SPAN_MS <= self._span - SPANS)) & (last_ms < at_ms)
        series = self._health[due]
        n = len(series)
        return ReadingBatch(series, np.full(n, at_ms, np.int64), percent[due], np.zeros(n, np.uint8))

    def count(self, at_ms: int, batch: ReadingBatch, unusable: Int32s) -> None:
        """Counts a batch that was closed at `at_ms`; `unusable`: the series of each reading that could not be used."""
        self._turn(at_ms)
        now = self._span % KEPT
        place = self._place[batch.series]
        doubtful = place[(batch.quality & _DOUBT) != 0]
        refused = self._place[unusable]
        for counts, each in ((self._heard, (place, refused)), (self._doubted, (doubtful, refused))):
            for places in each:
                np.add.at(counts[:, now], places[places >= 0], 1)

    def memory(self) -> Memory:
        """The counts of every sensor that was heard in the last hour."""
        there: Int64s = self._past(self._heard).nonzero()[0]
        span = np.full(len(there), self._span, np.int64)
        return Memory(self._series[there], {"heard": self._heard[there], "doubted": self._doubted[there], "span": span})

    def remember(self, memory: Memory) -> None:
        """Takes it up."""
        place = self._place[memory.series]
        here = place >= 0
        if here.any():
            self._heard[place[here]] = memory.columns["heard"][here]
            self._doubted[place[here]] = memory.columns["doubted"][here]
            self._span = int(memory.columns["span"][0])

    def _turn(self, at_ms: int) -> bool:
        """Goes on to the span of `at_ms`, and says whether it is a new one; a clock put back changes nothing."""
        span = at_ms // SPAN_MS
        if span <= self._span:
            return False
        ended = np.arange(max(self._span + 1, span - SPANS), span + 1) % KEPT
        self._heard[:, ended] = 0
        self._doubted[:, ended] = 0
        self._span = span
        return True

    def _past(self, counts: NDArray[np.int32]) -> NDArray[np.int64]:
        total: NDArray[np.int64] = counts.sum(axis=1, dtype=np.int64)
        return total
