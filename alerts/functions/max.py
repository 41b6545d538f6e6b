"""`max(d)`: the greatest value in the window."""

from typing import Final

import numpy as np

from alerts.function import WINDOW, Example, Function
from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s


def _max(moments: Moments, arguments: Arguments) -> Float64s:
    return moments.reduce(arguments[0], np.maximum)


MAX: Final = Function(
    name="max",
    parameters=WINDOW,
    text=Text(ja="期間内の最大値。", en="The greatest value in the window."),
    examples=(
        Example("max(10m)", "0m 3, 5m 4, 10m 2", "10m", 4.0),
        Example("max(10m)", "0m 9, 10m 2", "10m", 2.0),
        Example("max(10m)", "0m 9", "1h", None),
    ),
    compute=_max,
)
