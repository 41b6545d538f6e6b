"""Air temperature over a day: a cosine that is warmest in the early afternoon, and weather that wanders about it.

The sinusoidal day of W. J. Parton and J. A. Logan, "A model for diurnal variation in soil and air temperature",
Agricultural Meteorology 23 (1981) 205, in its simplest form.
"""

import math
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.horizon import HOUR_MS, Horizon, wander
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World

WARMEST_HOUR: Final = 14.0
WEATHER_MEMORY_MS: Final = 6 * HOUR_MS  # a change of air takes part of a day
WEATHER_C: Final = 0.6


class AirTemperature:
    """The air over the city."""

    def __init__(self, mean_c: float, swing_c: float, horizon: Horizon, rng: np.random.Generator) -> None:
        """swing_c: from the mean to the warmest moment."""
        self._mean_c = mean_c
        self._swing_c = swing_c
        self._horizon = horizon
        self._weather = wander(horizon, WEATHER_MEMORY_MS, rng)

    def at_c(self, time_ms: int) -> float:
        """Degrees Celsius in the open, 1.5 m above the ground."""
        phase = 2 * math.pi * (self._horizon.hour(time_ms) - WARMEST_HOUR) / 24
        return self._mean_c + self._swing_c * math.cos(phase) + WEATHER_C * self._weather.at(time_ms)

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Degrees Celsius at a place, some tenths warmer or colder than the city."""
        here_c = rng.normal(0.0, 0.4)
        return lambda time_ms: self.at_c(time_ms) + here_c


def _read(section: Section, world: World) -> AirTemperature | None:
    mean_c = section.number("mean_c", low=-30, high=45)
    swing_c = section.number("swing_c", low=0, high=20)
    return None if section.mistakes else AirTemperature(mean_c, swing_c, world.horizon, world.rng)


AIR_TEMPERATURE: Final = PhenomenonKind(
    name="air_temperature",
    title=Text(ja="気温", en="Air temperature"),
    doc=str(__doc__),
    read=_read,
    examples=("{mean_c: 22, swing_c: 5}",),
)
