"""`delta(d)`: how much the value has changed over d."""

from typing import Final

import numpy as np

from alerts.function import WINDOW, Example, Function, finite
from alerts.moments import Arguments, Moments
from alerts.window import MAX_SAMPLES
from city.messages.text import Text
from city.reading import Float64s


def difference(moments: Moments, arguments: Arguments) -> Float64s:
    """`last()` − the value in force at t − d: the newest at or before it, not older than t − 2d."""
    window_ms = int(arguments[0])
    before = moments.opens(window_ms) - 1
    oldest = np.maximum(moments.first, moments.newest - MAX_SAMPLES)
    known = before >= oldest
    known &= moments.samples.time[np.where(known, before, 0)] >= moments.time - 2 * window_ms
    with np.errstate(over="ignore"):
        return finite(moments.value_at(moments.newest, known) - moments.value_at(before, known))


DELTA: Final = Function(
    name="delta",
    parameters=WINDOW,
    text=Text(
        ja="最新の値と d 前の時点で有効だった値との差。d 前以前で最も新しい値を使い、2d より古いものは使わない。",
        en="The newest value minus the value in force d ago: the newest at or before then, not older than 2d.",
    ),
    examples=(
        Example("delta(10m)", "0m 1, 10m 1.5", "10m", 0.5),
        Example("delta(10m)", "0m 1, 15m 1.5", "15m", 0.5),
        Example("delta(10m)", "0m 1, 21m 1.5", "21m", None),
        Example("delta(10m)", "0m 1, 5m 1.5", "5m", None),
    ),
    compute=difference,
    reach_ms=lambda arguments: 2 * int(arguments[0]),
    empties_ms=lambda arguments: 2 * int(arguments[0]) + 1,
)
