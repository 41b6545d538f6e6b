"""Records that can be read and not used, in the midst of good ones: a sensor that nobody entered into the catalog, a
unit that does not belong, no number, a time in another century.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

import numpy as np

from city.messages.text import Text
from city.section import Section
from city.wire.senml import Measurement
from firmware_sim.faults.fault import Fault, FaultKind, Period

YEAR_2100_MS: Final = 4_102_444_800_000


class Nonsense(StrEnum):
    """What is wrong with the record."""

    UNKNOWN_SENSOR = "unknown_sensor"
    UNKNOWN_UNIT = "unknown_unit"
    NOT_FINITE = "not_finite"
    IMPOSSIBLE_TIME = "impossible_time"


@dataclass(frozen=True)
class NonsenseSent(Fault):
    """kinds: those to choose from; sensor: of the device, whose name they bear; share: of messages, 0..1."""

    kinds: tuple[Nonsense, ...]
    sensor: str
    share: float
    foreign: ClassVar[bool] = True

    def measurements(self, time_ms: int, rng: np.random.Generator) -> list[Measurement]:
        """One, by chance. JSON has no word for NaN: there it becomes a record without a value."""
        if rng.random() >= self.share:
            return []
        match self.kinds[int(rng.integers(len(self.kinds)))]:
            case Nonsense.UNKNOWN_SENSOR:
                return [Measurement(f"{self.sensor}-2", "m", time_ms, 1.0)]
            case Nonsense.UNKNOWN_UNIT:
                return [Measurement(self.sensor, "lx", time_ms, 1.0)]
            case Nonsense.NOT_FINITE:
                return [Measurement(self.sensor, None, time_ms, float("nan"))]
            case Nonsense.IMPOSSIBLE_TIME:
                return [Measurement(self.sensor, None, YEAR_2100_MS, 1.0)]


def _read(section: Section, period: Period) -> NonsenseSent | None:
    kinds = tuple(item.choice(Nonsense) for item in section.items("records")) or tuple(Nonsense)
    sensor = section.name("sensor")
    share = section.number("share", low=0, high=1, default=0.3)
    return None if section.mistakes else NonsenseSent(period, kinds, sensor, share)


NONSENSE: Final = FaultKind(
    name="nonsense",
    title=Text(ja="使えない記録", en="Nonsense records"),
    doc=str(__doc__),
    read=_read,
    examples=("{sensor: water_level}", "{sensor: co2, records: [unknown_sensor], share: 1}"),
)
