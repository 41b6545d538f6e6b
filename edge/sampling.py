"""When a sensor is read, and which of its readings are told. Without I/O; pure but for what it remembers of the last.

Near a level, or past it, a sensor is read faster, every reading is told, and goes first: that is what the city waits
for. Elsewhere a value that stays within the deadband is told now and then, so that silence still means something.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from city.wire.config import SensorConfig
from edge.calibration import calibrated
from edge.message import Value

# Times a sensor remembers, so that none comes twice after its clock was set back: at one a second, 17 minutes.
TIMES_KEPT: Final = 1_024


@dataclass(frozen=True, slots=True)
class Sample:
    """A reading that is to be told. urgent: it goes before others."""

    sensor: str
    unit: str | None
    time_ms: int
    value: Value
    urgent: bool


@dataclass(slots=True)
class Sampling:
    """One sensor's.

    every_s: how long after one reading the next is taken
    """

    config: SensorConfig
    every_s: float = 0.0
    _told: Value | None = None
    _told_at_s: float = -math.inf
    _times: deque[int] = field(default_factory=lambda: deque(maxlen=TIMES_KEPT))

    def __post_init__(self) -> None:
        self.every_s = self.config.every_s

    def take(self, raw: Value, time_ms: int, steady_s: float) -> Sample | None:
        """What is told of a raw value that was read then; None where nothing is, or where it is no number.

        steady_s: of a clock that nothing sets
        """
        value = raw if isinstance(raw, bool) else calibrated(raw, self.config.calibration)
        if not math.isfinite(value):
            return None
        urgent = self._is_near(value)
        near = self.config.near
        self.every_s = near.every_s if urgent and near is not None else self.config.every_s
        if not urgent and self._is_still(value) and steady_s - self._told_at_s < self.config.at_least_every_s:
            return None
        self._told, self._told_at_s = value, steady_s
        return Sample(self.config.name, self.config.unit, self._once(time_ms), value, urgent)

    def _is_near(self, value: Value) -> bool:
        near = self.config.near
        if near is None:
            return False
        return value >= near.level - near.within if near.rising else value <= near.level + near.within

    def _is_still(self, value: Value) -> bool:
        if self._told is None or self.config.deadband <= 0:
            return False
        return abs(value - self._told) <= self.config.deadband

    def _once(self, time_ms: int) -> int:
        """A time that would repeat moves on by 1 ms, as often as it must: two readings of one time are one."""
        while time_ms in self._times:
            time_ms += 1
        self._times.append(time_ms)
        return time_ms
