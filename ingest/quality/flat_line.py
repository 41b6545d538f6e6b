"""The value has stayed the same for longer than the quantity ever does: a sensor that is stuck, frozen or cut off.

The same is: closer to the reading before than half of the sensor's smallest step. `FEWEST` readings at least must have
been the same, so that one that reports once a day is not stuck on its second day. At or below its `rest` (no rain, a
dry road) a value may stay for ever.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from city.catalog import Catalog
from city.messages.text import Text
from city.reading import Bools, Int64s, Quality
from ingest.quality.check import Check, Memory
from ingest.quality.stretch import NEVER, Stretch, carried

FEWEST: Final = 6
# Of a sensor whose step is not known: what a conversion of units leaves between two equal numbers.
_ROUNDING: Final = 1e-9
_ENDLESS_MS: Final = int(np.iinfo(np.int64).max)


class FlatLine:
    """since: int64[series], time of the first of the newest equal readings; count: int64[series], how many they are."""

    def __init__(self, catalog: Catalog) -> None:
        sensors = catalog.sensors
        limits = [sensor.limits for sensor in sensors]
        self._longest_ms = np.array([_ENDLESS_MS if x.flat_ms is None else x.flat_ms for x in limits], np.int64)
        self._rest = np.array([-1.0 if x.rest is None else x.rest for x in limits], np.float64)
        self._apart = np.array([max((s.resolution or 0.0) / 2, _ROUNDING) for s in sensors], np.float64)
        self._since: NDArray[np.int64] = np.full(len(sensors), NEVER, np.int64)
        self._count: NDArray[np.int64] = np.zeros(len(sensors), np.int64)

    def judge(self, stretch: Stretch) -> Bools:
        """Which go on a flat line."""
        series, ends = stretch.series, stretch.ends()
        same = stretch.change < self._apart[series]
        if not same.any():
            self._since[series[ends]], self._count[series[ends]] = stretch.time[ends], 1
            return same
        row, began = np.arange(len(stretch)), carried(~same)
        inside = began >= stretch.first  # else the line began before this stretch
        since = np.where(inside, stretch.time[began], self._since[series])
        count = np.where(inside, row - began + 1, stretch.number() + self._count[series])
        self._since[series[ends]], self._count[series[ends]] = since[ends], count[ends]
        flat: Bools = (count >= FEWEST) & (stretch.time - since >= self._longest_ms[series])
        flat &= np.abs(stretch.value) > self._rest[series]
        return flat

    def memory(self) -> Memory:
        """Since when, and how many, of every series with a reading."""
        there: Int64s = (self._count > 0).nonzero()[0]
        return Memory(there, {"since": self._since[there], "count": self._count[there]})

    def remember(self, memory: Memory) -> None:
        """Takes it up."""
        if len(memory.series):
            self._since[memory.series] = memory.columns["since"]
            self._count[memory.series] = memory.columns["count"]


FLAT: Final = Check(
    name="flat",
    title=Text(ja="値の固まり", en="Flat line"),
    doc=str(__doc__),
    past=Text(ja="同じ値になった時刻と、その数", en="when the value became what it is, and how many readings ago"),
    bit=Quality.SUSPECT,
    begin=FlatLine,
)
