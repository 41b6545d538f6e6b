"""What can be used of a batch, and what is doubtful about it: one vectorized pass over its columns.

What cannot be used (not finite, impossible time) goes to the quarantine. What is doubtful goes on with a flag: outside
the physical range `bad`, changed at an implausible rate `suspect`, not newer than its series' frontier `late`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from city.catalog import Catalog
from city.reading import Bools, Float64s, Int32s, Int64s, Quality, ReadingBatch, UInt8s
from ingest.frontier import NEVER, Frontier

# 2000-01-01 UTC. A clock that was never set says 1970 and a little; the city has no sensor, and no archive of
# readings, from before this. Later wrong dates cannot be told from an archive's and show as late or old readings.
EARLIEST_MS: Final = 946_684_800_000
AHEAD_MS: Final = 10 * 60_000  # formats.md: live, a clock may run 10 min ahead; further it is wrong, not just off

# A change is judged over no less than a minute: between two readings a second apart the last digit of a gauge alone
# would look like metres an hour.
SHORTEST_STEP_MS: Final = 60_000
_HOUR_MS: Final = 3_600_000
# NumPy would widen a column by an IntFlag; these are of the column's own type.
_BAD, _SUSPECT, _LATE = np.uint8(Quality.BAD), np.uint8(Quality.SUSPECT), np.uint8(Quality.LATE)


@dataclass(frozen=True, slots=True)
class Unusable:
    """Which readings go to the quarantine: bool[n] each, no reading in both."""

    not_finite: Bools
    impossible_time: Bools

    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.not_finite.any() or self.impossible_time.any())

    @property
    def usable(self) -> Bools:
        """bool[n]: the others."""
        usable: Bools = ~(self.not_finite | self.impossible_time)
        return usable


def find_unusable(time: Int64s, value: Float64s, latest_ms: Int64s | int) -> Unusable:
    """What of the readings cannot be used.

    latest_ms: the latest possible time of each; live that is its arrival + `AHEAD_MS`
    """
    not_finite = ~np.isfinite(value)
    impossible_time = ((time < EARLIEST_MS) | (time > latest_ms)) & ~not_finite
    return Unusable(not_finite, impossible_time)


class Validation:
    """Flags what is doubtful, with the limits of one catalog. Live and replay of files use the same."""

    def __init__(self, catalog: Catalog, frontier: Frontier) -> None:
        """`frontier` is that of the catalog's series; it moves with every batch flagged."""
        n = len(catalog.sensors)
        sensors = catalog.sensors
        self._low = np.fromiter((s.quantity.low if s.low is None else s.low for s in sensors), np.float64, n)
        self._high = np.fromiter((s.quantity.high if s.high is None else s.high for s in sensors), np.float64, n)
        self._rate_per_ms = np.fromiter((s.quantity.rate_per_hour / _HOUR_MS for s in sensors), np.float64, n)
        self.frontier = frontier

    def flag(self, series: Int32s, time: Int64s, value: Float64s, quality: UInt8s) -> ReadingBatch:
        """The batch that goes into the journal: usable readings in order of arrival become sorted by time (equal
        times stay in that order), with the bits `bad`, `suspect` and `late` added to their `quality`.
        """
        order = np.argsort(time, kind="stable")
        series, time, value, quality = series[order], time[order], value[order], quality[order]
        bad = (value < self._low[series]) | (value > self._high[series])
        late = self.frontier.late(series, time)
        quality[bad] |= _BAD
        quality[late] |= _LATE
        quality[self._implausible(series, time, value, ~(bad | late))] |= _SUSPECT
        batch = ReadingBatch(series, time, value, quality)
        self.frontier.advance(batch)
        return batch

    def _implausible(self, series: Int32s, time: Int64s, value: Float64s, judged: Bools) -> Int64s:
        """Rows (of readings sorted by time) whose change since the series' previous reading is too fast.

        Previous is the newest earlier reading that is neither bad nor late, in this batch or at the frontier; of equal
        times the first counts, and the others are not judged. A series' first reading has nothing to be judged by.
        """
        rows = judged.nonzero()[0]
        rows = rows[np.argsort(series[rows], kind="stable")]  # by series, each in order of time
        s, t, v = series[rows], time[rows], value[rows]
        first = np.ones(len(rows), np.bool_)  # of its series and time
        first[1:] = (s[1:] != s[:-1]) | (t[1:] != t[:-1])
        rows, s, t, v = rows[first], s[first], t[first], v[first]
        before_t, before_v = self.frontier.time[s], self.frontier.value[s]
        follows = (s[1:] == s[:-1]).nonzero()[0]  # the row after it has it as its previous
        before_t[follows + 1], before_v[follows + 1] = t[follows], v[follows]
        known = before_t != NEVER
        step_ms = np.maximum(t - np.where(known, before_t, t), SHORTEST_STEP_MS)
        implausible = known & (np.abs(v - before_v) > self._rate_per_ms[s] * step_ms)
        suspect: Int64s = rows[implausible]
        return suspect
