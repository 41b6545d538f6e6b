"""`flat(d)`: for how long nothing has moved."""

from typing import Final

import numpy as np

from alerts.function import HOUR_MS, WINDOW, Dimension, Example, Function
from alerts.moments import Arguments, Moments
from alerts.slices import slices
from city.messages.text import Text
from city.reading import Float64s


def _flat(moments: Moments, arguments: Arguments) -> Float64s:
    """From the first reading of the newest run within the resolution of the newest value, to the newest reading.

    A run that began before t − d counts as d: the reading in force then belongs to it; it is looked for back to t − 2d.
    """
    window_ms = int(arguments[0])
    out = np.full(len(moments), np.nan)
    samples = moments.samples
    there = moments.opens(window_ms) <= moments.newest
    for some in slices(moments.opens(2 * window_ms), moments.newest + 1):
        newest = moments.newest[some.which]
        allowed = samples.resolution[moments.series[some.which]]
        moved = np.abs(samples.value[some.place] - some.each(samples.value[newest])) > some.each(allowed)
        order = np.where(moved, np.arange(1, len(moved) + 1), 0)
        last_moved = np.maximum.reduceat(order, some.start)  # one past the last sample of another value
        began = np.maximum(last_moved, some.start)
        since = samples.time[newest] - samples.time[some.place[began]]
        out[some.which] = np.minimum(since, window_ms) / HOUR_MS
    return np.where(there, out, np.nan)


FLAT: Final = Function(
    name="flat",
    parameters=WINDOW,
    text=Text(
        ja="値がセンサーの分解能を超えて動いていない時間(時間、最大 d)。最新の測定値までを数える。",
        en="For how many hours, at most d, the value has stayed within the sensor's resolution, up to the newest "
        "reading.",
    ),
    examples=(
        Example("flat(1h)", "0m 5, 20m 5.1, 40m 5.1, 1h 5.1", "1h", 40 / 60),
        Example("flat(30m)", "0m 5.1, 20m 5.1, 40m 5.1, 1h 5.1", "1h", 0.5),
        Example("flat(1h)", "0m 5, 20m 5.1, 40m 5", "40m", 40 / 60, resolution=0.11),
        Example("flat(1h)", "0m 5", "2h", None),
    ),
    compute=_flat,
    reach_ms=lambda arguments: 2 * int(arguments[0]),
    dimension=Dimension.HOURS,
)
