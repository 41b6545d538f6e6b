"""A single reading far from those around it: Hampel's identifier over the past.

F. R. Hampel, "The influence curve and its role in robust estimation", Journal of the American Statistical Association
69 (1974) 383; R. K. Pearson, "Outliers in process modeling and identification", IEEE Transactions on Control Systems
Technology 10 (2002) 55. A reading is a spike where it differs from the median of the up to eight readings before it
by more than `SIGMAS` × 1.4826 × their median absolute deviation, and by more than the quantity's least leap; and
differs by as much from the one reading before it. So of a step, which is no spike, only the first reading is doubtful.
"""

from typing import Final

import numpy as np

from city.catalog import Catalog
from city.messages.text import Text
from city.reading import Bools, Float64s, Quality
from ingest.quality.check import Check, Memory
from ingest.quality.stretch import Stretch

# Three are usual where much data is looked at later. The deviation of eight readings is itself unsure by half, and who
# flags live shall rather miss a small spike than doubt a good reading.
SIGMAS: Final = 6.0
FEWEST: Final = 4  # readings before; the median of fewer is one of them
# What is older says nothing of now; eight hourly readings are well inside.
LONGEST_MS: Final = 12 * 3_600_000
_NORMAL: Final = 1.4826  # makes the median absolute deviation of normal noise its standard deviation


class Spike:
    """Needs of the past what every stretch has behind it."""

    def __init__(self, catalog: Catalog) -> None:
        leaps = [sensor.limits.spike for sensor in catalog.sensors]
        self._leap = np.array([np.inf if leap is None else leap for leap in leaps], np.float64)

    def judge(self, stretch: Stretch) -> Bools:
        """Which are spikes. Medians are reckoned only where the reading leaps at all."""
        found = np.zeros(len(stretch), np.bool_)
        leap = self._leap[stretch.series]
        rows = (stretch.change > leap).nonzero()[0]  # nan, where nothing is before, is no leap
        if not len(rows):
            return found
        before_ms, before = stretch.before(rows)
        value = stretch.value[rows]
        before = np.where(before_ms >= stretch.time[rows, None] - LONGEST_MS, before, np.nan)
        middle = medians(before)
        spread = medians(np.abs(before - middle[:, None]))
        least = np.maximum(leap[rows], SIGMAS * _NORMAL * spread)
        enough = np.count_nonzero(~np.isnan(before), axis=1) >= FEWEST
        found[rows[enough & (np.abs(value - middle) > least) & (stretch.change[rows] > least)]] = True
        return found

    def memory(self) -> Memory:
        """Nothing of its own."""
        return Memory(np.empty(0, np.int64), {})

    def remember(self, memory: Memory) -> None:
        """Nothing to take up."""


def medians(rows: Float64s) -> Float64s:
    """float64[n]: the median of each row of float64[n, m], nan left out; nan where there is nothing."""
    ordered = np.sort(rows, axis=1)  # nan comes last
    count = np.count_nonzero(~np.isnan(rows), axis=1)
    each = np.arange(len(rows))
    low, high = ordered[each, np.maximum(count - 1, 0) // 2], ordered[each, np.minimum(count // 2, rows.shape[1] - 1)]
    middle: Float64s = np.where(count > 0, (low + high) / 2, np.nan)
    return middle


SPIKE: Final = Check(
    name="spike",
    title=Text(ja="飛び値", en="Spike"),
    doc=str(__doc__),
    past=Text(ja="直前の 8 つの値(12 時間以内)", en="the eight readings before, of the last 12 hours"),
    bit=Quality.SUSPECT,
    begin=Spike,
)
