"""`quantile(d, q)`: the value below which the share q of the window lies."""

from typing import Final

import numpy as np

from alerts.function import WINDOW, Example, Function, Parameter, Takes, finite
from alerts.moments import Arguments, Moments
from alerts.slices import slices
from city.messages.text import Text
from city.reading import Float64s


def quantiles(moments: Moments, window_ms: int, q: float) -> Float64s:
    """float64[moments]: interpolated linearly between the two neighbours (type 7 of Hyndman and Fan, 1996)."""
    out = np.full(len(moments), np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        for some in slices(moments.opens(window_ms), moments.newest + 1):
            out[some.which] = some.quantiles(moments.samples.value[some.place], q)
    return finite(out)


def _quantile(moments: Moments, arguments: Arguments) -> Float64s:
    return quantiles(moments, int(arguments[0]), arguments[1])


QUANTILE: Final = Function(
    name="quantile",
    parameters=(*WINDOW, Parameter("q", Takes.NUMBER, 0.0, 1.0)),
    text=Text(
        ja="期間内の値の q 分位点(q は 0 から 1)。隣り合う二つの値の間は直線で補う。",
        en="The q-quantile of the window (q from 0 to 1), interpolated linearly between its two neighbours.",
    ),
    examples=(
        Example("quantile(10m, 0.9)", "0m 100, 1m 0, 2m 10, 3m 20, 4m 30, 5m 40", "10m", 36.0),
        Example("quantile(10m, 0)", "1m 3, 2m 1, 3m 2", "5m", 1.0),
        Example("quantile(10m, 0.5)", "0m 1", "10m", None),
    ),
    compute=_quantile,
)
