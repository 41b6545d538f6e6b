"""CO2 in a room by mass balance: people breathe it out, air from outside dilutes it.

V dC/dt = G n + Q (C_out - C), with more air Q while windows are open; generation per person from A. Persily and
L. de Jonge, "Carbon dioxide generation rates for building occupants", Indoor Air 27 (2017) 868.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.reading import Float64s
from city.section import Section
from firmware_sim.horizon import HOUR_MS, STEP_MS, Horizon, Trajectory
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World

OUTDOORS_PPM: Final = 425.0
BREATHED_M3_H: Final = 0.0144  # a person sitting, 4 cm³/s
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Stay:
    """`people` are in the room between two hours of the local day."""

    from_h: float
    until_h: float
    people: float


@dataclass(frozen=True, slots=True)
class Airing:
    """Windows are open between two hours of the local day, and let `fresh_m3_h` of air in and out."""

    from_h: float
    until_h: float
    fresh_m3_h: float


LESSONS: Final = tuple(
    Stay(from_h, from_h + 0.75, 32) for from_h in (8.75, 9.7, 10.75, 11.7, 13.8, 14.75)
)  # six lessons of 45 minutes; in the breaks the class is in the yard


def concentration_ppm(people: Sequence[float], volume_m3: float, fresh_m3_h: Sequence[float]) -> Float64s:
    """CO2 after each step for the people and the air from outside in each step; float64[n].

    Exact for steps of constant occupancy and ventilation.
    """
    ppm = OUTDOORS_PPM
    course = []
    for count, fresh in zip(people, fresh_m3_h, strict=True):
        settled = OUTDOORS_PPM + count * BREATHED_M3_H / fresh * 1e6
        ppm = settled + (ppm - settled) * math.exp(-fresh / volume_m3 * STEP_MS / HOUR_MS)
        course.append(ppm)
    return np.array(course)


class CarbonDioxide:
    """The air in rooms that fill and empty by a timetable."""

    def __init__(
        self,
        stays: Sequence[Stay],
        airings: Sequence[Airing],
        *,
        at_weekends: bool,
        volume_m3: float,
        fresh_m3_h: float,
        horizon: Horizon,
    ) -> None:
        self._stays = tuple(stays)
        self._airings = tuple(airings)
        self._at_weekends = at_weekends
        self._volume_m3 = volume_m3
        self._fresh_m3_h = fresh_m3_h
        self._horizon = horizon

    def people(self) -> Callable[[int], float]:
        """How many are in the room at a time in ms since the epoch."""

        def at(time_ms: int) -> float:
            if not self._at_weekends and self._horizon.weekday(time_ms) >= SATURDAY:
                return 0.0
            hour = self._horizon.hour(time_ms)
            return sum(stay.people for stay in self._stays if stay.from_h <= hour < stay.until_h)

        return at

    def fresh_m3_h(self, time_ms: int) -> float:
        """Air from outside: by fans and cracks, or by the windows where those let in more."""
        hour = self._horizon.hour(time_ms)
        return max(
            self._fresh_m3_h, *(one.fresh_m3_h for one in self._airings if one.from_h <= hour < one.until_h), 0.0
        )

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Ppm in one room: each has its own number of people, and windows that are opened more or less."""
        size = rng.uniform(0.8, 1.1)
        open_wide = rng.uniform(0.8, 1.3)
        at, grid = self.people(), self._horizon.grid().tolist()
        people = [at(time_ms) * size for time_ms in grid]
        fresh_m3_h = [self.fresh_m3_h(time_ms) * open_wide for time_ms in grid]
        return Trajectory(self._horizon, concentration_ppm(people, self._volume_m3, fresh_m3_h)).at


def _read(section: Section, world: World) -> CarbonDioxide | None:
    stays = [
        Stay(
            stay.number("from_h", low=0, high=24),
            stay.number("until_h", low=0, high=24),
            stay.number("people", low=0, high=5_000),
        )
        for stay in section.sections("stays")
    ]
    airings = [
        Airing(
            airing.number("from_h", low=0, high=24),
            airing.number("until_h", low=0, high=24),
            airing.number("fresh_m3_h", low=1, high=1_000_000),
        )
        for airing in section.sections("airings")
    ]
    at_weekends = section.flag("at_weekends", default=False)
    volume_m3 = section.number("volume_m3", low=1, high=1_000_000)
    fresh_m3_h = section.number("fresh_m3_h", low=1, high=1_000_000)
    if section.mistakes:
        return None
    return CarbonDioxide(
        stays or LESSONS,
        airings,
        at_weekends=at_weekends,
        volume_m3=volume_m3,
        fresh_m3_h=fresh_m3_h,
        horizon=world.horizon,
    )


CARBON_DIOXIDE: Final = PhenomenonKind(
    name="carbon_dioxide",
    title=Text(ja="室内の二酸化炭素", en="Carbon dioxide indoors"),
    doc=str(__doc__),
    read=_read,
    examples=(
        "{volume_m3: 180, fresh_m3_h: 350}",
        "{volume_m3: 180, fresh_m3_h: 200, airings: [{from_h: 9.5, until_h: 9.7, fresh_m3_h: 2500}]}",
        "{volume_m3: 4000, fresh_m3_h: 1500, at_weekends: true, stays: [{from_h: 17, until_h: 24, people: 160}]}",
    ),
)
