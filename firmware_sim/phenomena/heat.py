"""Heat strain outdoors (暑さ指数, WBGT) as the instrument takes it: a black globe, a wet wick and a thermometer.

The physics and their sources stand in `firmware_sim/globe.py`.
"""

from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.globe import globe_c, wbgt_c
from firmware_sim.phenomena.air_temperature import AirTemperature
from firmware_sim.phenomena.humidity import Humidity
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.sun import irradiance_kw_m2, zenith_cosine


class Heat:
    """The strain of heat on people outdoors."""

    def __init__(self, air: AirTemperature, humidity: Humidity, clearness: float, wind_m_s: float) -> None:
        self._air = air
        self._humidity = humidity
        self._clearness = clearness
        self._wind_m_s = wind_m_s

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Wet-bulb globe temperature at a place, degrees Celsius."""
        here_c = rng.normal(0.0, 0.3)

        def at_c(time_ms: int) -> float:
            air, humidity = self._air.at_c(time_ms), self._humidity.at_percent(time_ms)
            sun = irradiance_kw_m2(time_ms, self._clearness)
            globe = globe_c(air, humidity, sun, zenith_cosine(time_ms), self._wind_m_s)
            return wbgt_c(air, humidity, globe, self._wind_m_s) + here_c

        return at_c


def _read(section: Section, world: World) -> Heat | None:
    air = world.earlier(section, "air", AirTemperature)
    humidity = world.earlier(section, "humidity", Humidity)
    clearness = section.number("clearness", low=0, high=1)
    wind_m_s = section.number("wind_m_s", low=0, high=30, default=1.5)
    if section.mistakes or air is None or humidity is None:
        return None
    return Heat(air, humidity, clearness, wind_m_s)


HEAT: Final = PhenomenonKind(
    name="heat",
    title=Text(ja="暑さ指数", en="Heat"),
    doc=str(__doc__),
    read=_read,
    examples=("{air: air, humidity: humidity, clearness: 0.8}",),
)
