"""The network is gone: the device goes on measuring into its spool, and all of it comes in one burst afterwards."""

from dataclasses import dataclass
from typing import Final

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Period, Reach


@dataclass(frozen=True)
class Outage(Fault):
    """A silence that a burst fills later. The connection ends cleanly, so that the books stay exact."""

    def reach(self) -> Reach:
        """Into the spool."""
        return Reach.AWAY


def _read(section: Section, period: Period) -> Outage | None:
    return None if section.mistakes else Outage(period)


OUTAGE: Final = FaultKind(
    name="outage",
    title=Text(ja="通信断のあとの一斉送信", en="Outage and burst"),
    doc=str(__doc__),
    read=_read,
    examples=("{}",),
)
