"""What every fault is: something that goes wrong with a device for a while."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np

from city.messages.text import Text
from city.section import Section
from city.wire.senml import Measurement
from firmware_sim.phenomena.phenomenon import Course


@dataclass(frozen=True, slots=True)
class Period:
    """from_ms ≤ t < until_ms, ms since the epoch."""

    from_ms: int
    until_ms: int

    def __contains__(self, time_ms: int) -> bool:
        return self.from_ms <= time_ms < self.until_ms


class Reach(StrEnum):
    """How far a device's words come."""

    UP = "up"  # to the broker
    AWAY = "away"  # into its spool: it goes on measuring, and has no network
    OFF = "off"  # nowhere: it has no power


class Handing(StrEnum):
    """How a message is handed on."""

    ONCE = "once"
    TWICE = "twice"
    AFTER_NEXT = "after_next"


@dataclass(frozen=True)
class Fault:
    """Each hook leaves things as they are unless a fault overrides it; a device asks only within `period`.

    Faults have no state: what they do depends on the time, the course and the device's own chance alone.
    """

    period: Period
    foreign: ClassVar[bool] = False  # whether a device does so on which our own agent does not run

    def value(self, sensor: str, course: Course, time_ms: int, value: float, rng: np.random.Generator) -> float:
        """What the sensor gives instead of `value`, canonical unit."""
        return value

    def reach(self) -> Reach:
        """How far the device's words come."""
        return Reach.UP

    def cuts(self, rng: np.random.Generator) -> bool:
        """Whether the connection is lost now, whatever was under way."""
        return False

    def synced(self) -> bool:
        """Whether the device knows the time."""
        return True

    def clock_error_ms(self) -> int:
        """The device's clock − the true time."""
        return 0

    def measurements(self, time_ms: int, rng: np.random.Generator) -> list[Measurement]:
        """What it adds to the device's message. `time_ms` is the device's time."""
        return []

    def handing(self, rng: np.random.Generator) -> Handing:
        """How this message is handed on."""
        return Handing.ONCE

    def rubbish(self, rng: np.random.Generator) -> bytes | None:
        """A payload sent beside the device's own messages, of which nothing can be read."""
        return None


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A line of the table `FAULTS`.

    doc: what goes wrong, and where it is known from
    read: builds it from its part of a scenario; None where there are mistakes, all of them noted
    examples: as written in a scenario, without what stands in every fault (kind, devices, after, lasts)
    """

    name: str
    title: Text
    doc: str
    read: Callable[[Section, Period], Fault | None]
    examples: tuple[str, ...]
