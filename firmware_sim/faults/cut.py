"""The connection breaks in the middle of whatever is under way: the broker publishes the device's last will.

What was sent and not acknowledged may or may not have come to the broker; it is sent again either way. So a scenario
with this fault has books with a margin: see `Books.unsure`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Period


@dataclass(frozen=True)
class Cut(Fault):
    """share: of the moments after a message was sent, 0..1."""

    share: float

    def cuts(self, rng: np.random.Generator) -> bool:
        """By chance."""
        return rng.random() < self.share


def _read(section: Section, period: Period) -> Cut | None:
    share = section.number("share", low=0, high=1, default=0.1)
    return None if section.mistakes else Cut(period, share)


CUT: Final = FaultKind(
    name="cut",
    title=Text(ja="接続の切断", en="Cut"),
    doc=str(__doc__),
    read=_read,
    examples=("{}", "{share: 0.5}"),
)
