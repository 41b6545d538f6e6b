"""Readings to be judged, with the past of their series behind them so that a check sees both at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from city.reading import Bools, Float64s, Int32s, Int64s

# A median of eight stands against three wrong ones; more readings would lag further behind a river that rises, and
# each costs 16 bytes a series.
PAST: Final = 8
NEVER: Final = int(np.iinfo(np.int64).min)


class Past:
    """The last `PAST` readings of each series, in a ring.

    time: int64[series, PAST], ms, `NEVER` where there is none; value: float64[series, PAST]
    newest: int64[series], the place of the newest in its ring
    """

    def __init__(self, count: int) -> None:
        self.time: NDArray[np.int64] = np.full((count, PAST), NEVER, np.int64)
        self.value: NDArray[np.float64] = np.full((count, PAST), np.nan)
        self.newest: NDArray[np.int64] = np.zeros(count, np.int64)

    def columns(self) -> Mapping[str, NDArray[np.int64] | NDArray[np.float64]]:
        """All of it by name."""
        return {"time": self.time, "value": self.value, "newest": self.newest}

    def take_in(self, stretch: "Stretch") -> None:
        """The readings of a stretch that was laid behind this past become part of it."""
        ends = stretch.ends()
        counts = np.diff(ends, prepend=-1)
        fits = np.repeat(ends, counts) - np.arange(len(stretch)) < PAST
        series, place = stretch.series[fits], stretch.number()[fits]
        slot = (self.newest[series] + place) % PAST
        self.time[series, slot], self.value[series, slot] = stretch.time[fits], stretch.value[fits]
        self.newest[stretch.series[ends]] = (self.newest[stretch.series[ends]] + counts) % PAST


@dataclass(frozen=True, slots=True)
class Stretch:
    """Usable readings that are neither bad nor late, the first of each series and time, by series and then time.

    series int32[n], time int64[n] (ms), value float64[n] (canonical unit)
    arrived: int64[n], ms of the city's clock
    begins: bool[n], the first reading of its series in this stretch; first: int64[n], the row where that stands
    before_time, before_value: the reading before of the same series; `NEVER` and nan where there is none
    change: float64[n], by how much the value differs from the one before, never negative; nan where there is none
    """

    past: Past
    series: Int32s
    time: Int64s
    value: Float64s
    arrived: Int64s
    begins: Bools
    first: Int64s
    before_time: Int64s
    before_value: Float64s
    change: Float64s

    def __len__(self) -> int:
        return len(self.series)

    def ends(self) -> Int64s:
        """Rows that are the last of their series."""
        last: Int64s = np.append(self.begins[1:], True).nonzero()[0] if len(self) else np.empty(0, np.int64)
        return last

    def number(self) -> Int64s:
        """int64[n]: each reading's number among those of its series in this stretch, from 1."""
        number: Int64s = np.arange(1, len(self) + 1) - self.first
        return number

    def before(self, rows: Int64s, back: int = PAST) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """int64[rows, back] and float64[rows, back]: times and values of the readings before, the newest first."""
        here = rows[:, None] - np.arange(1, back + 1)
        row, step = np.nonzero(here < self.first[rows, None])  # these lie in the past: a few at the head of each series
        np.maximum(here, 0, out=here)
        time, value = self.time[here], self.value[here]
        at = rows[row]
        series = self.series[at]
        slot = (self.past.newest[series] - step + (at - self.first[at])) % PAST
        time[row, step], value[row, step] = self.past.time[series, slot], self.past.value[series, slot]
        return time, value


def lay(past: Past, series: Int32s, time: Int64s, value: Float64s, arrived: Int64s) -> Stretch:
    """The readings, ordered by series and time, behind their past; `Past.take_in` ends it."""
    begins = np.ones(len(series), np.bool_)
    begins[1:] = series[1:] != series[:-1]
    heads = begins.nonzero()[0]
    at = series[heads]
    before_time, before_value = np.empty_like(time), np.empty_like(value)
    before_time[1:], before_value[1:] = time[:-1], value[:-1]
    before_time[heads], before_value[heads] = past.time[at, past.newest[at]], past.value[at, past.newest[at]]
    change = np.abs(value - before_value)
    return Stretch(past, series, time, value, arrived, begins, carried(begins), before_time, before_value, change)


def carried(marks: Bools) -> Int64s:
    """int64[n]: for each place the newest marked one at or before it, −1 where there is none."""
    newest: Int64s = np.maximum.accumulate(np.where(marks, np.arange(len(marks)), -1))
    return newest
