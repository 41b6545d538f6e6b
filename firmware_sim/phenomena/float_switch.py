"""A machine that follows a river: a gate that closes, a pump that starts, when the water is high enough.

The two-point controller of any textbook, without its hysteresis: rivers are slow.
"""

from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.phenomena.runoff import Runoff


class FloatSwitch:
    """On while the river carries `above_share` of its greatest discharge or more."""

    def __init__(self, river: Runoff, above_share: float) -> None:
        self._discharge_m3_s = river.discharge_m3_s
        self._above_m3_s = above_share * river.discharge_m3_s.greatest()

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """1 while it is on, else 0; a river without water turns nothing on."""
        above = max(self._above_m3_s, 1e-9)
        return lambda time_ms: float(self._discharge_m3_s.at(time_ms) >= above)


def _read(section: Section, world: World) -> FloatSwitch | None:
    river = world.earlier(section, "river", Runoff)
    above_share = section.number("above_share", low=0, high=1)
    return None if section.mistakes or river is None else FloatSwitch(river, above_share)


FLOAT_SWITCH: Final = PhenomenonKind(
    name="float_switch",
    title=Text(ja="水位で動く機械", en="Float switch"),
    doc=str(__doc__),
    read=_read,
    examples=("{river: river, above_share: 0.4}",),
)
