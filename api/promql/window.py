"""Windows (t - d, t] that slide over one series: what each holds, made one value."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from api.promql.refusal import QueryTooLargeError
from city.reading import Bools, Float64s, Int64s

# Of one series and query: windows that overlap read a sample again and again. Some 0.2 s of one core.
READ_AT_MOST: Final = 200_000_000

# From the values (one more than there are: a window may end there) and each window's half-open span of indices.
Reduction = Callable[[Float64s, Int64s, Int64s], Float64s]


def windows(time: Int64s, value: Float64s, moments: Int64s, range_ms: int, function: str) -> tuple[Float64s, Bools]:
    """The function of each window that ends at one of `moments`: float64[m], and where a window holds anything."""
    begin = np.searchsorted(time, moments - range_ms, "right").astype(np.int64)
    end = np.searchsorted(time, moments, "right").astype(np.int64)
    there = end > begin
    if not there.any():
        return np.zeros(len(moments)), there
    if int((end - begin).sum()) > READ_AT_MOST:
        raise QueryTooLargeError("promql.windows", limit=READ_AT_MOST)
    return np.where(there, REDUCTIONS[function](np.append(value, 0.0), begin, end), 0.0), there


def _by(reduce: "np.ufunc") -> Reduction:
    """`reduceat` of begin, end, begin, end, ...: every other result is a window's."""

    def reduction(value: Float64s, begin: Int64s, end: Int64s) -> Float64s:
        edges = np.column_stack((begin, end)).ravel()
        reduced: Float64s = reduce.reduceat(value, edges)[::2]
        return reduced

    return reduction


def _avg(value: Float64s, begin: Int64s, end: Int64s) -> Float64s:
    mean: Float64s = _by(np.add)(value, begin, end) / np.maximum(end - begin, 1)
    return mean


def _count(_: Float64s, begin: Int64s, end: Int64s) -> Float64s:
    return (end - begin).astype(np.float64)


def _last(value: Float64s, _: Int64s, end: Int64s) -> Float64s:
    return value[end - 1]


REDUCTIONS: Final[Mapping[str, Reduction]] = {
    "avg": _avg,
    "min": _by(np.minimum),
    "max": _by(np.maximum),
    "sum": _by(np.add),
    "count": _count,
    "last": _last,
}
