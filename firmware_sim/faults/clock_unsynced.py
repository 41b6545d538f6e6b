"""The device does not know the time: a Raspberry Pi without network at its start counts seconds since its boot."""

from dataclasses import dataclass
from typing import Final

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Period


@dataclass(frozen=True)
class ClockUnsynced(Fault):
    """Times are uptime, `clk` is `unsynced`, and each sending carries `now`."""

    def synced(self) -> bool:
        """It is not."""
        return False


def _read(section: Section, period: Period) -> ClockUnsynced | None:
    return None if section.mistakes else ClockUnsynced(period)


CLOCK_UNSYNCED: Final = FaultKind(
    name="clock_unsynced",
    title=Text(ja="時計が未同期", en="Clock not synced"),
    doc=str(__doc__),
    read=_read,
    examples=("{}",),
)
