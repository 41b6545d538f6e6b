"""The samples of many windows, laid out one window after the other: for functions that need more of them than a sum.

A result depends on a window's own samples and their order alone: sums go along one window at a time, and where windows
of different lengths stand in one table, nothing but their order is computed from it. So a rule says the same to the
last bit, whichever other series were looked at beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.window import spans
from city.reading import Float64s, Int64s

_AT_ONCE: Final = 1 << 16  # samples laid out together: half a megabyte a column, so that a few stay in the cache


@dataclass(frozen=True, slots=True, eq=False)
class Slices:
    """Windows that are not empty.

    which: int64[k], the moment of each; length: int64[k], how many samples it has
    start: int64[k], its first in `place`; place: int64[sum(length)], where its samples are
    """

    which: Int64s
    length: Int64s
    start: Int64s
    place: Int64s

    def each(self, values: Float64s | Int64s) -> Float64s:
        """float64[samples]: of one value a window, that of each sample's window."""
        return np.repeat(values, self.length).astype(np.float64, copy=False)

    def sums(self, values: Float64s) -> Float64s:
        """float64[k]: of one value a sample, the sum over each window."""
        sums: Float64s = np.add.reduceat(values, self.start)
        return sums

    def quantiles(self, values: Float64s, q: float) -> Float64s:
        """float64[k]: of one value a sample, each window's quantile, linear between its two neighbours."""
        out = np.empty(len(self.length))
        # Windows of about the same length share a table, so that at most half of it is filling.
        rank = np.frexp(self.length.astype(np.float64))[1]
        for some in (np.flatnonzero(rank == each) for each in np.unique(rank)):
            length = self.length[some]
            columns = np.arange(int(length.max()))
            inside = columns < length[:, None]
            table = np.full(inside.shape, np.inf)
            table[inside] = values[spans(self.start[some], length)]
            table.sort(axis=1)
            position = (length - 1) * q
            low = np.floor(position).astype(np.int64)
            high = np.minimum(low + 1, length - 1)
            rows = np.arange(len(some))
            least = table[rows, low]
            out[some] = least + (table[rows, high] - least) * (position - low)
        return out


def slices(first: Int64s, end: Int64s, least: int = 1) -> Iterator[Slices]:
    """The windows whose samples are at first[k] ≤ place < end[k], in portions; shorter than `least` are left out."""
    which = np.flatnonzero(end - first >= least)
    total = np.cumsum(end[which] - first[which])
    begin = 0
    while begin < len(which):
        before = int(total[begin - 1]) if begin else 0
        stop = max(begin + 1, int(np.searchsorted(total, before + _AT_ONCE, side="right")))
        some = which[begin:stop]
        length = end[some] - first[some]
        yield Slices(some, length, np.cumsum(length) - length, spans(first[some], length))
        begin = stop
