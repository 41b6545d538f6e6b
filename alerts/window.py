"""The past of every series that rules look back at, shared by all of them.

Each series has a slab of contiguous samples in one arena, so that every window is a slice of memory. A full slab is
moved to its front, without what no window reaches any more; one that is too small moves to the end of the arena, half
as large again. An arena that is full is copied without the slabs left behind.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from city.reading import Float64s, Int64s, UInt8s

MAX_SAMPLES: Final = 8_192  # rules.md: samples per window and series; at one a minute 5.7 days
KEPT: Final = MAX_SAMPLES + 1  # delta() looks one sample past its window
_AT_ONCE: Final = 1 << 20  # samples moved together: 8 MB of indices
_SMALLEST: Final = 8  # samples in the smallest slab: what only `last()` looks at is moved every seventh reading

# Places of a column, ascending: a slice where they follow one another, since that copies nothing.
Rows = slice | Int64s


# A search by itself costs a few microseconds, about what a step of halving costs for a hundred ranges.
_FEW: Final = 8
_MANY_EACH: Final = 128


def rows_of(places: Int64s) -> Rows:
    """Places in ascending order, each once: as a slice if they follow one another."""
    if not places.size:
        return places
    first, last = int(places[0]), int(places[-1])
    return slice(first, last + 1) if last - first + 1 == len(places) else places


def spans(start: Int64s, length: Int64s) -> Int64s:
    """The concatenation of start[k], start[k] + 1, … of length[k] each: int64[sum(length)]."""
    before = np.cumsum(length) - length
    return np.repeat(start - before, length) + np.arange(int(length.sum()), dtype=np.int64)


def first_after(column: Int64s, low: Int64s, high: Int64s, limit: Int64s) -> Int64s:
    """For each k the first place in low[k] ≤ place < high[k] with column[place] > limit[k], else high[k].

    `column` ascends within each range.
    """
    opening = np.flatnonzero(low[1:] != low[:-1]) + 1
    if len(opening) < _FEW or (len(opening) + 1) * _MANY_EACH <= len(low):
        return _first_after_each(column, low, high, limit, [0, *opening.tolist(), len(low)])
    return _first_after_all(column, low, high, limit)


def _first_after_each(column: Int64s, low: Int64s, high: Int64s, limit: Int64s, edges: list[int]) -> Int64s:
    """One search for all the ranges between two of the edges, which begin at the same place: one series, as a rule."""
    out = low.copy()
    for begin, end in pairwise(edges):
        if end > begin:
            first, some = int(low[begin]), slice(begin, end)
            column_of = column[first : max(first, int(high[some].max()))]
            out[some] += np.searchsorted(column_of, limit[some], side="right")
    return np.maximum(np.minimum(out, high), low)


def _first_after_all(column: Int64s, low: Int64s, high: Int64s, limit: Int64s) -> Int64s:
    """All ranges are halved together: log2 of the longest in steps."""
    out = low.copy()
    open_ = np.flatnonzero(low < high)
    low, high, limit = low[open_], high[open_], limit[open_]
    while open_.size:
        middle = (low + high) >> 1
        after = column[middle] > limit
        high = np.where(after, middle, high)
        low = np.where(after, low, middle + 1)
        found = low >= high
        if found.any():
            out[open_[found]] = low[found]
            going = ~found
            open_, low, high, limit = open_[going], low[going], high[going], limit[going]
    return out


class Samples:
    """The arena. Places are int64 indices into `time`, `value` and `quality`; they hold until the next `append`.

    begin, end: int64[series], the samples of a series are at begin ≤ place < end, ascending in time
    resolution: float64[series], the smallest step of a series' value, canonical unit
    awaited: int64[series], event time up to which every group has come that looks at the series, ms: what came since is
        kept with the windows before it; None where no group looks at any
    """

    awaited: Int64s | None = None

    def __init__(self, reach_ms: Int64s, resolution: Float64s) -> None:
        """`reach_ms`: int64[series], how far before the newest sample a window may begin; 0: the newest is kept."""
        self.resolution = resolution
        count = len(reach_ms)
        self._reach = reach_ms
        self._base = np.arange(count, dtype=np.int64) * _SMALLEST
        self._limit = self._base + _SMALLEST
        self._used = count * _SMALLEST
        self.begin: Int64s = self._base.copy()
        self.end: Int64s = self._base.copy()
        self.time: Int64s = np.zeros(self._used + 1, np.int64)  # one more: reduceat names the place after the last
        self.value: Float64s = np.zeros(self._used + 1)
        self.quality: UInt8s = np.zeros(self._used + 1, np.uint8)

    @property
    def size_bytes(self) -> int:
        """What the arena takes."""
        return self.time.nbytes + self.value.nbytes + self.quality.nbytes

    def append(self, series: Int64s, length: Int64s, time: Int64s, value: Float64s, quality: UInt8s) -> Int64s:
        """Adds length[k] samples, newer than all before, to each series (ascending). Gives the place of each."""
        single = len(time) == len(series)
        at = rows_of(series)
        short = self.end[at] + length > self._limit[at]
        if short.any():
            self._make_room(series[short], length[short])
        end = self.end[at]
        place = end.copy() if single else spans(end, length)
        self.time[place] = time
        self.value[place] = value
        self.quality[place] = quality
        self.end[at] = end + length
        return place

    def kept(self, series: Int64s) -> tuple[Int64s, Int64s]:
        """Of each series: place of the oldest sample that a window may still reach, and how many there are from it."""
        begin, end = self.begin[series], self.end[series]
        start = np.maximum(end - 1, begin)
        deep = np.flatnonzero(self._reach[series] > 0)
        if deep.size:
            begin, end = begin[deep], end[deep]
            seen = self.time[np.maximum(end - 1, 0)]
            stop = end
            if self.awaited is not None:
                seen = np.minimum(seen, self.awaited[series[deep]])
                stop = first_after(self.time, begin, end, seen)
            oldest = first_after(self.time, begin, stop, seen - self._reach[series[deep]] - 1)
            start[deep] = np.minimum(np.maximum(oldest, stop - KEPT), np.maximum(stop - 1, begin))
        return start, self.end[series] - start

    def replace(self, series: Int64s, length: Int64s, time: Int64s, value: Float64s, quality: UInt8s) -> None:
        """Gives each series (ascending, each once) these length[k] samples instead of those it has."""
        small = length > self._limit[series] - self._base[series]
        if small.any():
            self._enlarge(series[small], np.maximum(length[small] + (length[small] >> 1), _SMALLEST))
        place = spans(self._base[series], length)
        self.time[place], self.value[place], self.quality[place] = time, value, quality
        self.begin[series] = self._base[series]
        self.end[series] = self._base[series] + length

    def _make_room(self, series: Int64s, length: Int64s) -> None:
        """Moves each series' kept samples to the front of its slab, or to a larger one where it would soon be full."""
        start, kept = self.kept(series)
        source = spans(start, kept)
        time, value, quality = self.time[source], self.value[source], self.quality[source]
        need = kept + length
        small = need + (kept >> 2) > self._limit[series] - self._base[series]
        if small.any():
            self._enlarge(series[small], np.maximum(need[small] + (need[small] >> 1), _SMALLEST))
        base = self._base[series]
        target = spans(base, kept)
        self.time[target], self.value[target], self.quality[target] = time, value, quality
        self.begin[series] = base
        self.end[series] = base + kept

    def _enlarge(self, series: Int64s, room: Int64s) -> None:
        """Gives each series a new slab at the arena's end. What its old one held has been read by the caller."""
        self._limit[series] = self._base[series]
        needed = int(room.sum())
        if self._used + needed + 1 > len(self.time):
            self._compact(needed)
        base = self._used + np.cumsum(room) - room
        self._base[series] = base
        self._limit[series] = base + room
        self._used += needed

    def _compact(self, needed: int) -> None:
        """Moves every slab to an arena without what was left behind, with room for `needed` more and some to spare."""
        size = self._limit - self._base
        count = np.where(size > 0, self.end - self.begin, 0)
        base = np.cumsum(size) - size
        used = int(size.sum())
        room = used + needed
        room += (room >> 2) + 1
        time, value, quality = np.zeros(room, np.int64), np.zeros(room), np.zeros(room, np.uint8)
        for some in _portions(count):
            source, target = spans(self.begin[some], count[some]), spans(base[some], count[some])
            time[target], value[target], quality[target] = self.time[source], self.value[source], self.quality[source]
        self.time, self.value, self.quality = time, value, quality
        self._base, self._limit, self._used = base, base + size, used
        self.begin, self.end = base.copy(), base + count


def _portions(count: Int64s) -> Iterator[slice]:
    """Stretches of series with about `_AT_ONCE` samples each: the indices of all would take more than the samples."""
    total = np.cumsum(count)
    begin = 0
    while begin < len(count):
        before = int(total[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, before + _AT_ONCE, side="right")))
        yield slice(begin, end)
        begin = end
