"""The sensor's zero moves away, slowly: K. Ni et al., "Sensor network data fault types", ACM Transactions on Sensor
Networks 5 (2009) 25, section 4 (calibration).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Period
from firmware_sim.horizon import HOUR_MS
from firmware_sim.phenomena.phenomenon import Course


@dataclass(frozen=True)
class Drift(Fault):
    """sensors: names on the device; per_hour: canonical unit."""

    sensors: frozenset[str]
    per_hour: float

    def value(self, sensor: str, course: Course, time_ms: int, value: float, rng: np.random.Generator) -> float:
        """Off by what has gathered since the fault began."""
        gathered = self.per_hour * (time_ms - self.period.from_ms) / HOUR_MS
        return value + gathered if sensor in self.sensors else value


def _read(section: Section, period: Period) -> Drift | None:
    sensors = frozenset(section.names("sensors"))
    per_hour = section.number("per_hour")
    return None if section.mistakes else Drift(period, sensors, per_hour)


DRIFT: Final = FaultKind(
    name="drift",
    title=Text(ja="ずれ", en="Drift"),
    doc=str(__doc__),
    read=_read,
    examples=("{sensors: [water_level], per_hour: 0.05}",),
)
