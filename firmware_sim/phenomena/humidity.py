"""Relative humidity from a steady dew point: it falls as the air warms.

Vapour pressure by Magnus' formula with the constants of O. A. Alduchov and R. E. Eskridge, "Improved Magnus form
approximation of saturation vapor pressure", Journal of Applied Meteorology 35 (1996) 601.
"""

import math
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.phenomena.air_temperature import AirTemperature
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World


def vapour_pressure_hpa(temperature_c: float) -> float:
    """Saturation vapour pressure over water."""
    return 6.1094 * math.exp(17.625 * temperature_c / (243.04 + temperature_c))


class Humidity:
    """The moisture of the air over the city."""

    def __init__(self, air: AirTemperature, dew_point_c: float) -> None:
        self._air = air
        self._vapour_hpa = vapour_pressure_hpa(dew_point_c)

    def at_percent(self, time_ms: int) -> float:
        """Relative humidity, %; never above 100."""
        return min(100.0, 100 * self._vapour_hpa / vapour_pressure_hpa(self._air.at_c(time_ms)))

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Relative humidity, %, at a place."""
        here = rng.normal(0.0, 1.5)
        return lambda time_ms: min(100.0, max(0.0, self.at_percent(time_ms) + here))


def _read(section: Section, world: World) -> Humidity | None:
    air = world.earlier(section, "air", AirTemperature)
    dew_point_c = section.number("dew_point_c", low=-40, high=35)
    return None if section.mistakes or air is None else Humidity(air, dew_point_c)


HUMIDITY: Final = PhenomenonKind(
    name="humidity",
    title=Text(ja="湿度", en="Humidity"),
    doc=str(__doc__),
    read=_read,
    examples=("{air: air, dew_point_c: 18}",),
)
