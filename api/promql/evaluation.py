"""Evaluates an expression at all steps at once: a series is a row, a step is a column."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, assert_never

import numpy as np

from api.promql.expression import Aggregation, Arithmetic, Expression, Negation, Number, Operator, OverTime, Selector
from api.promql.matcher import NAME
from api.promql.refusal import QueryTooLargeError, UnmatchedOperandsError
from api.promql.samples import LOOKBACK_MS, Labels, Samples, Source, Steps
from api.promql.vector import Grid, Scalar, Vector
from api.promql.window import windows
from city.reading import Float64s, Int64s

Value = Scalar | Vector

_OPERATIONS: Final[Mapping[Operator, Callable[[Float64s, Float64s], Float64s]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
# Series × steps of one selector: ten thousand sensors at a thousand moments, some 200 MB while it is answered.
CELLS_AT_MOST: Final = 10_000_000
_Key = tuple[tuple[str, str], ...]


def evaluate(expression: Expression, steps: Steps, source: Source) -> Value:
    """What `expression` comes to at each step. Blocking, as `source` is.

    Raises UnmatchedOperandsError, QueryTooLargeError, and what `source` raises.
    """
    with np.errstate(all="ignore"):  # dividing by zero gives what IEEE 754 says, here as in Prometheus
        return _evaluate(expression, steps, source)


def _evaluate(expression: Expression, steps: Steps, source: Source) -> Value:
    match expression:
        case Number(value):
            return Scalar(np.full(steps.count, value))
        case Selector(matchers):
            measured = source.samples(matchers, steps.first_ms - LOOKBACK_MS, steps.last_ms)
            return _joined(
                _over_windows(measured, steps, LOOKBACK_MS, "last"),
                _over_windows(source.states(matchers, steps), steps, 1, "last"),
            )
        case OverTime(function, selector, range_ms):
            measured = source.samples(selector.matchers, steps.first_ms - range_ms, steps.last_ms)
            found = _over_windows(measured, steps, range_ms, function)
            return found if function == "last" else _nameless(found)
        case Aggregation(function, by, of):
            return _aggregated(function, by, _evaluate(of, steps, source))
        case Negation(of):
            return _arithmetic("*", _evaluate(of, steps, source), Scalar(np.full(steps.count, -1.0)))
        case Arithmetic(operator, left, right):
            return _arithmetic(operator, _evaluate(left, steps, source), _evaluate(right, steps, source))
        case _ as never:
            assert_never(never)


def moments_of(steps: Steps) -> Int64s:
    """The steps' moments, int64[count] ms."""
    return steps.first_ms + np.arange(steps.count, dtype=np.int64) * steps.step_ms


def _over_windows(found: Sequence[Samples], steps: Steps, range_ms: int, function: str) -> Vector:
    if len(found) * steps.count > CELLS_AT_MOST:
        raise QueryTooLargeError("promql.cells", series=len(found), steps=steps.count, limit=CELLS_AT_MOST)
    moments = moments_of(steps)
    rows = [(s.labels, *windows(s.time, s.value, moments, range_ms, function)) for s in found]
    rows = [row for row in rows if row[2].any()]
    if not rows:
        return Vector.empty(steps.count)
    return Vector(
        tuple(labels for labels, _, _ in rows),
        np.stack([value for _, value, _ in rows]),
        np.stack([there for _, _, there in rows]),
    )


def _joined(one: Vector, other: Vector) -> Vector:
    return Vector(
        one.labels + other.labels, np.concatenate((one.value, other.value)), np.concatenate((one.there, other.there))
    )


def _without_name(labels: Labels) -> Labels:
    return {name: value for name, value in labels.items() if name != NAME}


def _key(labels: Labels) -> _Key:
    return tuple(sorted(_without_name(labels).items()))


def _nameless(vector: Vector) -> Vector:
    """The vector under its labels without the name, by which no two series may be the same."""
    _one_to_one(vector)
    return Vector(tuple(_without_name(labels) for labels in vector.labels), vector.value, vector.there)


def _one_to_one(vector: Vector) -> dict[_Key, int]:
    """Each series' row, by its labels without the name. Raises where two would be one."""
    rows = {_key(labels): row for row, labels in enumerate(vector.labels)}
    if len(rows) < len(vector.labels):
        raise UnmatchedOperandsError("promql.not-one-to-one")
    return rows


def _arithmetic(operator: Operator, left: Value, right: Value) -> Value:
    operation = _OPERATIONS[operator]
    if isinstance(left, Scalar):
        if isinstance(right, Scalar):
            return Scalar(operation(left.value, right.value))
        found = _nameless(right)
        return Vector(found.labels, operation(left.value, found.value), found.there)
    if isinstance(right, Scalar):
        found = _nameless(left)
        return Vector(found.labels, operation(found.value, right.value), found.there)
    return _matched(operation, left, right)


def _matched(operation: Callable[[Float64s, Float64s], Float64s], left: Vector, right: Vector) -> Vector:
    ours, theirs = _one_to_one(left), _one_to_one(right)
    keys = [key for key in ours if key in theirs]
    if not keys:
        return Vector.empty(left.value.shape[1])
    a, b = [ours[key] for key in keys], [theirs[key] for key in keys]
    there = left.there[a] & right.there[b]
    return Vector(tuple(dict(key) for key in keys), operation(left.value[a], right.value[b]), there)


def _aggregated(function: str, by: tuple[str, ...], of: Value) -> Value:
    if isinstance(of, Scalar):
        raise UnmatchedOperandsError("promql.aggregates-number", function=function)
    groups: dict[_Key, list[int]] = {}
    for row, labels in enumerate(of.labels):
        key = tuple((name, labels[name]) for name in by if labels.get(name))
        groups.setdefault(key, []).append(row)
    if not groups:
        return of
    made = [_group(function, of.value[rows], of.there[rows]) for rows in groups.values()]
    there = np.stack([of.there[rows].any(axis=0) for rows in groups.values()])
    return Vector(tuple(dict(key) for key in groups), np.stack(made), there)


def _group(function: str, value: Float64s, there: Grid) -> Float64s:
    """One row out of several; what it is where nothing is there does not matter."""
    count = there.sum(axis=0).astype(np.float64)
    match function:
        case "count":
            return np.asarray(count, np.float64)
        case "sum":
            return np.asarray(np.where(there, value, 0.0).sum(axis=0), np.float64)
        case "avg":
            return np.asarray(np.where(there, value, 0.0).sum(axis=0) / count, np.float64)
        case "min":  # as Prometheus has it, NaN gives way to any number
            return np.asarray(np.fmin.reduce(np.where(there, value, np.nan), axis=0), np.float64)
        case "max":
            return np.asarray(np.fmax.reduce(np.where(there, value, np.nan), axis=0), np.float64)
        case _:
            raise AssertionError(function)
