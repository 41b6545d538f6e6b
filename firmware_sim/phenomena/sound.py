"""Sound level beside a road, from the traffic of the hour.

Basic noise level L10 = 42.2 + 10 log10 q, q vehicles an hour: UK Department of Transport, "Calculation of Road Traffic
Noise" (1988), chart 2; rain on the road and roofs added as energy.
"""

import math
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.habits import activity
from firmware_sim.horizon import Horizon
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.phenomena.rainfall import Rainfall

BASIC_DB: Final = 42.2
RAIN_DB: Final = 45.0  # at 1 mm/h, on pavement


class Sound:
    """What is heard beside the city's roads."""

    def __init__(self, vehicles_per_h: float, rain: Rainfall | None, horizon: Horizon) -> None:
        """vehicles_per_h: mean over the day."""
        self._vehicles_per_h = vehicles_per_h
        self._rain = rain
        self._horizon = horizon

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """dB(A) at a place; people drive when they are up, as they draw water."""
        road = rng.uniform(0.5, 1.5) * self._vehicles_per_h

        def at_db(time_ms: int) -> float:
            traffic = 10 ** (BASIC_DB / 10) * road * activity(self._horizon.hour(time_ms))
            rain = 10 ** (RAIN_DB / 10) * self._rain.intensity_mm_h(time_ms) if self._rain else 0.0
            return 10 * math.log10(1 + traffic + rain)

        return at_db


def _read(section: Section, world: World) -> Sound | None:
    vehicles_per_h = section.number("vehicles_per_h", low=0, high=20_000)
    rain = world.earlier(section, "rain", Rainfall) if section.has("rain") else None
    return None if section.mistakes else Sound(vehicles_per_h, rain, world.horizon)


SOUND: Final = PhenomenonKind(
    name="sound",
    title=Text(ja="騒音", en="Sound"),
    doc=str(__doc__),
    read=_read,
    examples=("{vehicles_per_h: 300}", "{vehicles_per_h: 300, rain: rain}"),
)
