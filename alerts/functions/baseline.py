"""`baseline(days)`: what is usual at this time of day."""

from typing import Final

import numpy as np

from alerts.function import DAY_MS, Example, Function, Parameter, Takes, finite
from alerts.moments import Arguments, Moments
from alerts.slices import Slices
from alerts.window import MAX_SAMPLES, first_after, spans
from city.messages.text import Text
from city.reading import Float64s

_AROUND_MS: Final = 30 * 60_000  # rules.md: ± 30 min
_MOST_DAYS: Final = 56  # eight weeks: beyond it the season has changed
_AT_ONCE: Final = 4_096  # moments looked at together: with 56 days of 60 readings each, 14 million samples


def _reach_ms(arguments: Arguments) -> int:
    return int(arguments[0]) * DAY_MS + _AROUND_MS


def _baseline(moments: Moments, arguments: Arguments) -> Float64s:
    """The median of the readings in (t − k days − 30 min, t − k days + 30 min], k = 1, 2, … days."""
    out = np.full(len(moments), np.nan)
    days = np.arange(1, int(arguments[0]) + 1, dtype=np.int64) * DAY_MS
    oldest = np.maximum(moments.first, moments.newest + 1 - MAX_SAMPLES)
    with np.errstate(over="ignore", invalid="ignore"):
        for begin in range(0, len(moments), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            middle = (moments.time[part, None] - days).ravel()
            low, high = np.repeat(oldest[part], len(days)), np.repeat(moments.newest[part] + 1, len(days))
            first = first_after(moments.samples.time, low, high, middle - _AROUND_MS)
            end = first_after(moments.samples.time, first, high, middle + _AROUND_MS)
            length = (end - first).reshape(-1, len(days)).sum(axis=1)
            some = np.flatnonzero(length)
            place = spans(first, end - first)
            found = Slices(begin + some, length[some], np.cumsum(length[some]) - length[some], place)
            out[found.which] = found.quantiles(moments.samples.value[place], 0.5)
    return finite(out)


BASELINE: Final = Function(
    name="baseline",
    parameters=(Parameter("days", Takes.WHOLE, 1, _MOST_DAYS),),
    text=Text(
        ja="過去 days 日間の、同じ時刻(前後 30 分)の値の中央値。いつもの値との比較に使う。",
        en="The median of the same time of day (± 30 min) over the past days: what is usual now.",
    ),
    examples=(
        Example("baseline(2)", "0d 1, 1d 3, 48h 9", "48h", 2.0),
        Example("baseline(1)", "0m 5, 20m 7, 31m 100, 24h 9", "24h", 6.0),
        Example("baseline(1)", "0m 5, 12h 9", "12h", None),
    ),
    compute=_baseline,
    reach_ms=_reach_ms,
    empties_ms=_reach_ms,
)
