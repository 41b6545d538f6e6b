"""Wind speed: Weibull distributed, with a memory; its direction turns slowly about the prevailing one.

C. G. Justus, W. R. Hargraves, A. Mikhail and D. Graber, "Methods for estimating wind speed frequency distributions",
Journal of Applied Meteorology 17 (1978) 350.
"""

import math
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.horizon import HOUR_MS, Horizon, wander
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World

SHAPE: Final = 2.0  # Rayleigh's case, usual where nothing better is known
MEMORY_MS: Final = 3 * HOUR_MS
SWING_DEG: Final = 35.0


class Wind:
    """The wind over the city."""

    def __init__(self, mean_m_s: float, from_deg: float, horizon: Horizon, rng: np.random.Generator) -> None:
        self._scale_m_s = mean_m_s / math.gamma(1 + 1 / SHAPE)
        self._from_deg = from_deg
        self._gusts = wander(horizon, MEMORY_MS, rng)
        self._turns = wander(horizon, MEMORY_MS, rng)

    def at_m_s(self, time_ms: int) -> float:
        """Speed: the quantile of Weibull's distribution at the walk's own."""
        below = 0.5 * (1 + math.erf(self._gusts.at(time_ms) / math.sqrt(2)))
        return self._scale_m_s * math.pow(-math.log(max(1e-12, 1 - below)), 1 / SHAPE)

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Speed (m/s) at a place; where the quantity is an angle, the direction it comes from (degrees)."""
        if sensor.quantity.unit == "deg":
            return lambda time_ms: (self._from_deg + SWING_DEG * self._turns.at(time_ms)) % 360
        exposed = rng.uniform(0.8, 1.2)
        return lambda time_ms: self.at_m_s(time_ms) * exposed


def _read(section: Section, world: World) -> Wind | None:
    mean_m_s = section.number("mean_m_s", low=0, high=40)
    from_deg = section.number("from_deg", low=0, high=360, default=315.0)
    return None if section.mistakes else Wind(mean_m_s, from_deg, world.horizon, world.rng)


WIND: Final = PhenomenonKind(
    name="wind",
    title=Text(ja="風", en="Wind"),
    doc=str(__doc__),
    read=_read,
    examples=("{mean_m_s: 2.4}", "{mean_m_s: 2.4, from_deg: 180}"),
)
