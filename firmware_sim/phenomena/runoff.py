"""A river basin after rain: two linear reservoirs one after the other, then travel from gauge to gauge.

Cascade of linear reservoirs: J. E. Nash, "The form of the instantaneous unit hydrograph", IAHS Publication 45 (1957)
114. Stage from discharge by Manning's formula for a wide channel, h - h0 ~ Q^(3/5): V. T. Chow, D. R. Maidment and
L. W. Mays, "Applied Hydrology" (1988), ch. 5 and 8.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.reading import Float64s
from city.section import Section
from firmware_sim.horizon import STEP_MS, Horizon, Trajectory
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.phenomena.rainfall import Rainfall

RATING_EXPONENT: Final = 3 / 5
SCALE_M: Final = 2.0  # taken for the highest level of a gauge that has none: a brook's bank


@dataclass(frozen=True, slots=True)
class Gauge:
    """Where the river is measured: its stage without rain, at the crest of the flood, and how late the water comes."""

    base_m: float
    crest_m: float
    travel_ms: int


def routed(inflow: Float64s, storage_ms: int) -> Float64s:
    """Outflow of a linear reservoir (storage = `storage_ms` × outflow) that begins empty, for inflow by steps.

    Exact for an inflow that is constant within each step. inflow, outflow: float64[n], same unit.
    """
    kept = math.exp(-STEP_MS / storage_ms)
    outflow = 0.0
    outflows = []
    for flow in inflow.tolist():
        outflow = outflow * kept + flow * (1 - kept)
        outflows.append(outflow)
    return np.array(outflows)


class Runoff:
    """The discharge that rain brings about, and its stage at each gauge."""

    def __init__(
        self,
        rain: Rainfall,
        area_km2: float,
        share: float,
        storage_ms: int,
        gauges: Mapping[str, Gauge],
        elsewhere: Gauge,
        horizon: Horizon,
    ) -> None:
        """share: of the rain that runs off; gauges: by device; elsewhere: base and crest as shares of the gauge's
        highest level, for gauges not named.
        """
        inflow = np.array([rain.intensity_mm_h(t) for t in horizon.grid().tolist()]) * share * area_km2 / 3.6  # m³/s
        self.discharge_m3_s = Trajectory(horizon, routed(routed(inflow, storage_ms), storage_ms))
        self._gauges = gauges
        self._elsewhere = elsewhere

    def stage_m(self, gauge: Gauge, time_ms: int) -> float:
        """Water level at `gauge`."""
        crest = self.discharge_m3_s.greatest()
        share = self.discharge_m3_s.at(time_ms - gauge.travel_ms) / crest if crest > 0 else 0.0
        return gauge.base_m + (gauge.crest_m - gauge.base_m) * math.pow(max(0.0, share), RATING_EXPONENT)

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """The stage at the sensor's gauge, m."""
        highest_m = max(sensor.levels.values(), default=SCALE_M)
        other = self._elsewhere
        scaled = Gauge(other.base_m * highest_m, other.crest_m * highest_m, other.travel_ms)
        gauge = self._gauges.get(sensor.device, scaled)
        return lambda time_ms: self.stage_m(gauge, time_ms)


def _read(section: Section, world: World) -> Runoff | None:
    rain = world.earlier(section, "rain", Rainfall)
    area_km2 = section.number("area_km2", low=0.01, high=10_000)
    share = section.number("runs_off", low=0, high=1)
    storage_ms = section.duration_ms("storage")
    elsewhere = Gauge(
        section.number("base_share", low=-1, high=1, default=0.15),
        section.number("crest_share", low=0, high=2, default=0.6),
        section.duration_ms("travel", default=0),
    )
    named = section.section("gauges")
    gauges = {}
    for device in named:
        world.known_device(named, device)
        gauge = named.section(device)
        base_m, crest_m = gauge.number("base_m", low=-5, high=30), gauge.number("crest_m", low=-5, high=30)
        gauges[device] = Gauge(base_m, crest_m, gauge.duration_ms("travel", default=0))
    if storage_ms < STEP_MS and not section.mistakes:
        section.wrong("sim.too_short", key="storage", least="1m")
    if section.mistakes or rain is None:
        return None
    return Runoff(rain, area_km2, share, storage_ms, gauges, elsewhere, world.horizon)


RUNOFF: Final = PhenomenonKind(
    name="runoff",
    title=Text(ja="河川の流出", en="River runoff"),
    doc=str(__doc__),
    read=_read,
    examples=(
        "{rain: rain, area_km2: 24, runs_off: 0.6, storage: 50m, crest_share: 0.8}",
        "{rain: rain, area_km2: 24, runs_off: 0.6, storage: 50m, gauges: {rpi-toba: {base_m: 0.6, crest_m: 5.9}}}",
    ),
)
