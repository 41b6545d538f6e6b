"""The device is sure of a wrong time: a clock set by hand, or a time zone taken for another."""

from dataclasses import dataclass
from typing import Final

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Period


@dataclass(frozen=True)
class ClockWrong(Fault):
    """error_ms: the device's clock − the true time."""

    error_ms: int

    def clock_error_ms(self) -> int:
        """Always the same."""
        return self.error_ms


def _read(section: Section, period: Period) -> ClockWrong | None:
    ahead_ms = section.duration_ms("ahead", default=0)
    behind_ms = section.duration_ms("behind", default=0)
    return None if section.mistakes else ClockWrong(period, ahead_ms - behind_ms)


CLOCK_WRONG: Final = FaultKind(
    name="clock_wrong",
    title=Text(ja="時計が不正確", en="Clock wrong"),
    doc=str(__doc__),
    read=_read,
    examples=("ahead: 9h", "behind: 20m"),
)
