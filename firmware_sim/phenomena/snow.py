"""Snow on the ground: it falls while the air is cold, settles under its own weight, melts by the degree, is ploughed.

Melt by degree-days: R. Hock, "Temperature index melt modelling in mountain areas", Journal of Hydrology 282 (2003) 104.
Density of what falls: N. R. Hedstrom and J. W. Pomeroy, "Measurements and modelling of snow interception in the boreal
forest", Hydrological Processes 12 (1998) 1611. Settling: D. L. Verseghy, "CLASS: a Canadian land surface scheme for
GCMs, I. Soil model", International Journal of Climatology 11 (1991) 111.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.reading import Float64s
from city.section import Section
from firmware_sim.horizon import DAY_MS, HOUR_MS, STEP_MS, Horizon, Trajectory
from firmware_sim.phenomena.air_temperature import AirTemperature
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.phenomena.rainfall import Rainfall

SNOW_BELOW_C: Final = 1.0
MELT_MM_PER_C_DAY: Final = 4.0
OLD_KG_M3: Final = 200.0  # what lies at the start has lain for a day or two
SETTLED_KG_M3: Final = 300.0  # Verseghy's greatest density
SETTLING_PER_H: Final = 0.01  # Verseghy's rate
PACKED_KG_M3: Final = 450.0  # what a blade leaves behind, driven over


def fresh_kg_m3(air_c: float) -> float:
    """Density of falling snow at an air temperature, by Hedstrom and Pomeroy: 119 at 0 °C, lighter when colder."""
    return 67.92 + 51.25 * math.exp(air_c / 2.59)


@dataclass(frozen=True, slots=True)
class Ploughs:
    """Rounds at hours of the local day: at those `devices`, what is `from_m` deep or deeper becomes `leaves_m`."""

    devices: frozenset[str]
    at_h: tuple[float, ...]
    from_m: float
    leaves_m: float


def depths_m(
    air_c: Sequence[float],
    falling_mm: Sequence[float],
    rounds: Sequence[bool],
    first_m: float,
    ploughs: Ploughs | None = None,
) -> Float64s:
    """Depth after each step: float64[n], m; never below 0.

    air_c, falling_mm, rounds: by step: air temperature, precipitation (mm of water), whether the ploughs go out
    """
    kept = math.exp(-SETTLING_PER_H * STEP_MS / HOUR_MS)
    water_mm, density = first_m * OLD_KG_M3, OLD_KG_M3  # 1 mm of water is 1 kg/m²
    course = []
    for air, falling, out in zip(air_c, falling_mm, rounds, strict=True):
        density = max(density, SETTLED_KG_M3 - (SETTLED_KG_M3 - density) * kept)
        if falling and air < SNOW_BELOW_C:
            depth_m = water_mm / density + falling / fresh_kg_m3(air)
            water_mm += falling
            density = water_mm / depth_m if depth_m else density  # the least of numbers falls as no depth at all
        water_mm = max(0.0, water_mm - MELT_MM_PER_C_DAY * max(0.0, air) * STEP_MS / DAY_MS)
        if out and ploughs and water_mm / density >= ploughs.from_m:
            water_mm, density = ploughs.leaves_m * PACKED_KG_M3, PACKED_KG_M3
        course.append(water_mm / density)
    return np.array(course)


class Snow:
    """What lies on the city's ground."""

    def __init__(
        self, rain: Rainfall, air: AirTemperature, first_m: float, ploughs: Ploughs | None, horizon: Horizon
    ) -> None:
        grid = horizon.grid().tolist()
        self._air_c = [air.at_c(t) for t in grid]
        self._falling_mm = [rain.intensity_mm_h(t) * STEP_MS / HOUR_MS for t in grid]
        turns = {round(hour * HOUR_MS) // STEP_MS for hour in (ploughs.at_h if ploughs else ())}
        self._rounds = [(t + horizon.offset_ms) % DAY_MS // STEP_MS in turns for t in grid]
        self._first_m = first_m
        self._ploughs = ploughs
        self._horizon = horizon

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Depth at a place, in the sensor's own unit; on a slope or in the lee more falls than elsewhere."""
        gain = rng.uniform(0.8, 1.3)
        ploughs = self._ploughs if self._ploughs and sensor.device in self._ploughs.devices else None
        falling_mm = [mm * gain for mm in self._falling_mm]
        depth_m = depths_m(self._air_c, falling_mm, self._rounds, self._first_m * gain, ploughs)
        return Trajectory(self._horizon, depth_m * sensor.quantity.units["m"].scale).at


def _read(section: Section, world: World) -> Snow | None:
    rain = world.earlier(section, "rain", Rainfall)
    air = world.earlier(section, "air", AirTemperature)
    first_m = section.number("first_m", low=0, high=5, default=0.0)
    ploughs = _ploughs(section.section("ploughs"), world) if section.has("ploughs") else None
    return None if section.mistakes or rain is None or air is None else Snow(rain, air, first_m, ploughs, world.horizon)


def _ploughs(section: Section, world: World) -> Ploughs:
    section.value("devices")  # notes that it is missing
    section.value("at_h")
    return Ploughs(
        devices=frozenset(device.reference(world.devices) for device in section.items("devices")),
        at_h=tuple(hour.number(0, 24) for hour in section.items("at_h")),
        from_m=section.number("from_m", low=0, high=5),
        leaves_m=section.number("leaves_m", low=0, high=1),
    )


SNOW: Final = PhenomenonKind(
    name="snow",
    title=Text(ja="積雪", en="Snow"),
    doc=str(__doc__),
    read=_read,
    examples=(
        "{rain: rain, air: air}",
        "{rain: rain, air: air, first_m: 0.4}",
        "{rain: rain, air: air, ploughs: {devices: [rpi-toba], at_h: [3, 13], from_m: 0.1, leaves_m: 0.03}}",
    ),
)
