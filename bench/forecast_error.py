"""How far `forecast()` was off, by horizon: the product's own function on the published river levels.

What came is read off the line between the readings before and after, where they are at most `APART_MS` apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.functions.forecast import FORECAST
from alerts.moments import Arguments, Moments
from alerts.window import Samples
from bench.floods import HOUR_MS
from bench.sabae_history import levels
from city.reading import Bools, Float64s, Int64s
from megane.history import History

APART_MS: Final = 100 * 60_000  # the prefecture publishes about once an hour; where an hour is missing nothing is known
HIGH: Final = 0.99  # quantile of a year's levels: above it a gauge is in flood, some 80 hours of the year
RISING_M: Final = 0.10  # in the hours ahead


@dataclass(frozen=True, slots=True)
class Off:
    """Forecasts less what came, in m. count: how many; bias: mean; mae: mean size; p90: nine of ten are smaller."""

    count: int
    bias: float
    mae: float
    p90: float

    @classmethod
    def of(cls, off: Float64s) -> "Off":
        size = np.abs(off)
        return cls(len(off), float(off.mean()), float(size.mean()), float(np.quantile(size, 0.9)))


@dataclass(frozen=True, slots=True)
class ForecastError:
    """`forecast(d, ahead)` of some gauges: over the year, and while they rose in flood; beside `last()` there."""

    d_h: float
    ahead_h: float
    year: Off
    flood: Off
    flood_last: Off


def forecast_error(history: History, series: Iterable[int], d_h: float, ahead_h: float) -> ForecastError:
    """Over all gauges together, each reading of theirs a moment."""
    parts = [_off(*levels(history, one), d_h, ahead_h) for one in series]
    off, off_last, flood = (np.concatenate(column) for column in zip(*parts, strict=True))
    return ForecastError(d_h, ahead_h, Off.of(off), Off.of(off[flood]), Off.of(off_last[flood]))


def came(time: Int64s, value: Float64s, at: Int64s) -> Float64s:
    """float64[len(at)]: the level at these times, NaN where the readings are too far apart to know."""
    after = np.clip(np.searchsorted(time, at), 1, len(time) - 1)
    found = np.interp(at, time, value)
    found[(time[after] - time[after - 1] > APART_MS) | (at > time[-1]) | (at < time[0])] = np.nan
    return found


def at_readings(time: Int64s, value: Float64s, arguments: Arguments) -> Float64s:
    """float64[n]: `forecast` at each reading."""
    samples = Samples(np.array([FORECAST.reach_ms(arguments)]), np.array([0.0]))
    samples.append(np.array([0]), np.array([len(time)]), time, value, np.zeros(len(time), np.uint8))
    newest = samples.begin[0] + np.arange(len(time))
    return FORECAST.compute(Moments(samples, np.zeros(len(time), np.int64), time, newest), arguments)


def _off(time: Int64s, value: Float64s, d_h: float, ahead_h: float) -> tuple[Float64s, Float64s, Bools]:
    expected = at_readings(time, value, (d_h * HOUR_MS, ahead_h * HOUR_MS))
    then = came(time, value, time + int(ahead_h * HOUR_MS))
    known = np.isfinite(expected) & np.isfinite(then)
    high = float(np.quantile(value, HIGH)) if len(value) else 0.0
    flood = (then >= high) & (then - value >= RISING_M)
    return (expected - then)[known], (value - then)[known], flood[known]


def table(errors: Sequence[ForecastError]) -> str:
    """As Markdown."""
    head = "| forecast | n | MAE m | 90 % m | n in flood | bias m | MAE m | 90 % m | MAE of last() m |"
    return "\n".join([head, "|---|--:|--:|--:|--:|--:|--:|--:|--:|", *map(_line, errors)])


def _line(e: ForecastError) -> str:
    year = f"{e.year.count:,} | {e.year.mae:.3f} | {e.year.p90:.3f}"
    flood = f"{e.flood.count:,} | {e.flood.bias:+.2f} | {e.flood.mae:.2f} | {e.flood.p90:.2f}"
    return f"| `forecast({e.d_h:g}h, {e.ahead_h:g}h)` | {year} | {flood} | {e.flood_last.mae:.2f} |"
