"""The sensor gives the same value for ever: CONSTANT in A. Sharma, L. Golubchik and R. Govindan, "Sensor faults:
Detection methods and prevalence in real-world datasets", ACM Transactions on Sensor Networks 6 (2010) 23.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Period
from firmware_sim.phenomena.phenomenon import Course


@dataclass(frozen=True)
class Stuck(Fault):
    """sensors: names on the device."""

    sensors: frozenset[str]

    def value(self, sensor: str, course: Course, time_ms: int, value: float, rng: np.random.Generator) -> float:
        """What it was when the fault began."""
        return course(self.period.from_ms) if sensor in self.sensors else value


def _read(section: Section, period: Period) -> Stuck | None:
    sensors = frozenset(section.names("sensors"))
    return None if section.mistakes else Stuck(period, sensors)


STUCK: Final = FaultKind(
    name="stuck",
    title=Text(ja="値が固まる", en="Stuck"),
    doc=str(__doc__),
    read=_read,
    examples=("sensors: water_level",),
)
