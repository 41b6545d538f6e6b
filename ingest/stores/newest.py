"""The newest reading of every series, in memory: what a map shows, and what tells a new reading from a late one."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from city.reading import Float64s, Int64s, ReadingBatch, UInt8s

NEVER: Final = int(np.iinfo(np.int64).min)


@dataclass(frozen=True, slots=True)
class Newest:
    """One entry a series, by its id in the store; `time` is NEVER where there is none."""

    time: Int64s
    value: Float64s
    quality: UInt8s

    @classmethod
    def of_none(cls, length: int) -> "Newest":
        """No readings yet."""
        return cls(np.full(length, NEVER), np.zeros(length), np.zeros(length, np.uint8))

    def grown(self, length: int) -> "Newest":
        """The same for more series."""
        more = Newest.of_none(length - len(self.time))
        return Newest(
            np.concatenate((self.time, more.time)),
            np.concatenate((self.value, more.value)),
            np.concatenate((self.quality, more.quality)),
        )

    def with_readings(self, readings: ReadingBatch, *, overwriting: bool = False) -> "Newest":
        """A copy in which these readings (series are ids of the store) count too.

        overwriting: whether of the same (series, time) the last stands, not the first
        """
        ids, time = readings.series, readings.time
        rows = np.flatnonzero(time >= self.time[ids] if overwriting else time > self.time[ids])
        rows = rows[np.lexsort((time[rows], ids[rows]))]
        last = rows[np.diff(ids[rows], append=-1) != 0]
        new = Newest(self.time.copy(), self.value.copy(), self.quality.copy())
        new.time[ids[last]], new.value[ids[last]] = time[last], readings.value[last]
        new.quality[ids[last]] = readings.quality[last]
        return new

    def since(self, raw_from: int) -> "Newest":
        """Without those before `raw_from`."""
        return Newest(np.where(self.time < raw_from, NEVER, self.time), self.value, self.quality)
