"""Radio signal strength at a device: a place's own level, shadowed by what moves about it.

Log-normal shadowing with a memory: M. Gudmundson, "Correlation model for shadow fading in mobile radio systems",
Electronics Letters 27 (1991) 2145.
"""

from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.horizon import HOUR_MS, Horizon, wander
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World

SHADOW_DB: Final = 3.0
MEMORY_MS: Final = HOUR_MS // 2
PLACES_DB: Final = 8.0  # how much places differ


class SignalStrength:
    """The mobile network over the city."""

    def __init__(self, mean_dbm: float, horizon: Horizon) -> None:
        self._mean_dbm = mean_dbm
        self._horizon = horizon

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """DBm at a device."""
        here_dbm = self._mean_dbm + rng.uniform(-PLACES_DB, PLACES_DB)
        shadow = wander(self._horizon, MEMORY_MS, rng)
        return lambda time_ms: here_dbm + SHADOW_DB * shadow.at(time_ms)


def _read(section: Section, world: World) -> SignalStrength | None:
    mean_dbm = section.number("mean_dbm", low=-150, high=0)
    return None if section.mistakes else SignalStrength(mean_dbm, world.horizon)


SIGNAL_STRENGTH: Final = PhenomenonKind(
    name="signal_strength",
    title=Text(ja="電波強度", en="Signal strength"),
    doc=str(__doc__),
    read=_read,
    examples=("{mean_dbm: -85}",),
)
