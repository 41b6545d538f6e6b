"""Bounds: of each series, constants under which a condition is true if it is true for any of the series' rows.

Mostly no row's condition is true, and the bounds tell so with one comparison a series instead of one a row. They never
tell more than that: what they let through is evaluated row by row.
"""

from collections.abc import Iterator
from enum import Enum
from typing import assert_never

import numpy as np

from alerts.expression import And, Column, Compare, Condition, Holds, Not, Or, parts
from city.reading import Float64s, Int64s


class _Easiest(Enum):
    """Which of a column's values makes the comparison that it stands in true most easily."""

    LEAST = "least"
    GREATEST = "greatest"
    ANY = "any"  # of values that are all the same


def bounds(condition: Condition, columns: Float64s, first: Int64s) -> Float64s | None:
    """float64[columns, series], NaN for a series without rows; None where the condition has none.

    columns: float64[columns, rows]; first: int64[series + 1], the rows of series s are first[s] ≤ row < first[s + 1]
    """
    out = np.full((len(columns), len(first) - 1), np.nan)
    some = np.flatnonzero(first[1:] > first[:-1])
    if not some.size:
        return out
    for index, easiest in _columns(condition, contrary=False):
        # No comparison with NaN is known to be true or false: where others stand beside it, it does not count.
        least = np.fmin.reduceat(columns[index], first[some])
        greatest = np.fmax.reduceat(columns[index], first[some])
        if easiest is _Easiest.ANY:
            unset = np.add.reduceat(np.isnan(columns[index]).astype(np.int64), first[some])
            rows = first[some + 1] - first[some]
            if not (((unset == 0) & (least == greatest)) | (unset == rows)).all():
                return None
        out[index, some] = greatest if easiest is _Easiest.GREATEST else least
    return out


def _columns(condition: Condition, *, contrary: bool) -> Iterator[tuple[int, _Easiest]]:
    """Every column, each of which stands in one place. `contrary`: of the condition being known to be false."""
    match condition:
        case Compare(operator=operator, left=left, right=right):
            # `left < right`, and what is known not to be `left >= right`, is easiest with the least on the left.
            of_left = of_right = _Easiest.ANY
            if operator in {"<", "<=", ">", ">="}:
                of_left, of_right = _Easiest.LEAST, _Easiest.GREATEST
                if (operator in {">", ">="}) is not contrary:
                    of_left, of_right = of_right, of_left
            for side, easiest in ((left, of_left), (right, of_right)):
                if isinstance(side, Column):
                    yield side.index, easiest
                else:
                    yield from ((part.index, _Easiest.ANY) for part in parts(side) if isinstance(part, Column))
        case And(parts=inside) | Or(parts=inside):
            for part in inside:
                yield from _columns(part, contrary=contrary)
        case Not(part=part):
            yield from _columns(part, contrary=not contrary)
        case Holds():
            raise AssertionError(condition)  # groups have no bounds
        case _:
            assert_never(condition)
