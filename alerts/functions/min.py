"""`min(d)`: the smallest value in the window."""

from typing import Final

import numpy as np

from alerts.function import WINDOW, Example, Function
from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s


def _min(moments: Moments, arguments: Arguments) -> Float64s:
    return moments.reduce(arguments[0], np.minimum)


MIN: Final = Function(
    name="min",
    parameters=WINDOW,
    text=Text(ja="期間内の最小値。", en="The smallest value in the window."),
    examples=(
        Example("min(10m)", "0m 3, 5m 1, 10m 2", "10m", 1.0),
        Example("min(10m)", "0m 1, 10m 2", "10m", 2.0),
        Example("min(10m)", "0m 1", "10m", None),
    ),
    compute=_min,
)
