"""The surface of a road: warmed by the sun above the air, cooled below it by a clear night.

Surface and air differ by absorbed sunlight over the surface's heat transfer, less the night's net long-wave loss:
linearized balance of T. R. Oke, "Boundary Layer Climates" (2nd ed. 1987), ch. 1 and 3.
"""

from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.phenomena.air_temperature import AirTemperature
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.sun import irradiance_kw_m2

ABSORBED: Final = 0.9  # of sunlight, by asphalt
TRANSFER_KW_M2_K: Final = 0.030  # convection and radiation together, light wind
NIGHT_LOSS_KW_M2: Final = 0.07  # net long-wave loss under a clear sky


class RoadTemperature:
    """The surface of the city's roads."""

    def __init__(self, air: AirTemperature, clearness: float) -> None:
        self._air = air
        self._clearness = clearness

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Degrees Celsius; a place has its own shade."""
        open_to_sky = rng.uniform(0.6, 1.0) * self._clearness

        def at_c(time_ms: int) -> float:
            gained = ABSORBED * irradiance_kw_m2(time_ms, open_to_sky) - NIGHT_LOSS_KW_M2 * open_to_sky
            return self._air.at_c(time_ms) + gained / TRANSFER_KW_M2_K

        return at_c


def _read(section: Section, world: World) -> RoadTemperature | None:
    air = world.earlier(section, "air", AirTemperature)
    clearness = section.number("clearness", low=0, high=1)
    return None if section.mistakes or air is None else RoadTemperature(air, clearness)


ROAD_TEMPERATURE: Final = PhenomenonKind(
    name="road_temperature",
    title=Text(ja="路面温度", en="Road temperature"),
    doc=str(__doc__),
    read=_read,
    examples=("{air: air, clearness: 0.8}",),
)
