"""How long a rise takes from one gauge to the next: the lag at which rises within an hour fit best.

Both courses are read off the lines between their readings every ten minutes; moments count at which the lower gauge is
in its highest 3 % of the year. Since the readings are an hour apart, a lag is good to about half an hour.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.floods import HOUR_MS
from bench.forecast_error import came
from bench.sabae_history import SENSOR, levels
from city.reading import Float64s, SeriesKey
from megane.history import History

STEP_MS: Final = 600_000
STEPS_AN_HOUR: Final = HOUR_MS // STEP_MS
LAGS: Final = range(-6, 25)  # steps: one hour back to four hours on
HIGH: Final = 0.97
REACHES: Final = (
    ("pref-imajo", "pref-hijiribashi"),
    ("pref-hijiribashi", "pref-nakahirabuki"),
    ("pref-nakahirabuki", "rpi-iehisa"),
    ("pref-nakahirabuki", "rpi-tadasubashi"),
    ("rpi-iehisa", "rpi-tadasubashi"),
    ("rpi-tadasubashi", "rpi-miono"),
    ("pref-kita", "rpi-toba"),
    ("rpi-kitanaka", "rpi-matsunari"),
    ("rpi-matsunari", "rpi-toba"),
    ("rpi-toba", "rpi-desaku"),
    ("rpi-toba", "rpi-miono"),
)


@dataclass(frozen=True, slots=True)
class TravelTime:
    """minutes: how much later the rise comes below; negative where it is earlier. correlation: of the rises then."""

    above: str
    below: str
    minutes: int
    correlation: float


def travel_time(history: History, above: str, below: str) -> TravelTime:
    """Between two gauges."""
    upper, lower = _grid(history, above), _grid(history, below)
    rise_above, rise_below = _rise(upper), _rise(lower)
    high = lower > np.nanquantile(lower, HIGH)

    def correlation(lag: int) -> float:
        shifted = np.roll(rise_above, lag)
        known = high & np.isfinite(shifted) & np.isfinite(rise_below)
        return float(np.corrcoef(shifted[known], rise_below[known])[0, 1])

    best = max(LAGS, key=correlation)
    return TravelTime(above, below, best * STEP_MS // 60_000, correlation(best))


def _grid(history: History, device: str) -> Float64s:
    grid = np.arange(history.start_ms, history.end_ms, STEP_MS)
    return came(*levels(history, history.catalog.index[SeriesKey(device, SENSOR)]), grid)


def _rise(course: Float64s) -> Float64s:
    return course - np.roll(course, STEPS_AN_HOUR)


def table(history: History) -> str:
    """All reaches, as Markdown."""
    found = [travel_time(history, *reach) for reach in REACHES]
    rows = (f"| {t.above} → {t.below} | {t.minutes} min | {t.correlation:.2f} |" for t in found)
    return "\n".join(["| reach | lag | correlation of rises |", "|---|--:|--:|", *rows])
