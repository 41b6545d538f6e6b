"""`min(d)`: the smallest value in the window."""

from typing import Final

import numpy as np

from alerts.function import Example, Function
from alerts.moments import Moments
from city.messages.text import Text
from city.reading import Float64s


def _min(moments: Moments, window_ms: int) -> Float64s:
    return moments.reduce(window_ms, np.minimum)


MIN: Final = Function(
    name="min",
    takes_window=True,
    text=Text(ja="期間内の最小値。", en="The smallest value in the window."),
    examples=(
        Example("min(10m)", "0m 3, 5m 1, 10m 2", "10m", 1.0),
        Example("min(10m)", "0m 1, 10m 2", "10m", 2.0),
        Example("min(10m)", "0m 1", "10m", None),
    ),
    compute=_min,
)
