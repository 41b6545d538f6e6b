"""The device has no power: it measures nothing, and begins anew, with another `boot`, when the power is back."""

from dataclasses import dataclass
from typing import Final

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Period, Reach


@dataclass(frozen=True)
class Dropout(Fault):
    """A silence that nothing fills later."""

    def reach(self) -> Reach:
        """Nowhere."""
        return Reach.OFF


def _read(section: Section, period: Period) -> Dropout | None:
    return None if section.mistakes else Dropout(period)


DROPOUT: Final = FaultKind(
    name="dropout",
    title=Text(ja="停止", en="Dropout"),
    doc=str(__doc__),
    read=_read,
    examples=("{}",),
)
