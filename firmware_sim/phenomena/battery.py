"""A device's battery: drained evenly, charged by its solar panel, its voltage between empty and full.

Balance of charge as in J. A. Duffie and W. A. Beckman, "Solar Engineering of Thermal Processes", ch. 23 (storage in
photovoltaic systems); the voltage is taken linear in the charge.
"""

from typing import Final

import numpy as np

from city.catalog import Sensor
from city.messages.text import Text
from city.section import Section
from firmware_sim.horizon import DAY_MS, HOUR_MS, LEAD_MS, STEP_MS, Horizon, Trajectory
from firmware_sim.phenomena.phenomenon import Course, PhenomenonKind, World
from firmware_sim.sun import irradiance_kw_m2

FIRST_CHARGE: Final = (0.75, 0.95)  # of a battery in the field; below and above, by device
WEAK_CHARGE: Final = (
    0.235  # of a weak one at the start: some hours above what a lithium cell's device is told to report
)
CHARGE_PER_KWH: Final = 0.04  # share of the battery that a kWh/m² on its panel gives: a clear day fills a fifth
LITHIUM_V: Final = (3.3, 4.2)  # a cell under load, empty and full
LEAD_V: Final = (11.4, 13.2)  # six cells under load, empty and full
LEAD_ABOVE_V: Final = 6.0  # a battery whose levels stand higher has six cells of lead


class Battery:
    """The batteries of the fleet."""

    def __init__(self, lasts_ms: int, clearness: float, weak: frozenset[str], horizon: Horizon) -> None:
        """lasts_ms: from full to empty without sun; weak: devices with a broken panel and little left."""
        self._lasts_ms = lasts_ms
        self._weak = weak
        self._horizon = horizon
        sun_kwh_m2 = [irradiance_kw_m2(t, clearness) * STEP_MS / HOUR_MS for t in horizon.grid().tolist()]
        self._gained = [CHARGE_PER_KWH * sun for sun in sun_kwh_m2]  # share of the battery, in each step

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """V of one device's battery."""
        empty_v, full_v = LEAD_V if max(sensor.levels.values(), default=0.0) > LEAD_ABOVE_V else LITHIUM_V
        charge, gained = rng.uniform(*FIRST_CHARGE), self._gained
        if sensor.device in self._weak:
            charge, gained = WEAK_CHARGE + LEAD_MS / self._lasts_ms, [0.0] * len(gained)
        used = STEP_MS / self._lasts_ms
        course = []
        for more in gained:
            charge = min(1.0, max(0.0, charge + more - used))
            course.append(empty_v + (full_v - empty_v) * charge)
        return Trajectory(self._horizon, np.array(course)).at


def _read(section: Section, world: World) -> Battery | None:
    lasts_ms = section.duration_ms("lasts", default=10 * DAY_MS)
    clearness = section.number("clearness", low=0, high=1)
    weak = frozenset(device.reference(world.devices) for device in section.items("weak"))
    if lasts_ms < DAY_MS and not section.mistakes:
        section.wrong("sim.too_short", key="lasts", least="1d")
    return None if section.mistakes else Battery(lasts_ms, clearness, weak, world.horizon)


BATTERY: Final = PhenomenonKind(
    name="battery",
    title=Text(ja="電池", en="Battery"),
    doc=str(__doc__),
    read=_read,
    examples=("clearness: 0.6", "{lasts: 5d, clearness: 0, weak: [rpi-toba]}"),
)
