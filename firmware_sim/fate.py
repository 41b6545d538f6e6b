"""What befalls one device: what is there to measure at each moment, and what goes wrong with it.

Without I/O, and without a clock: the same plan gives the same, whatever firmware runs on the device, as long as nobody
commands it otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.wire.senml import Form, Measurement
from firmware_sim.actuators import Actuators
from firmware_sim.faults.fault import Fault, Handing, Reach
from firmware_sim.scenario import DevicePlan

LONGEST_UPTIME_S: Final = 600.0  # a device has been up for some minutes when the simulation begins


@dataclass(frozen=True, slots=True)
class Moment:
    """What there is at one sampling. Where the device has no power, nothing but that.

    measurements: as the device tells them, in its units and by its clock
    handing: how its network hands its message on
    rubbish: a payload that is sent beside it
    cut: the connection breaks once they are sent
    """

    reach: Reach
    measurements: tuple[Measurement, ...] = ()
    handing: Handing = Handing.ONCE
    rubbish: bytes | None = None
    cut: bool = False


class Fate:
    """One device's.

    actuators: what its outputs move
    form: in which light firmware writes its messages
    offset_ms: when, within the sampling interval, it takes its readings
    boot, booted_ms: the present start's name, and its true time; synced: whether the device knows the time
    """

    def __init__(self, plan: DevicePlan, start_ms: int, sampling_ms: int) -> None:
        self.plan = plan
        self.actuators = Actuators(plan.device.outputs, plan.manner)
        self._instruments = [self.actuators.watched(one) for one in plan.instruments]
        self._rng = np.random.default_rng(plan.chance)
        self.form = Form.CBOR if self._rng.random() < 0.5 else Form.JSON  # noqa: PLR2004 some of each
        self.offset_ms = int(self._rng.integers(max(1, sampling_ms // 1_000))) * 1_000
        self.boot = ""
        self.booted_ms = 0
        self.synced = True
        self._has_power = True
        self._boot(start_ms - int(self._rng.uniform(1, LONGEST_UPTIME_S) * 1_000))

    def at(self, time_ms: int) -> Moment:
        """What there is at the true time `time_ms`; times must not decrease."""
        faults = self._faults(time_ms)
        reaches = {fault.reach() for fault in faults}
        if Reach.OFF in reaches:
            self._has_power = False
            return Moment(Reach.OFF)
        if not self._has_power:
            self._boot(time_ms - 1_000)
        self.synced = self.knows_time(time_ms)
        measurements = self._measured(time_ms, faults)
        rubbish = [payload for fault in faults if (payload := fault.rubbish(self._rng)) is not None]
        cut = any([fault.cuts(self._rng) for fault in faults])  # noqa: C419 every fault draws, whatever the others say
        handings = {fault.handing(self._rng) for fault in faults}
        handing = next((one for one in (Handing.AFTER_NEXT, Handing.TWICE) if one in handings), Handing.ONCE)
        reach = Reach.AWAY if Reach.AWAY in reaches else Reach.UP
        return Moment(reach, measurements, handing, rubbish[0] if rubbish else None, cut)

    def knows_time(self, time_ms: int) -> bool:
        """Whether the device knows the time then."""
        return all(fault.synced() for fault in self._faults(time_ms))

    def wall_ms(self, time_ms: int) -> int:
        """What its clock says then."""
        return time_ms + sum(fault.clock_error_ms() for fault in self._faults(time_ms))

    def _faults(self, time_ms: int) -> list[Fault]:
        return [fault for fault in self.plan.faults if time_ms in fault.period]

    def _measured(self, time_ms: int, faults: Sequence[Fault]) -> tuple[Measurement, ...]:
        told_ms = self.wall_ms(time_ms) if self.synced else time_ms - self.booted_ms
        measurements = [one.measure(time_ms, told_ms, faults, self._rng) for one in self._instruments]
        for fault in faults:
            measurements += fault.measurements(told_ms, self._rng)
        return tuple(measurements)

    def _boot(self, time_ms: int) -> None:
        self.boot = self._rng.bytes(8).hex()
        self.booted_ms = time_ms
        self._has_power = True
