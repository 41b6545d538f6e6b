"""A rule's constants as columns: numbers without a function, one for each sensor."""

from collections.abc import Sequence
from typing import assert_never

import numpy as np

from alerts.expression import Arithmetic, Call, Column, Lookup, Negative, Number, Numeric, Of, Over, lookups
from alerts.terms import number
from city.catalog import Sensor
from city.reading import Float64s
from city.rule import Rule


def column_of(constant: Numeric, sensors: Sequence[Sensor], rule: Rule) -> Float64s:
    """float64[len(sensors)]: a rule's constant for each sensor; NaN where a level is not set, or it is not finite."""
    if next(lookups(constant), None) is None:
        return np.full(len(sensors), number_of(constant, None, rule))
    return np.fromiter((number_of(constant, sensor, rule) for sensor in sensors), np.float64, len(sensors))


def number_of(node: Numeric, sensor: Sensor | None, rule: Rule) -> float:
    """A rule's constant for a sensor; without one where the constant is of the rule alone."""
    match node:
        case Number(value=value):
            return value
        case Lookup(kind=kind, name=name):
            if kind == "number":
                return number(rule, sensor, name)
            assert sensor is not None
            return (sensor.levels if kind == "level" else sensor.attributes).get(name, np.nan)
        case Negative(operand=operand):
            return -number_of(operand, sensor, rule)
        case Arithmetic(operator=operator, left=left, right=right):
            pair = np.float64(number_of(left, sensor, rule)), np.float64(number_of(right, sensor, rule))
            return float(arithmetic(operator, np.array([pair[0]]), np.array([pair[1]]))[0])
        case Call() | Column() | Of() | Over():
            raise AssertionError(node)
        case _:
            assert_never(node)


def arithmetic(operator: str, left: Float64s, right: Float64s) -> Float64s:
    """The operation, with NaN where its result is not finite."""
    with np.errstate(all="ignore"):
        match operator:
            case "+":
                out = left + right
            case "-":
                out = left - right
            case "*":
                out = left * right
            case "/":
                out = left / right
            case _:
                raise AssertionError(operator)
    out[~np.isfinite(out)] = np.nan
    return out
