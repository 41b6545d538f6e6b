"""Fine dust (PM2.5): log-normal about a season's level, washed out by rain.

Log-normal concentrations and scavenging dC/dt = -a R^b C: J. H. Seinfeld and S. N. Pandis, "Atmospheric Chemistry and
Physics" (3rd ed. 2016), ch. 20 and 26.
"""

import math
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.horizon import HOUR_MS, STEP_MS, Horizon, Trajectory, wander
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.phenomena.rainfall import Rainfall

MEMORY_MS: Final = 8 * HOUR_MS
SPREAD: Final = 0.35  # standard deviation of the logarithm
WASHED_PER_H: Final = 0.15  # at 1 mm/h, of particles about 1 µm
WASH_EXPONENT: Final = 0.6
RETURN_MS: Final = 4 * HOUR_MS  # air from elsewhere brings the dust back


class FineDust:
    """The dust over the city."""

    def __init__(self, level_ug_m3: float, rain: Rainfall | None, horizon: Horizon, rng: np.random.Generator) -> None:
        air = wander(horizon, MEMORY_MS, rng)
        left = 1.0
        course = []
        for time_ms in horizon.grid().tolist():
            washed_per_h = WASHED_PER_H * rain.intensity_mm_h(time_ms) ** WASH_EXPONENT if rain else 0.0
            left += ((1 - left) / RETURN_MS * HOUR_MS - washed_per_h * left) * STEP_MS / HOUR_MS
            course.append(level_ug_m3 * math.exp(SPREAD * air.at(time_ms)) * left)
        self._course = Trajectory(horizon, np.array(course))

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """µg/m³ at a place."""
        gain = math.exp(rng.normal(0.0, 0.1))
        return lambda time_ms: self._course.at(time_ms) * gain


def _read(section: Section, world: World) -> FineDust | None:
    level_ug_m3 = section.number("level_ug_m3", low=0, high=1_000)
    rain = world.earlier(section, "rain", Rainfall) if section.has("rain") else None
    return None if section.mistakes else FineDust(level_ug_m3, rain, world.horizon, world.rng)


FINE_DUST: Final = PhenomenonKind(
    name="fine_dust",
    title=Text(ja="微小粒子状物質", en="Fine dust"),
    doc=str(__doc__),
    read=_read,
    examples=("{level_ug_m3: 11}", "{level_ug_m3: 11, rain: rain}"),
)
