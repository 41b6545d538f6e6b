"""Evaluates conditions along time, for many rows of a plan at once, in Kleene's three values.

A condition is known to be true, known to be false, or unknown; each of the first two is asked for by itself, since
mostly one of them decides.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol, assert_never

import numpy as np

from alerts.constants import arithmetic
from alerts.expression import (
    And,
    Arithmetic,
    Call,
    Column,
    Compare,
    Condition,
    Holds,
    Lookup,
    Negative,
    Not,
    Number,
    Numeric,
    Of,
    Or,
    Over,
)
from alerts.moments import Moments
from city.reading import Bools, Float64s


class Pairs(Protocol):
    """Where a plan's conditions are evaluated: n pairs of a row and a moment."""

    @property
    def sources(self) -> Sequence[Moments]:
        """The moments, as one sequence after the other."""
        ...

    def of_moments(self, values: Float64s) -> Float64s:
        """float64[n]: of values at the moments of all sources, that of each pair."""
        ...

    def of_rows(self, column: Float64s) -> Float64s:
        """float64[n]: of a column over all rows of the plan, that of each pair."""
        ...

    def holds(self, node: Holds, *, contrary: bool) -> Bools:
        """bool[n]: where it is known to be true for enough members; contrary: where it is known not to be."""
        ...

    def across(self, node: Of | Over) -> Float64s:
        """float64[n]: the number over the members, or of the neighbour."""
        ...


class OneSeries:
    """Pairs whose rows look at one series each: nothing in their conditions goes across."""

    __slots__ = ()

    def holds(self, node: Holds, *, contrary: bool) -> Bools:
        """Never asked for."""
        raise AssertionError(node, contrary)

    def across(self, node: Of | Over) -> Float64s:
        """Never asked for."""
        raise AssertionError(node)


def known_true(condition: Condition, columns: Float64s, pairs: Pairs) -> Bools:
    """bool[n]: where the condition is true, with the plan's `columns` (float64[columns, rows])."""
    match condition:
        case Compare():
            return _compare(condition, columns, pairs, contrary=False)
        case And(parts=parts):
            return _all(known_true(part, columns, pairs) for part in parts)
        case Or(parts=parts):
            return _any(known_true(part, columns, pairs) for part in parts)
        case Not(part=part):
            return known_false(part, columns, pairs)
        case Holds():
            return pairs.holds(condition, contrary=False)
        case _:
            assert_never(condition)


def known_false(condition: Condition, columns: Float64s, pairs: Pairs) -> Bools:
    """bool[n]: where the condition is false."""
    match condition:
        case Compare():
            return _compare(condition, columns, pairs, contrary=True)
        case And(parts=parts):
            return _any(known_false(part, columns, pairs) for part in parts)
        case Or(parts=parts):
            return _all(known_false(part, columns, pairs) for part in parts)
        case Not(part=part):
            return known_true(part, columns, pairs)
        case Holds():
            return pairs.holds(condition, contrary=True)
        case _:
            assert_never(condition)


def _all(parts: Iterator[Bools]) -> Bools:
    """Where all hold; once it is nowhere, the rest is not even evaluated."""
    found = next(parts)
    while found.any() and (part := next(parts, None)) is not None:
        found = found & part
    return found


def _any(parts: Iterator[Bools]) -> Bools:
    """Where one holds; once it is everywhere, the rest is not even evaluated."""
    found = next(parts)
    while not found.all() and (part := next(parts, None)) is not None:
        found = found | part
    return found


# A comparison with NaN is false, and so is its contrary: unknown.
_COMPARE: Final = {
    ">": (np.greater, np.less_equal),
    ">=": (np.greater_equal, np.less),
    "<": (np.less, np.greater_equal),
    "<=": (np.less_equal, np.greater),
}


def _compare(compare: Compare, columns: Float64s, pairs: Pairs, *, contrary: bool) -> Bools:
    left, right = (numbers(side, columns, pairs) for side in (compare.left, compare.right))
    if compare.operator in _COMPARE:
        found: Bools = _COMPARE[compare.operator][contrary](left, right)
        return found
    equal: Bools = left == right
    other: Bools = (left < right) | (left > right)
    return equal if (compare.operator == "==") is not contrary else other


def numbers(node: Numeric, columns: Float64s, pairs: Pairs) -> Float64s:
    """float64[n]: a number at every pair, NaN where there is none."""
    match node:
        case Column(index=index):
            return pairs.of_rows(columns[index])
        case Call(function=function, arguments=arguments):
            found = [moments.result(function.name, arguments, function.compute) for moments in pairs.sources]
            return pairs.of_moments(found[0] if len(found) == 1 else np.concatenate(found))
        case Of() | Over():
            return pairs.across(node)
        case Negative(operand=operand):
            negative: Float64s = np.negative(numbers(operand, columns, pairs))
            return negative
        case Arithmetic(operator=operator, left=left, right=right):
            return arithmetic(operator, numbers(left, columns, pairs), numbers(right, columns, pairs))
        case Number() | Lookup():
            raise AssertionError(node)  # lifted into columns
        case _:
            assert_never(node)
