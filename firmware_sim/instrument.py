"""A sensor as it measures: the true course, noise, the sensor's own step, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.wire.senml import Measurement
from firmware_sim.faults.fault import Fault
from firmware_sim.phenomena.phenomenon import Course

DIGITS: Final = 9  # of what is sent, significant: below every sensor's step, above the float's own noise


@dataclass(frozen=True, slots=True)
class Instrument:
    """One sensor of a device.

    noise: standard deviation, canonical unit
    unit: what the device sends, one that converts to the canonical
    named: whether the device says so; where it does not, `unit` is what the catalog says
    """

    sensor: Sensor
    course: Course
    noise: float
    unit: str
    named: bool

    def value(self, time_ms: int, faults: Sequence[Fault], rng: np.random.Generator) -> float:
        """What it shows at `time_ms`, canonical unit. Draws from `rng` as often at one time as at any other."""
        noise = self.noise * rng.standard_normal() if self.noise else 0.0
        quantity, low, high = self.sensor.quantity, self.sensor.low, self.sensor.high
        low, high = quantity.low if low is None else low, quantity.high if high is None else high
        value = min(high, max(low, self.course(time_ms) + noise))
        for fault in faults:
            value = fault.value(self.sensor.key.sensor, self.course, time_ms, value, rng)
        step = self.sensor.resolution
        return round(value / step) * step if step else value

    def measure(self, time_ms: int, told_ms: int, faults: Sequence[Fault], rng: np.random.Generator) -> Measurement:
        """The measurement of `time_ms` as the device tells it: in its unit, at `told_ms` by its clock."""
        value = self.value(time_ms, faults, rng)
        if self.sensor.quantity.id == "on_off":
            return Measurement(self.sensor.key.sensor, None, told_ms, value >= 0.5)  # noqa: PLR2004 half of on is on
        conversion = self.sensor.quantity.units[self.unit]
        sent = float(f"{(value - conversion.offset) / conversion.scale:.{DIGITS}g}")
        return Measurement(self.sensor.key.sensor, self.unit if self.named else None, told_ms, sent)
