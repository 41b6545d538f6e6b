"""A message goes out after the one that follows it, as happens where a modem keeps a queue of its own."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Handing, Period


@dataclass(frozen=True)
class Disorder(Fault):
    """share: of messages, 0..1."""

    share: float

    def handing(self, rng: np.random.Generator) -> Handing:
        """After the next, by chance."""
        return Handing.AFTER_NEXT if rng.random() < self.share else Handing.ONCE


def _read(section: Section, period: Period) -> Disorder | None:
    share = section.number("share", low=0, high=1, default=0.2)
    return None if section.mistakes else Disorder(period, share)


DISORDER: Final = FaultKind(
    name="disorder",
    title=Text(ja="順序の入れ替わり", en="Disorder"),
    doc=str(__doc__),
    read=_read,
    examples=("{}", "{share: 0.5}"),
)
