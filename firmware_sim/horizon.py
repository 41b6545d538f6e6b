"""The span of simulated time that a scenario's weather is reckoned for."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from city.reading import Float64s, Int64s

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
STEP_MS: Final = 60_000  # of all balances: well below the shortest storage time (an underpass fills in ten minutes)
JAPAN_MS: Final = 9 * HOUR_MS  # Asia/Tokyo − UTC; without summer time since 1951
LEAD_MS: Final = DAY_MS  # reckoned before the start, so that rain that fell before it is in the rivers at the start


@dataclass(frozen=True, slots=True)
class Horizon:
    """From `start_ms` on for `span_ms`; what has a memory keeps its last value after that, daily courses go on.

    sampling_ms: how often a device takes readings
    offset_ms: local time − UTC
    """

    start_ms: int
    span_ms: int
    sampling_ms: int
    offset_ms: int = JAPAN_MS

    def grid(self) -> Int64s:
        """int64[n]: every step from `LEAD_MS` before the start to the end of the span, ms since the epoch."""
        return np.arange(self.start_ms - LEAD_MS, self.start_ms + self.span_ms + STEP_MS, STEP_MS, dtype=np.int64)

    def hour(self, time_ms: int) -> float:
        """Hours since local midnight, 0 ≤ h < 24."""
        return ((time_ms + self.offset_ms) % DAY_MS) / HOUR_MS

    def weekday(self, time_ms: int) -> int:
        """Local day of the week, Monday being 0."""
        return ((time_ms + self.offset_ms) // DAY_MS + 3) % 7  # the epoch was a Thursday


class Trajectory:
    """What a balance gave at each step of the horizon, read in between by straight lines.

    Before the first and after the last step it keeps the value there.
    """

    def __init__(self, horizon: Horizon, values: Float64s) -> None:
        """values: float64[n], one for each time of `horizon.grid()`."""
        self._first_ms = horizon.start_ms - LEAD_MS
        self._values: list[float] = values.tolist()  # read one by one, which a list does ten times faster

    def at(self, time_ms: int) -> float:
        """The value at `time_ms`."""
        step, rest = divmod(time_ms - self._first_ms, STEP_MS)
        if step < 0:
            return self._values[0]
        if step >= len(self._values) - 1:
            return self._values[-1]
        before = self._values[step]
        return before + (self._values[step + 1] - before) * rest / STEP_MS

    def greatest(self) -> float:
        """The greatest value of the horizon."""
        return max(self._values)


def wander(horizon: Horizon, memory_ms: int, rng: np.random.Generator) -> Trajectory:
    """A stationary random walk about 0 with variance 1, whose correlation falls to 1/e in `memory_ms`.

    The Ornstein-Uhlenbeck process by its exact update: D. T. Gillespie, "Exact numerical simulation of the
    Ornstein-Uhlenbeck process and its integral", Physical Review E 54 (1996) 2084.
    """
    kept = float(np.exp(-STEP_MS / memory_ms))
    fresh = float(np.sqrt(1 - kept * kept))
    draws: list[float] = rng.standard_normal(len(horizon.grid())).tolist()
    values = [draws[0]]
    for draw in draws[1:]:
        values.append(values[-1] * kept + fresh * draw)
    return Trajectory(horizon, np.array(values))
