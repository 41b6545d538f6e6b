"""A district's water main: demand by the hour, pressure that falls with flow, and a leak that pressure drives.

Leak through an orifice, Q = c P^0.5: J. May, "Leakage, pressure and control", BICS (1994), with A. Lambert, "What do we
know about pressure:leakage relationships?", IWA (2001). Loss of head with Q^1.852 by Hazen and Williams.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.habits import activity
from firmware_sim.horizon import Horizon
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World

LOSS_EXPONENT: Final = 1.852
BISECTIONS: Final = 40  # to a millionth of a millionth of the range: far below a sensor's step
NORMAL_PA: Final = 400_000.0  # of a main whose sensor has no attribute `normal`: in the midst of what is usual
NORMAL_M3_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Leak:
    """A hole in one device's main: from `begins_ms` on (since the epoch) it grows for `grows_ms`.

    size: its flow at full pressure, as a share of the main's normal flow.
    """

    device: str
    begins_ms: int
    grows_ms: int
    size: float

    def open_at(self, time_ms: int) -> float:
        """How much of it is open, 0..1."""
        return min(1.0, max(0.0, (time_ms - self.begins_ms) / self.grows_ms))


def balance(demand: float, leak: float, loss: float) -> tuple[float, float]:
    """(pressure, flow) at which flow = demand + leak at that pressure.

    All are shares: flows of the normal flow, pressure and `loss` (of head at the normal flow) of the pressure at the
    inlet; `leak` is its flow at full pressure.
    """

    def pressure_at(flow: float) -> float:
        return max(0.0, 1 - loss * math.pow(flow, LOSS_EXPONENT))

    low, high = demand, demand + leak
    for _ in range(BISECTIONS):
        flow = (low + high) / 2
        wanted = demand + leak * math.sqrt(pressure_at(flow))
        low, high = (flow, high) if wanted > flow else (low, flow)
    return pressure_at(high), high


class MainLeak:
    """The mains, one for each device, and the leak in one of them."""

    def __init__(self, loss: float, leak: Leak | None, horizon: Horizon) -> None:
        self._loss = loss
        self._leak = leak
        self._horizon = horizon

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Pressure or flow, by the sensor's quantity; its attribute `normal` is the main's own."""
        leak = self._leak if self._leak is not None and self._leak.device == sensor.device else None
        units = sensor.quantity.units
        if "Pa" in units:
            which, normal = 0, sensor.attributes.get("normal", NORMAL_PA * units["Pa"].scale) / (1 - self._loss)
        else:
            which, normal = 1, sensor.attributes.get("normal", NORMAL_M3_S * units["m3/s"].scale)

        def at(time_ms: int) -> float:
            demand = activity(self._horizon.hour(time_ms))
            return balance(demand, leak.size * leak.open_at(time_ms) if leak else 0.0, self._loss)[which] * normal

        return at


def _read(section: Section, world: World) -> MainLeak | None:
    loss = section.number("loss", low=0, high=0.5, default=0.08)
    leak = None
    if section.has("leak"):
        found = section.section("leak")
        leak = Leak(
            device=found.reference("device", world.devices),
            begins_ms=world.horizon.start_ms + found.duration_ms("after"),
            grows_ms=max(1, found.duration_ms("grows", default=0)),
            size=found.number("size", low=0, high=100),
        )
    return None if section.mistakes else MainLeak(loss, leak, world.horizon)


MAIN_LEAK: Final = PhenomenonKind(
    name="main_leak",
    title=Text(ja="水道本管と漏水", en="Water main and leak"),
    doc=str(__doc__),
    read=_read,
    examples=("{}", "{loss: 0.1, leak: {device: rpi-toba, after: 3h, grows: 20m, size: 1.8}}"),
)
