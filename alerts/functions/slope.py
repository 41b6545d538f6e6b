"""`slope(d)`: the straight line through the window, by least squares."""

from typing import Final

import numpy as np

from alerts.function import HOUR_MS, WINDOW, Dimension, Example, Function, finite
from alerts.moments import Arguments, Moments
from alerts.slices import slices
from city.messages.text import Text
from city.reading import Float64s

_LEAST: Final = 3  # rules.md: through two readings a line always fits


def steepness(moments: Moments, arguments: Arguments) -> Float64s:
    """float64[moments], per hour: (nΣtv − ΣtΣv) / (nΣt² − (Σt)²), ordinary least squares.

    t and v count from the window's newest reading. So they are small where the window is, and their products lose no
    more than log2(n) bits: n of at most 8,192 leaves 40 of 53.
    """
    out = np.full(len(moments), np.nan)
    samples = moments.samples
    with np.errstate(all="ignore"):
        for some in slices(moments.opens(arguments[0]), moments.newest + 1, _LEAST):
            newest = moments.newest[some.which]
            hours = (samples.time[some.place] - some.each(samples.time[newest])) / HOUR_MS
            value = samples.value[some.place] - some.each(samples.value[newest])
            count, all_hours = some.length, some.sums(hours)
            over = count * some.sums(hours * value) - all_hours * some.sums(value)
            out[some.which] = over / (count * some.sums(hours * hours) - all_hours * all_hours)
    return finite(out)


SLOPE: Final = Function(
    name="slope",
    parameters=WINDOW,
    text=Text(
        ja="期間内の値に最小二乗法で当てはめた直線の傾き(1 時間あたり)。測定値が 3 件以上要る。",
        en="The slope of the straight line through the window by least squares, per hour; at least 3 readings.",
    ),
    examples=(
        Example("slope(30m)", "0m 9, 10m 1, 20m 2, 30m 3", "30m", 6.0),
        Example("slope(30m)", "10m 1, 20m 2", "30m", None),
    ),
    compute=steepness,
    dimension=Dimension.RATE,
)
