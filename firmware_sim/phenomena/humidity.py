"""Relative humidity from a steady dew point: it falls as the air warms. Vapour pressure: `firmware_sim/vapour.py`."""

from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.phenomena.air_temperature import AirTemperature
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.vapour import vapour_pressure_hpa


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
