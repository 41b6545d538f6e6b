"""Rain in showers, each a triangle in time, and the tipping bucket that measures it.

Triangular hyetograph with its peak at 3/8 of the shower: B. C. Yen and V. T. Chow, "Design hyetographs for small
drainage structures", Journal of the Hydraulics Division, ASCE 106 (1980) 1055.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.horizon import HOUR_MS, Horizon
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World

PEAK_AT: Final = 0.375
TIP_MM: Final = 0.5  # one tip of the Japan Meteorological Agency's gauges


@dataclass(frozen=True, slots=True)
class Shower:
    """`total_mm` of rain within `lasts_ms` from `begins_ms` (since the epoch) on."""

    begins_ms: int
    lasts_ms: int
    total_mm: float

    def fallen_mm(self, time_ms: int) -> float:
        """What of it has fallen by `time_ms`."""
        x = min(1.0, max(0.0, (time_ms - self.begins_ms) / self.lasts_ms))
        share = x * x / PEAK_AT if x <= PEAK_AT else 1 - (1 - x) ** 2 / (1 - PEAK_AT)
        return self.total_mm * share


class Rainfall:
    """Rain over the city."""

    def __init__(self, showers: Sequence[Shower], horizon: Horizon) -> None:
        self._showers = tuple(showers)
        self._sampling_ms = horizon.sampling_ms

    def fallen_mm(self, time_ms: int) -> float:
        """All that has fallen by `time_ms`."""
        return sum(shower.fallen_mm(time_ms) for shower in self._showers)

    def intensity_mm_h(self, time_ms: int, over_ms: int = 60_000) -> float:
        """Mean intensity over the `over_ms` up to `time_ms`."""
        return (self.fallen_mm(time_ms) - self.fallen_mm(time_ms - over_ms)) * HOUR_MS / over_ms

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Mm since the sample before, in whole tips; a place gets 15 % more or less, some minutes earlier or later."""
        gain = rng.uniform(0.85, 1.15)
        shift_ms = int(rng.uniform(-5, 5) * 60_000)

        def tipped_mm(time_ms: int) -> float:
            return math.floor(self.fallen_mm(time_ms + shift_ms) * gain / TIP_MM) * TIP_MM

        return lambda time_ms: tipped_mm(time_ms) - tipped_mm(time_ms - self._sampling_ms)


def _read(section: Section, world: World) -> Rainfall | None:
    showers = [
        Shower(
            begins_ms=world.horizon.start_ms
            + shower.duration_ms("after", default=0)
            - shower.duration_ms("before", default=0),
            lasts_ms=shower.duration_ms("lasts"),
            total_mm=shower.number("total_mm", low=0, high=2_000),
        )
        for shower in section.sections("showers")
    ]
    if any(shower.lasts_ms == 0 for shower in showers) and not section.mistakes:
        section.wrong("sim.no_time", key="lasts")
    return None if section.mistakes else Rainfall(showers, world.horizon)


RAINFALL: Final = PhenomenonKind(
    name="rainfall",
    title=Text(ja="降雨", en="Rainfall"),
    doc=str(__doc__),
    read=_read,
    examples=(
        "showers: []",
        "showers: [{before: 3h, lasts: 6h, total_mm: 80}, {after: 2h, lasts: 90m, total_mm: 55}]",
    ),
)
