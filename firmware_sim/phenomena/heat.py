"""Wet-bulb globe temperature (暑さ指数) from what a weather station measures.

The estimate used by Japan's Ministry of the Environment: 小野雅司・登内道彦
「通常観測気象要素を用いた WBGT（湿球黒球温度）の推定」日本生気象学会雑誌 50 (2014) 147.
"""

from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.phenomena.air_temperature import AirTemperature
from firmware_sim.phenomena.humidity import Humidity
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.sun import irradiance_kw_m2


def wbgt_c(air_c: float, humidity_percent: float, sun_kw_m2: float, wind_m_s: float) -> float:
    """Ono and Tonouchi's regression, degrees Celsius."""
    return (
        0.735 * air_c
        + 0.0374 * humidity_percent
        + 0.00292 * air_c * humidity_percent
        + 7.619 * sun_kw_m2
        - 4.557 * sun_kw_m2**2
        - 0.0572 * wind_m_s
        - 4.064
    )


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
            sun = irradiance_kw_m2(time_ms, self._clearness)
            air, humidity = self._air.at_c(time_ms), self._humidity.at_percent(time_ms)
            return wbgt_c(air, humidity, sun, self._wind_m_s) + here_c

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
