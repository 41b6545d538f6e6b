"""Payloads of which nothing can be read: noise on a serial line, a message cut short, another program's words.

They stand beside the device's own messages and have no number, so nobody waits for their receipt.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from city.messages.text import Text
from city.section import Section
from firmware_sim.faults.fault import Fault, FaultKind, Period

TEXTS: Final = (
    b"hello",
    b"",
    b'[{"bn":"water_level","t":17',  # JSON cut short
    b'{"temperature": 21.4}',  # JSON, and no pack
    b"\x84\xa3\x21\x6bwater_le",  # CBOR cut short
    b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",  # CBOR that announces more records than there are atoms in a grain
    b"[" * 2_000,
)
NOISE_BYTES: Final = 200


@dataclass(frozen=True)
class Rubbish(Fault):
    """share: of the device's samples that such a payload goes with, 0..1."""

    share: float

    def rubbish(self, rng: np.random.Generator) -> bytes | None:
        """One of the texts, or noise."""
        if rng.random() >= self.share:
            return None
        which = int(rng.integers(len(TEXTS) + 1))
        if which < len(TEXTS):
            return TEXTS[which]
        return b"\xff" + rng.bytes(NOISE_BYTES)  # 0xff begins neither JSON nor a CBOR item


def _read(section: Section, period: Period) -> Rubbish | None:
    share = section.number("share", low=0, high=1, default=0.3)
    return None if section.mistakes else Rubbish(period, share)


RUBBISH: Final = FaultKind(
    name="rubbish",
    title=Text(ja="壊れた電文", en="Rubbish"),
    doc=str(__doc__),
    read=_read,
    examples=("{}", "{share: 1}"),
)
