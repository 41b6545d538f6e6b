"""`forecast(d, ahead)`: where the value will be, if it goes on as it does."""

from typing import Final

import numpy as np

from alerts.function import HOUR_MS, WINDOW, Example, Function, Parameter, Takes, finite
from alerts.functions.slope import SLOPE, steepness
from alerts.moments import Arguments, Moments
from city.messages.text import Text
from city.reading import Float64s


def _forecast(moments: Moments, arguments: Arguments) -> Float64s:
    """`last() + slope(d) × d × (1 − e^(−ahead/d))`: a damped trend (Gardner and McKenzie 1985, in continuous time).

    A trend that was measured over d is believed to last about as long: it fades with the time constant d, so a forecast
    never goes further than d of the present slope. docs/early-warning.md: what its error was on the gauges of Fukui.
    """
    window_ms, ahead_ms = arguments
    damped_h = window_ms / HOUR_MS * -np.expm1(-ahead_ms / window_ms)
    slope = moments.result(SLOPE.name, (window_ms,), steepness)
    with np.errstate(over="ignore", invalid="ignore"):
        return finite(moments.last() + slope * damped_h)


FORECAST: Final = Function(
    name="forecast",
    parameters=(*WINDOW, Parameter("ahead", Takes.DURATION)),
    text=Text(
        ja="d の間の傾きから見込む、ahead 先の値。傾きは時定数 d で弱まるとみる: "
        "last() + slope(d) × d × (1 − e^(−ahead/d))。",
        en="The value to expect after `ahead` from the slope over d, which is taken to fade with the time constant d: "
        "last() + slope(d) × d × (1 − e^(−ahead/d)).",
    ),
    examples=(
        Example("forecast(30m, 30m)", "0m 9, 10m 1, 20m 2, 30m 3", "30m", 3 + 6 * 0.5 * (1 - np.exp(-1).item())),
        Example("forecast(30m, 1h)", "10m 1, 20m 2", "30m", None),
    ),
    compute=_forecast,
)
