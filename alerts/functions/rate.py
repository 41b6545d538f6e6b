"""`rate(d)`: `delta(d)` per hour."""

from typing import Final

import numpy as np

from alerts.function import HOUR_MS, WINDOW, Dimension, Example, Function, finite
from alerts.functions.delta import DELTA, difference
from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s


def _rate(moments: Moments, arguments: Arguments) -> Float64s:
    with np.errstate(over="ignore"):
        return finite(moments.result(DELTA.name, arguments, difference) / (arguments[0] / HOUR_MS))


RATE: Final = Function(
    name="rate",
    parameters=WINDOW,
    text=Text(
        ja="1 時間あたりの変化量: delta(d) を d の時間数で割ったもの。",
        en="Change per hour: delta(d) divided by d in hours.",
    ),
    examples=(
        Example("rate(30m)", "0m 1, 30m 1.5", "30m", 1.0),
        Example("rate(10m)", "0m 1, 21m 1.5", "21m", None),
    ),
    compute=_rate,
    reach_ms=DELTA.reach_ms,
    empties_ms=DELTA.empties_ms,
    dimension=Dimension.RATE,
)
