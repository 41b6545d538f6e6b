"""Something that is on at certain hours of the day: a light, a gate, a fan. The simplest of courses."""

from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.horizon import Horizon
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World


class Switch:
    """On between two hours of the local day; from `from_h` over midnight where that is the later."""

    def __init__(self, from_h: float, until_h: float, horizon: Horizon) -> None:
        self._from_h = from_h
        self._until_h = until_h
        self._horizon = horizon

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """1 while it is on, else 0."""

        def at(time_ms: int) -> float:
            hour = self._horizon.hour(time_ms)
            if self._from_h <= self._until_h:
                return float(self._from_h <= hour < self._until_h)
            return float(hour >= self._from_h or hour < self._until_h)

        return at


def _read(section: Section, world: World) -> Switch | None:
    from_h, until_h = section.number("from_h", low=0, high=24), section.number("until_h", low=0, high=24)
    return None if section.mistakes else Switch(from_h, until_h, world.horizon)


SWITCH: Final = PhenomenonKind(
    name="switch",
    title=Text(ja="入切", en="Switch"),
    doc=str(__doc__),
    read=_read,
    examples=("{from_h: 18, until_h: 6}",),
)
