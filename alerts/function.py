"""What a rule function is: its name, what it takes, its documentation, its examples and how it is computed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.moments import Moments
from city.messages.text import Text
from city.reading import Float64s

HOUR_MS: Final = 3_600_000.0  # rates and ages are in hours


@dataclass(frozen=True, slots=True)
class Example:
    """`expression` at `at` after the first reading of `readings` (`"0m 5.0, 10m 5.7"`) gives `value` (None: NaN)."""

    expression: str
    readings: str
    at: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one series' past.

    takes_window: whether it is written with a duration, `mean(10m)`, or without, `last()`
    compute: (moments, window ms; 0 without) → float64[len(moments)], NaN where there is no answer
    reach_ms: window → how far back of a moment its oldest sample may lie
    empties_ms: window → how long after the newest reading there is nothing left to compute from; None: never
    when_empty: what it gives then
    of_clock: whether its value goes on changing while no reading comes and is compared with constants only
    """

    name: str
    takes_window: bool
    text: Text
    examples: tuple[Example, ...]
    compute: Callable[[Moments, int], Float64s]
    reach_ms: Callable[[int], int] = lambda window_ms: window_ms
    empties_ms: Callable[[int], int | None] = lambda window_ms: window_ms
    when_empty: float = float("nan")
    of_clock: bool = False


def finite(values: Float64s) -> Float64s:
    """`values` with NaN for what is not finite, in place."""
    values[~np.isfinite(values)] = np.nan
    return values
