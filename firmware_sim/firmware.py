"""What runs on a simulated device: it measures at the moments it is told to, and makes numbered messages.

Without I/O, and without a clock: the same plan gives the same messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.wire.senml import Form
from firmware_sim.faults.fault import Fault, Handing, Reach
from firmware_sim.message import Message
from firmware_sim.scenario import DevicePlan

LONGEST_UPTIME_S: Final = 600.0  # a device has been up for some minutes when the simulation begins


@dataclass(frozen=True, slots=True)
class Output:
    """What one sampling brought.

    messages: for the spool, in this order
    rubbish: a payload to be sent beside them
    cut: the connection breaks once they are sent
    """

    reach: Reach
    messages: tuple[Message, ...] = ()
    rubbish: bytes | None = None
    cut: bool = False


class Firmware:
    """One device.

    form: in which it writes its messages
    offset_ms: when, within the sampling interval, it takes its readings
    """

    def __init__(self, plan: DevicePlan, start_ms: int, sampling_ms: int) -> None:
        self.plan = plan
        self._rng = np.random.default_rng(plan.chance)
        self.form = Form.CBOR if self._rng.random() < 0.5 else Form.JSON  # noqa: PLR2004 some of each
        self.offset_ms = int(self._rng.integers(max(1, sampling_ms // 1_000))) * 1_000
        self.boot = ""
        self.synced = True
        self._booted_ms = 0
        self._seq = 0
        self._held: list[Message] = []
        self._has_power = True
        self._boot(start_ms - int(self._rng.uniform(1, LONGEST_UPTIME_S) * 1_000))

    def sample(self, time_ms: int) -> Output:
        """Takes readings at the true time `time_ms`; times must not decrease."""
        faults = [fault for fault in self.plan.faults if time_ms in fault.period]
        reaches = {fault.reach() for fault in faults}
        if Reach.OFF in reaches:
            self._has_power = False
            return Output(Reach.OFF, self.release())
        if not self._has_power:
            self._boot(time_ms - 1_000)
        message = self._message(time_ms, faults)
        rubbish = [payload for fault in faults if (payload := fault.rubbish(self._rng)) is not None]
        cut = any([fault.cuts(self._rng) for fault in faults])  # noqa: C419 every fault draws, whatever the others say
        reach = Reach.AWAY if Reach.AWAY in reaches else Reach.UP
        return Output(reach, self._handed(message, faults), rubbish[0] if rubbish else None, cut)

    def release(self) -> tuple[Message, ...]:
        """Messages held back so far, for the spool."""
        held, self._held = tuple(self._held), []
        return held

    def _boot(self, time_ms: int) -> None:
        self.boot = self._rng.bytes(8).hex()
        self._booted_ms = time_ms
        self._has_power = True

    def _message(self, time_ms: int, faults: Sequence[Fault]) -> Message:
        self.synced = all(fault.synced() for fault in faults)
        told_ms = (
            time_ms + sum(fault.clock_error_ms() for fault in faults) if self.synced else time_ms - self._booted_ms
        )
        measurements = [one.measure(time_ms, told_ms, faults, self._rng) for one in self.plan.instruments]
        for fault in faults:
            measurements += fault.measurements(told_ms, self._rng)
        self._seq += 1
        return Message(self._seq, self.boot, self._booted_ms, self.synced, tuple(measurements))

    def _handed(self, message: Message, faults: Sequence[Fault]) -> tuple[Message, ...]:
        """The message as it is handed on, with those held back before it; at most one is held at a time."""
        handings = {fault.handing(self._rng) for fault in faults}
        if Handing.AFTER_NEXT in handings and not self._held:
            self._held.append(message)
            return ()
        if Handing.TWICE in handings:
            message = Message(
                message.seq, message.boot, message.booted_ms, message.synced, message.measurements, copies=2
            )
        return (message, *self.release())
