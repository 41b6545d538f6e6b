"""`count(d)`: how many readings are in the window; 0 when it is empty."""

from typing import Final

import numpy as np

from alerts.function import WINDOW, Dimension, Example, Function
from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s


def _count(moments: Moments, arguments: Arguments) -> Float64s:
    return (moments.newest + 1 - moments.opens(arguments[0])).astype(np.float64)


COUNT: Final = Function(
    name="count",
    parameters=WINDOW,
    text=Text(ja="期間内の測定値の数。なければ 0。", en="The number of readings in the window; 0 when it is empty."),
    examples=(
        Example("count(10m)", "0m 1, 5m 1, 10m 1", "10m", 2.0),
        Example("count(10m)", "0m 1, 5m 1", "15m", 0.0),
    ),
    compute=_count,
    dimension=Dimension.COUNT,
    when_empty=0.0,
)
