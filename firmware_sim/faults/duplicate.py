"""A message is sent twice under the same number, as firmware does that did not wait for its acknowledgement."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Handing, Period


@dataclass(frozen=True)
class Duplicate(Fault):
    """share: of messages, 0..1."""

    share: float

    def handing(self, rng: np.random.Generator) -> Handing:
        """Twice, by chance."""
        return Handing.TWICE if rng.random() < self.share else Handing.ONCE


def _read(section: Section, period: Period) -> Duplicate | None:
    share = section.number("share", low=0, high=1, default=0.2)
    return None if section.mistakes else Duplicate(period, share)


DUPLICATE: Final = FaultKind(
    name="duplicate",
    title=Text(ja="二重送信", en="Duplicate"),
    doc=str(__doc__),
    read=_read,
    examples=("{}", "{share: 1}"),
)
