"""`mean(d)`: the arithmetic mean of the readings in the window."""

from typing import Final

import numpy as np

from alerts.function import WINDOW, Example, Function, finite
from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s


def _mean(moments: Moments, arguments: Arguments) -> Float64s:
    count = moments.newest + 1 - moments.opens(arguments[0])
    return finite(moments.reduce(arguments[0], np.add) / np.maximum(count, 1))


MEAN: Final = Function(
    name="mean",
    parameters=WINDOW,
    text=Text(
        ja="期間内の測定値の平均(件数による単純平均)。",
        en="The mean of the readings in the window, each counting the same.",
    ),
    examples=(
        Example("mean(10m)", "0m 1, 5m 2, 10m 4", "10m", 3.0),
        Example("mean(10m)", "0m 1", "10m", None),
    ),
    compute=_mean,
)
