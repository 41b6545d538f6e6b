"""Soil moisture by the bucket: rain fills it, what exceeds the field capacity drains, the sun dries it.

S. Manabe, "Climate and the ocean circulation: I", Monthly Weather Review 97 (1969) 739, with a linear drain.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.reading import Float64s
from city.section import Section
from firmware_sim.horizon import HOUR_MS, STEP_MS, Horizon, Trajectory
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.phenomena.rainfall import Rainfall

DEPTH_MM: Final = 500.0  # of soil that the probe stands for
POROSITY: Final = 0.48
FIELD_CAPACITY: Final = 0.30
DRAIN_PER_H: Final = 0.04
DRYING_MM_H: Final = 0.12  # about 3 mm a day


def moisture(rain_mm_h: Sequence[float], first: float) -> Float64s:
    """Share of the soil's volume that is water after each step: float64[n], 0..POROSITY; what is too much runs off."""
    hours = STEP_MS / HOUR_MS
    water_mm = first * DEPTH_MM
    course = []
    for rain in rain_mm_h:
        drained = DRAIN_PER_H * max(0.0, water_mm - FIELD_CAPACITY * DEPTH_MM)
        dried = DRYING_MM_H * water_mm / (POROSITY * DEPTH_MM)
        water_mm = min(POROSITY * DEPTH_MM, max(0.0, water_mm + (rain - drained - dried) * hours))
        course.append(water_mm / DEPTH_MM)
    return np.array(course)


class SoilMoisture:
    """The slopes above the valleys."""

    def __init__(self, rain: Rainfall, first_percent: float, horizon: Horizon) -> None:
        self._rain_mm_h = [rain.intensity_mm_h(t) for t in horizon.grid().tolist()]
        self._first = first_percent / 100
        self._horizon = horizon

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Volumetric water content, %, of one slope."""
        gain = rng.uniform(0.9, 1.2)  # slopes that face the wind get more
        share = Trajectory(self._horizon, moisture([rain * gain for rain in self._rain_mm_h], self._first))
        return lambda time_ms: 100 * share.at(time_ms)


def _read(section: Section, world: World) -> SoilMoisture | None:
    rain = world.earlier(section, "rain", Rainfall)
    first_percent = section.number("first_percent", low=0, high=100 * POROSITY)
    return None if section.mistakes or rain is None else SoilMoisture(rain, first_percent, world.horizon)


SOIL_MOISTURE: Final = PhenomenonKind(
    name="soil_moisture",
    title=Text(ja="土壌水分", en="Soil moisture"),
    doc=str(__doc__),
    read=_read,
    examples=("{rain: rain, first_percent: 24}",),
)
