"""What can be used of a batch, and what is doubtful about it: one vectorized pass over its columns.

What cannot be used (not finite, impossible time) goes to the quarantine. What is doubtful goes on with a flag: not
newer than its series' frontier `late`, and what the quality checks find (ingest/quality).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.catalog import Catalog
from city.reading import Bools, Float64s, Int32s, Int64s, Quality, ReadingBatch, UInt8s
from ingest.frontier import Frontier
from ingest.quality.examination import Examination
from ingest.quality.out_of_range import RANGE, OutOfRange

# 2000-01-01 UTC. A clock that was never set says 1970 and a little; the city has no sensor, and no archive of
# readings, from before this. Later wrong dates cannot be told from an archive's and show as late or old readings.
EARLIEST_MS: Final = 946_684_800_000
AHEAD_MS: Final = 10 * 60_000  # formats.md: live, a clock may run 10 min ahead; further it is wrong, not just off

# NumPy would widen a column by an IntFlag; these are of the column's own type.
_BAD, _LATE = np.uint8(Quality.BAD), np.uint8(Quality.LATE)


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


@dataclass(frozen=True, slots=True)
class Flagged:
    """The batch that goes into the journal. found: how many of its readings each check found doubtful, by name."""

    batch: ReadingBatch
    found: Mapping[str, int]


class Validation:
    """Flags what is doubtful, with the limits of one catalog. Live and replay of files use the same."""

    def __init__(self, catalog: Catalog, frontier: Frontier, examination: Examination | None = None) -> None:
        """`frontier` is that of the catalog's series; it moves with every batch flagged, and `examination` too.

        examination: with what its checks know of the past already; None: they begin anew
        """
        self._range = OutOfRange(catalog)
        self.examination = examination or Examination(catalog)
        self.frontier = frontier

    def flag(self, series: Int32s, time: Int64s, value: Float64s, quality: UInt8s) -> ReadingBatch:
        """The batch alone, of readings each of which arrived at its own time."""
        return self.examine(series, time, value, quality, time).batch

    def examine(self, series: Int32s, time: Int64s, value: Float64s, quality: UInt8s, arrived: Int64s) -> Flagged:
        """The batch that goes into the journal: usable readings in order of arrival become sorted by time (equal
        times stay in that order), with the bit `late` and those of the quality checks added to their `quality`.
        """
        order = np.argsort(time, kind="stable")
        series, time, value, quality = series[order], time[order], value[order], quality[order]
        bad = self._range.outside(series, value)
        quality[bad] |= _BAD
        quality[self.frontier.late(series, time)] |= _LATE
        findings = self.examination.examine(ReadingBatch(series, time, value, quality.copy()), arrived[order])
        found = {RANGE.name: int(np.count_nonzero(bad))}
        for finding in findings:
            quality[finding.rows] |= np.uint8(finding.check.bit)
            found[finding.check.name] = len(finding.rows)
        batch = ReadingBatch(series, time, value, quality)
        self.frontier.advance(batch)
        return Flagged(batch, found)
