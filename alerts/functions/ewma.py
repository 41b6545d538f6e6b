"""`ewma(d)`: the exponentially weighted mean with time constant d."""

from typing import Final

import numpy as np

from alerts.function import WINDOW, Example, Function, finite
from alerts.moments import Arguments, Moments
from alerts.slices import slices
from city.messages.text import Text
from city.reading import Float64s

_CONSTANTS: Final = 5  # how many time constants back it looks: what lies before weighs e⁻⁵, 0.7 %


def _reach_ms(arguments: Arguments) -> int:
    return _CONSTANTS * int(arguments[0])


def _ewma(moments: Moments, arguments: Arguments) -> Float64s:
    """For irregular sampling (Eckner 2014, "Algorithms for unevenly spaced time series", EMA_next).

    Each reading stands for the time since the one before it: with τ = d, reading k weighs e^(−(tₙ − tₖ)/τ) −
    e^(−(tₙ − tₖ₋₁)/τ), and the oldest in reach stands for all that was before it. The weights add up to 1.
    """
    out = np.full(len(moments), np.nan)
    samples = moments.samples
    with np.errstate(over="ignore", invalid="ignore"):
        for some in slices(moments.opens(_reach_ms(arguments)), moments.newest + 1):
            newest = samples.time[moments.newest[some.which]]
            decayed = np.exp((samples.time[some.place] - np.repeat(newest, some.length)) / arguments[0])
            weight = np.diff(decayed, prepend=0.0)
            weight[some.start] = decayed[some.start]
            out[some.which] = some.sums(weight * samples.value[some.place])
    return finite(out)


EWMA: Final = Function(
    name="ewma",
    parameters=WINDOW,
    text=Text(
        ja="時定数 d の指数加重平均。測定の間隔が不ぞろいでもよい。5d より前は見ない。",
        en="The exponentially weighted mean with time constant d, for irregular sampling too; it looks 5d back.",
    ),
    examples=(
        Example("ewma(10m)", "0m 1, 10m 2", "10m", 2 - np.exp(-1).item()),
        Example("ewma(10m)", "0m 3", "20m", 3.0),
        Example("ewma(10m)", "0m 3", "50m", None),
    ),
    compute=_ewma,
    reach_ms=_reach_ms,
    empties_ms=_reach_ms,
)
