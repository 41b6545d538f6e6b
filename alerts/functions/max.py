"""`max(d)`: the greatest value in the window."""

from typing import Final

import numpy as np

from alerts.function import Example, Function
from alerts.moments import Moments
from city.messages.text import Text
from city.reading import Float64s


def _max(moments: Moments, window_ms: int) -> Float64s:
    return moments.reduce(window_ms, np.maximum)


MAX: Final = Function(
    name="max",
    takes_window=True,
    text=Text(ja="期間内の最大値。", en="The greatest value in the window."),
    examples=(
        Example("max(10m)", "0m 3, 5m 4, 10m 2", "10m", 4.0),
        Example("max(10m)", "0m 9, 10m 2", "10m", 2.0),
        Example("max(10m)", "0m 9", "1h", None),
    ),
    compute=_max,
)
