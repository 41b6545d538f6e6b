"""`zscore(d)`: how unusual the newest value is among those before it."""

from typing import Final

import numpy as np

from alerts.function import WINDOW, Dimension, Example, Function, finite
from alerts.moments import Arguments, Moments
from alerts.slices import slices
from city.messages.text import Text
from city.reading import Float64s

NORMAL: Final = 1.4826  # MAD × this is the standard deviation where values are normally distributed


def _zscore(moments: Moments, arguments: Arguments) -> Float64s:
    """(last − median) / (1.4826 × MAD), the modified z-score of Iglewicz and Hoaglin (1993), the newest left out."""
    out = np.full(len(moments), np.nan)
    values = moments.samples.value
    with np.errstate(all="ignore"):
        for some in slices(moments.opens(arguments[0]), moments.newest):
            value = values[some.place]
            middle = some.quantiles(value, 0.5)
            scatter = some.quantiles(np.abs(value - some.each(middle)), 0.5)
            out[some.which] = (values[moments.newest[some.which]] - middle) / (NORMAL * scatter)
    return finite(out)


ZSCORE: Final = Function(
    name="zscore",
    parameters=WINDOW,
    text=Text(
        ja="最新の値が期間内のほかの値からどれほど外れているか: (最新の値 − 中央値) ÷ (1.4826 × 中央絶対偏差)。"
        "最新の値そのものは中央値に入れない。ほかの値が動いていなければ値はない。",
        en="How far the newest value lies from the others of the window: (last − median) / (1.4826 × MAD), the newest "
        "left out. Nothing where the others do not move at all.",
    ),
    examples=(
        Example("zscore(1h)", "0m 1, 10m 2, 20m 3, 30m 2, 40m 4.4826", "40m", (4.4826 - 2.0) / (1.4826 * 0.5)),
        Example("zscore(1h)", "0m 2, 10m 2, 20m 2, 30m 9", "30m", None),
        Example("zscore(1h)", "0m 2", "0m", None),
    ),
    compute=_zscore,
    dimension=Dimension.PLAIN,
)
