"""Light firmware, of which ten thousand run in one process: it makes a numbered message of what there is to measure.

Without I/O, and without a clock: the same plan gives the same messages.
"""

from dataclasses import dataclass

from firmware_sim.fate import Fate, Moment
from firmware_sim.faults.fault import Handing, Reach
from firmware_sim.message import Message
from firmware_sim.scenario import DevicePlan


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
    """One device's; `fate` is what befalls it."""

    def __init__(self, plan: DevicePlan, start_ms: int, sampling_ms: int) -> None:
        self.fate = Fate(plan, start_ms, sampling_ms)
        self._seq = 0
        self._held: list[Message] = []

    def sample(self, time_ms: int) -> Output:
        """Takes readings at the true time `time_ms`; times must not decrease."""
        moment = self.fate.at(time_ms)
        if moment.reach is Reach.OFF:
            return Output(Reach.OFF, self.release())
        return Output(moment.reach, self._handed(moment), moment.rubbish, moment.cut)

    def release(self) -> tuple[Message, ...]:
        """Messages held back so far, for the spool."""
        held, self._held = tuple(self._held), []
        return held

    def _handed(self, moment: Moment) -> tuple[Message, ...]:
        """The message as it is handed on, with those held back before it; at most one is held at a time."""
        fate = self.fate
        self._seq += 1
        copies = 2 if moment.handing is Handing.TWICE else 1
        message = Message(self._seq, fate.boot, fate.booted_ms, fate.synced, moment.measurements, copies)
        if moment.handing is Handing.AFTER_NEXT and not self._held:
            self._held.append(message)
            return ()
        return (message, *self.release())
