"""Now and then a single reading is far off: SHORT in A. Sharma, L. Golubchik and R. Govindan, "Sensor faults: Detection
methods and prevalence in real-world datasets", ACM Transactions on Sensor Networks 6 (2010) 23.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Period
from firmware_sim.phenomena.phenomenon import Course


@dataclass(frozen=True)
class Spike(Fault):
    """sensors: names on the device; share: of readings, 0..1; height: canonical unit."""

    sensors: frozenset[str]
    share: float
    height: float

    def value(self, sensor: str, course: Course, time_ms: int, value: float, rng: np.random.Generator) -> float:
        """`height` more, by chance."""
        return value + self.height if sensor in self.sensors and rng.random() < self.share else value


def _read(section: Section, period: Period) -> Spike | None:
    sensors = frozenset(section.names("sensors"))
    share = section.number("share", low=0, high=1, default=0.05)
    height = section.number("height")
    return None if section.mistakes else Spike(period, sensors, share, height)


SPIKE: Final = FaultKind(
    name="spike",
    title=Text(ja="飛び値", en="Spike"),
    doc=str(__doc__),
    read=_read,
    examples=("{sensors: water_level, height: 4.0}", "{sensors: [co2], share: 0.2, height: 60000}"),
)
