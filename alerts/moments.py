"""The moments at which conditions are evaluated, and what a series' past looked like at each of them."""

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np

from alerts.window import MAX_SAMPLES, Samples, first_after, spans
from city.reading import Bools, Float64s, Int64s

Arguments = tuple[float, ...]  # of a function's call: durations in whole ms, and numbers
_BETWEEN: Final = 4  # reduceat passes over so many samples in the time that copying one takes


class Moments:
    """Moments of series, ordered by series, then time, with what functions need; results are kept for all who ask.

    series, time: int64[n]
    newest: int64[n], place in `samples` of the newest sample at or before the moment; first − 1 where there is none
    """

    def __init__(
        self, samples: Samples, series: Int64s, time: Int64s, newest: Int64s, value: Float64s | None = None
    ) -> None:
        """`value`: float64[n], the newest sample's value where every moment has one and it is at hand."""
        self.samples = samples
        self.series = series
        self.time = time
        self.newest = newest
        self._value = value
        self._opens: dict[int, Int64s] = {}
        self._results: dict[tuple[str, Arguments], Float64s] = {}

    def __len__(self) -> int:
        return len(self.series)

    @cached_property
    def first(self) -> Int64s:
        """int64[n]: place of the series' oldest sample."""
        return self.samples.begin[self.series]

    def last(self) -> Float64s:
        """float64[n]: the newest sample's value, NaN where there is none."""
        return self.value_at(self.newest, self.heard()) if self._value is None else self._value

    def heard(self) -> Bools:
        """bool[n]: whether the series had a reading by then."""
        return self.newest >= self.first

    def opens(self, window_ms: float) -> Int64s:
        """int64[n]: place of the first sample in (t − window, t]; newest + 1 where there is none.

        At most `MAX_SAMPLES` are in a window: a series that sends faster than its rule was checked for is seen
        through its newest ones.
        """
        window_ms = int(window_ms)
        found = self._opens.get(window_ms)
        if found is None:
            found = first_after(self.samples.time, self.first, self.newest + 1, self.time - window_ms)
            np.maximum(found, self.newest + 1 - MAX_SAMPLES, out=found)
            self._opens[window_ms] = found
        return found

    def result(self, name: str, arguments: Arguments, compute: "Callable[[Moments, Arguments], Float64s]") -> Float64s:
        """float64[n]: a function at every moment, computed once."""
        key = (name, arguments)
        found = self._results.get(key)
        if found is None:
            found = self._results[key] = compute(self, arguments)
        return found

    def reduce(self, window_ms: float, ufunc: np.ufunc) -> Float64s:
        """float64[n]: `ufunc` over each window's values, NaN where it is empty. It depends on those values alone."""
        opens = self.opens(window_ms)
        some = np.flatnonzero(opens <= self.newest)
        out = np.full(len(self), np.nan)
        if not some.size:
            return out
        start, stop = opens[some], self.newest[some] + 1
        length = stop - start
        inside = int(length.sum())
        values = self.samples.value
        with np.errstate(over="ignore"):
            if int(stop.max() - start.min()) - inside > _BETWEEN * inside:
                out[some] = ufunc.reduceat(values[spans(start, length)], np.cumsum(length) - length)
                return out
            # reduceat goes on to reduce what lies between a stop and the next start; upwards through memory there is
            # little of it, and none where windows overlap.
            if (np.diff(start) < 0).any():
                order = np.argsort(start, kind="stable")
                some, start, stop = some[order], start[order], stop[order]
            edges = np.empty(2 * len(some), np.int64)
            edges[0::2], edges[1::2] = start, stop
            out[some] = ufunc.reduceat(values[: int(stop.max()) + 1], edges)[0::2]
        return out

    def value_at(self, place: Int64s, known: Bools) -> Float64s:
        """float64[n]: the value at each place of `samples`, NaN where not known."""
        return np.where(known, self.samples.value[np.where(known, place, 0)], np.nan)
