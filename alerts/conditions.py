"""Evaluates conditions along time, for all rows of a plan at once, in Kleene's three values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

import numpy as np

from alerts.expression import (
    And,
    Arithmetic,
    Call,
    Column,
    Compare,
    Condition,
    Lookup,
    Negative,
    Not,
    Number,
    Numeric,
    Or,
)
from alerts.moments import Moments
from alerts.shape import arithmetic
from city.reading import Bools, Float64s, Int64s


@dataclass(frozen=True, slots=True)
class Truth:
    """bool[n] each: known to be true, known to be false; neither is unknown."""

    true: Bools
    false: Bools


@dataclass(frozen=True, slots=True)
class Pairs:
    """Where a plan's conditions are evaluated: pairs of a row and a moment.

    row: int64[n], None: every row of the plan once, in order
    moment: int64[n], index into the moments of `sources` one after the other
    """

    row: Int64s | None
    moment: Int64s
    sources: Sequence[Moments]


def truth(condition: Condition, columns: Float64s, pairs: Pairs) -> Truth:
    """The condition at each pair, with the plan's `columns`."""
    match condition:
        case Compare(operator=operator, left=left, right=right):
            return _compare(operator, _numbers(left, columns, pairs), _numbers(right, columns, pairs))
        case And(parts=parts):
            found = [truth(part, columns, pairs) for part in parts]
            return Truth(np.logical_and.reduce([t.true for t in found]), np.logical_or.reduce([t.false for t in found]))
        case Or(parts=parts):
            found = [truth(part, columns, pairs) for part in parts]
            return Truth(np.logical_or.reduce([t.true for t in found]), np.logical_and.reduce([t.false for t in found]))
        case Not(part=part):
            inner = truth(part, columns, pairs)
            return Truth(inner.false, inner.true)
        case _:
            assert_never(condition)


# A comparison with NaN is false both ways round, and so neither true nor false: unknown.
_CONTRARY: Final = {
    ">": (np.greater, np.less_equal),
    ">=": (np.greater_equal, np.less),
    "<": (np.less, np.greater_equal),
    "<=": (np.less_equal, np.greater),
}


def _compare(operator: str, left: Float64s, right: Float64s) -> Truth:
    if operator in _CONTRARY:
        yes, no = _CONTRARY[operator]
        return Truth(yes(left, right), no(left, right))
    same = left == right
    other = (left < right) | (left > right)
    return Truth(same, other) if operator == "==" else Truth(other, same)


def _numbers(node: Numeric, columns: Float64s, pairs: Pairs) -> Float64s:
    match node:
        case Column(index=index):
            return columns[index] if pairs.row is None else columns[index][pairs.row]
        case Call(function=function, window_ms=window_ms):
            found: list[Float64s] = [
                moments.result(function.name, window_ms, function.compute) for moments in pairs.sources
            ]
            values: Float64s = found[0] if len(found) == 1 else np.concatenate(found)
            return np.take(values, pairs.moment)
        case Negative(operand=operand):
            return -_numbers(operand, columns, pairs)
        case Arithmetic(operator=operator, left=left, right=right):
            return arithmetic(operator, _numbers(left, columns, pairs), _numbers(right, columns, pairs))
        case Number() | Lookup():
            raise AssertionError(node)  # lifted into columns
        case _:
            assert_never(node)
