"""`std(d)`: how far the values of the window scatter."""

from typing import Final

import numpy as np

from alerts.function import WINDOW, Example, Function, finite
from alerts.moments import Arguments, Moments
from alerts.slices import slices
from city.messages.text import Text
from city.reading import Float64s

_LEAST: Final = 2  # n − 1 must not be 0


def _std(moments: Moments, arguments: Arguments) -> Float64s:
    """In two passes: the deviations are taken from the mean, so that large values with small scatter lose nothing."""
    out = np.full(len(moments), np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        for some in slices(moments.opens(arguments[0]), moments.newest + 1, _LEAST):
            value = moments.samples.value[some.place]
            deviation = value - some.each(some.sums(value) / some.length)
            out[some.which] = np.sqrt(some.sums(deviation * deviation) / (some.length - 1))
    return finite(out)


STD: Final = Function(
    name="std",
    parameters=WINDOW,
    text=Text(
        ja="期間内の値の標本標準偏差(n − 1 で割る)。測定値が 2 件以上要る。",
        en="The sample standard deviation of the window (n − 1); at least 2 readings.",
    ),
    examples=(
        Example("std(10m)", "1m 2, 2m 4, 3m 4, 4m 4, 5m 5, 6m 5, 7m 7, 8m 9", "10m", (32 / 7) ** 0.5),
        Example("std(10m)", "1m 2", "10m", None),
    ),
    compute=_std,
)
