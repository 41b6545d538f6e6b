"""Readings that came when a group had gone past them: no moment of it until a retroactive pass looks at them.

A series alone goes along with its readings and never past one that is in order; a group goes along with the clock.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from alerts.window import first_after
from city.reading import Bools, Int64s

# 16 bytes each. What is beyond it counts as seen: a pass then tells less than it might.
MOST: Final = 262_144


class Behind:
    """Pairs of series and time. They are put in order when they are first asked for: a flood notes, and asks late."""

    def __init__(self) -> None:
        self.series: Int64s = np.empty(0, np.int64)
        self.time: Int64s = np.empty(0, np.int64)
        self._in_order = True

    def __len__(self) -> int:
        return len(self.series)

    def note(self, series: Int64s, time: Int64s) -> None:
        """These came so."""
        self.series = np.concatenate([self.series, series])[:MOST]
        self.time = np.concatenate([self.time, time])[:MOST]
        self._in_order = False

    def holds(self, series: Int64s, time: Int64s) -> Bools:
        """bool[n]: which of these readings came so."""
        if not len(self.series):
            return np.zeros(len(series), np.bool_)
        self._put_in_order()
        begin, end = (np.searchsorted(self.series, series, side) for side in ("left", "right"))
        place = first_after(self.time, begin, end, time - 1)
        found: Bools = (place < end) & (self.time[np.minimum(place, len(self.time) - 1)] == time)
        return found

    def among(self, series: Int64s) -> "Behind":
        """Those of these series (ascending), each by its place among them."""
        found = Behind()
        mine = np.isin(self.series, series)
        found.note(np.searchsorted(series, self.series[mine]), self.time[mine])
        return found

    def forget(self, series: Int64s) -> None:
        """These series were looked at."""
        stays = ~np.isin(self.series, series)
        self.series, self.time = self.series[stays], self.time[stays]

    def remember(self, names: list[str]) -> list[tuple[str, int]]:
        """All of it, by the names of series."""
        return [(names[k], time) for k, time in zip(self.series.tolist(), self.time.tolist(), strict=True)]

    def recall(self, known: Iterable[tuple[str, int]], index: Mapping[str, int]) -> None:
        """Goes on from what `remember` gave, for the series that are still there."""
        there = [(index[name], time) for name, time in known if name in index]
        self.note(np.array([k for k, _ in there], np.int64), np.array([time for _, time in there], np.int64))

    def _put_in_order(self) -> None:
        if not self._in_order:
            order = np.lexsort((self.time, self.series))
            self.series, self.time = self.series[order], self.time[order]
            self._in_order = True
