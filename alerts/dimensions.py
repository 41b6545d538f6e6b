"""What kind of number a part of an expression is, so that a level in metres is not compared with a rate."""

from collections.abc import Mapping
from typing import Final, assert_never

from alerts.expression import Arithmetic, Call, Column, Lookup, Negative, Number, Numeric, Of, Over
from alerts.function import Dimension
from city.messages.text import Text

NAMES: Final[Mapping[Dimension, Text]] = {
    Dimension.VALUE: Text(ja="測定値(センサーの単位)", en="a value in the sensor's unit"),
    Dimension.RATE: Text(ja="変化率(1 時間あたり)", en="a rate per hour"),
    Dimension.HOURS: Text(ja="時間数", en="a number of hours"),
    Dimension.COUNT: Text(ja="件数", en="a number of readings"),
    Dimension.PLAIN: Text(ja="単位のない比", en="a ratio without unit"),
    Dimension.ANY: Text(ja="数", en="a number"),
}
# What is not here is ANY: whoever multiplies two levels knows what it is.
_PRODUCTS: Final = {
    (Dimension.RATE, Dimension.HOURS): Dimension.VALUE,
    (Dimension.HOURS, Dimension.RATE): Dimension.VALUE,
}
_QUOTIENTS: Final = {
    (Dimension.VALUE, Dimension.HOURS): Dimension.RATE,
    (Dimension.VALUE, Dimension.RATE): Dimension.HOURS,
}
_NUMBERS: Final = (Dimension.ANY, Dimension.PLAIN)  # times or through one of these, a number stays what it is


def dimension(node: Numeric) -> Dimension:
    """What the number is, as far as it can be told."""
    match node:
        case Number() | Column():
            return Dimension.ANY
        case Lookup(kind=kind):
            return Dimension.VALUE if kind == "level" else Dimension.ANY
        case Call(function=function):
            return function.dimension
        case Negative(operand=operand) | Of(operand=operand) | Over(operand=operand):
            return dimension(operand)
        case Arithmetic(operator=operator, left=left, right=right):
            return _together(operator, dimension(left), dimension(right))
        case _:
            assert_never(node)


def clash(left: Numeric, right: Numeric) -> tuple[Text, Text] | None:
    """The names of what two numbers are, where they are neither to be compared nor to be added; else None."""
    a, b = dimension(left), dimension(right)
    return None if a is b or Dimension.ANY in {a, b} else (NAMES[a], NAMES[b])


def _together(operator: str, left: Dimension, right: Dimension) -> Dimension:
    if operator in {"+", "-"}:
        return right if left is Dimension.ANY else left
    if right in _NUMBERS:
        return left
    if operator == "*":
        return right if left in _NUMBERS else _PRODUCTS.get((left, right), Dimension.ANY)
    return Dimension.PLAIN if left is right else _QUOTIENTS.get((left, right), Dimension.ANY)
