"""What a rule function is: its name, what it takes, its documentation, its examples and how it is computed."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s

HOUR_MS: Final = 3_600_000.0  # rates and ages are in hours
DAY_MS: Final = 86_400_000


class Dimension(StrEnum):
    """What a number of an expression is; numbers of different kinds are neither compared nor added."""

    VALUE = "value"  # in the unit of the quantity
    RATE = "rate"  # in that unit per hour
    HOURS = "hours"
    COUNT = "count"  # readings
    PLAIN = "plain"  # a ratio
    ANY = "any"  # a number as written, or an attribute: whoever wrote it knows


class Takes(StrEnum):
    """What may stand in the place of a parameter."""

    DURATION = "duration"
    NUMBER = "number"
    WHOLE = "whole"  # a number without fraction


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument. low, high: the least and the greatest allowed; of durations `read_tokens` holds the bounds."""

    name: str
    takes: Takes
    low: float = 0.0
    high: float = float("inf")


WINDOW: Final = (Parameter("d", Takes.DURATION),)


@dataclass(frozen=True, slots=True)
class Example:
    """`expression` at `at` after the first reading of `readings` (`"0m 5.0, 10m 5.7"`) gives `value` (None: NaN).

    resolution: the sensor's, where the function asks for it
    """

    expression: str
    readings: str
    at: str
    value: float | None
    resolution: float = 0.0


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one series' past.

    parameters: what it is written with, `mean(10m)`, `quantile(1d, 0.9)`; none: `last()`
    compute: (moments, arguments; durations in ms) → float64[len(moments)], NaN where there is no answer; the answer at
        a moment depends on the readings it looks at alone, to the last bit, however they came
    reach_ms: arguments → how far back of a moment its oldest sample may lie
    empties_ms: arguments → how long after the newest reading there is nothing left to compute from; None: never
    dimension: what its value is
    when_empty: what it gives then
    of_clock: whether its value goes on changing while no reading comes and is compared with constants only
    """

    name: str
    parameters: tuple[Parameter, ...]
    text: Text
    examples: tuple[Example, ...]
    compute: Callable[[Moments, Arguments], Float64s]
    reach_ms: Callable[[Arguments], int] = lambda arguments: int(arguments[0])
    empties_ms: Callable[[Arguments], int | None] = lambda arguments: int(arguments[0])
    dimension: Dimension = Dimension.VALUE
    when_empty: float = float("nan")
    of_clock: bool = False

    @property
    def signature(self) -> str:
        """As it is written, with its parameters' names: `quantile(d, q)`."""
        return f"{self.name}({', '.join(parameter.name for parameter in self.parameters)})"


def finite(values: Float64s) -> Float64s:
    """`values` with NaN for what is not finite, in place."""
    values[~np.isfinite(values)] = np.nan
    return values
