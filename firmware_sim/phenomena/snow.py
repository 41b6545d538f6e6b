"""Snow on the ground: precipitation below 1 °C stays, warmth melts it by the degree.

R. Hock, "Temperature index melt modelling in mountain areas", Journal of Hydrology 282 (2003) 104.
"""

from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.horizon import DAY_MS, HOUR_MS, STEP_MS, Horizon, Trajectory
from firmware_sim.phenomena.air_temperature import AirTemperature
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.phenomena.rainfall import Rainfall

SNOW_BELOW_C: Final = 1.0
MELT_MM_PER_C_DAY: Final = 4.0
SNOW_M_PER_MM: Final = 0.008  # 125 kg/m³: the wet snow of Hokuriku, some hours old


class Snow:
    """What lies on the city's ground."""

    def __init__(self, rain: Rainfall, air: AirTemperature, first_m: float, horizon: Horizon) -> None:
        water_mm = first_m / SNOW_M_PER_MM
        course = []
        for time_ms in horizon.grid().tolist():
            air_c = air.at_c(time_ms)
            fallen = rain.intensity_mm_h(time_ms) * STEP_MS / HOUR_MS if air_c < SNOW_BELOW_C else 0.0
            water_mm = max(0.0, water_mm + fallen - MELT_MM_PER_C_DAY * max(0.0, air_c) * STEP_MS / DAY_MS)
            course.append(water_mm * SNOW_M_PER_MM)
        self._depth_m = Trajectory(horizon, np.array(course))

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Depth at a place, in the sensor's own unit."""
        gain = rng.uniform(0.8, 1.3) * sensor.quantity.units["m"].scale
        return lambda time_ms: self._depth_m.at(time_ms) * gain


def _read(section: Section, world: World) -> Snow | None:
    rain = world.earlier(section, "rain", Rainfall)
    air = world.earlier(section, "air", AirTemperature)
    first_m = section.number("first_m", low=0, high=5, default=0.0)
    return None if section.mistakes or rain is None or air is None else Snow(rain, air, first_m, world.horizon)


SNOW: Final = PhenomenonKind(
    name="snow",
    title=Text(ja="積雪", en="Snow"),
    doc=str(__doc__),
    read=_read,
    examples=("{rain: rain, air: air}", "{rain: rain, air: air, first_m: 0.4}"),
)
