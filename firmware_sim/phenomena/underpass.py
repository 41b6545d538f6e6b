"""A road that dips under a railway: rain runs in from around, pumps lift it out, and what remains stands on the road.

Inflow by the rational method, Q = f r A (下水道施設計画・設計指針と解説, 日本下水道協会), then the balance of volume.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.reading import Float64s
from city.section import Section
from firmware_sim.horizon import HOUR_MS, STEP_MS, Horizon, Trajectory
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.phenomena.rainfall import Rainfall

CLOSED_M: Final = 0.15  # half a wheel: cars begin to float and engines to draw water


def standing_m3(inflow_m3_h: Sequence[float], pump_m3_h: float) -> Float64s:
    """Volume that stands after each step: float64[n]; never below 0."""
    hours = STEP_MS / HOUR_MS
    volume = 0.0
    volumes = []
    for flow in inflow_m3_h:
        volume = max(0.0, volume + (flow - pump_m3_h) * hours)
        volumes.append(volume)
    return np.array(volumes)


class Underpass:
    """The underpasses of the city; each has its own catchment and pump."""

    def __init__(
        self, rain: Rainfall, catchment_m2: float, runs_off: float, floor_m2: float, pump_m3_h: float, horizon: Horizon
    ) -> None:
        self._rain_mm_h = [rain.intensity_mm_h(t) for t in horizon.grid().tolist()]
        self._catchment_m2 = catchment_m2
        self._runs_off = runs_off
        self._floor_m2 = floor_m2
        self._pump_m3_h = pump_m3_h
        self._horizon = horizon

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Depth on the road in the sensor's own unit; where that is no length, whether its sign says closed."""
        catchment_m2 = self._catchment_m2 * rng.uniform(0.75, 1.25)
        inflow = [rate / 1000 * catchment_m2 * self._runs_off for rate in self._rain_mm_h]
        depth_m = Trajectory(self._horizon, standing_m3(inflow, self._pump_m3_h) / self._floor_m2)
        if "m" not in sensor.quantity.units:
            return lambda time_ms: float(depth_m.at(time_ms) >= CLOSED_M)
        scale = sensor.quantity.units["m"].scale
        return lambda time_ms: depth_m.at(time_ms) * scale


def _read(section: Section, world: World) -> Underpass | None:
    rain = world.earlier(section, "rain", Rainfall)
    catchment_m2 = section.number("catchment_m2", low=1, high=10_000_000)
    runs_off = section.number("runs_off", low=0, high=1)
    floor_m2 = section.number("floor_m2", low=1, high=100_000)
    pump_m3_h = section.number("pump_m3_h", low=0, high=100_000)
    if section.mistakes or rain is None:
        return None
    return Underpass(rain, catchment_m2, runs_off, floor_m2, pump_m3_h, world.horizon)


UNDERPASS: Final = PhenomenonKind(
    name="underpass",
    title=Text(ja="アンダーパスの冠水", en="Flooded underpass"),
    doc=str(__doc__),
    read=_read,
    examples=("{rain: rain, catchment_m2: 9000, runs_off: 0.9, floor_m2: 600, pump_m3_h: 120}",),
)
