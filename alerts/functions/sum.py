"""`sum(d)`: the sum of the values in the window: rain, for example."""

from typing import Final

import numpy as np

from alerts.function import WINDOW, Example, Function, finite
from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s


def _sum(moments: Moments, arguments: Arguments) -> Float64s:
    return finite(moments.reduce(arguments[0], np.add))


SUM: Final = Function(
    name="sum",
    parameters=WINDOW,
    text=Text(ja="期間内の値の合計(雨量など)。", en="The sum of the values in the window: rain, for example."),
    examples=(
        Example("sum(1h)", "0m 0.5, 30m 1.0, 50m 1.5", "50m", 3.0),
        Example("sum(1h)", "0m 0.5, 30m 1.0, 1h 1.5", "1h", 2.5),
        Example("sum(1h)", "0m 0.5", "1h", None),
    ),
    compute=_sum,
)
