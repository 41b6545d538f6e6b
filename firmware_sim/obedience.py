"""How a device with light firmware takes commands: as the agent does (`edge/commands.py`), in memory and at once."""

from collections import deque
from collections.abc import Mapping
from typing import Final

from city.wire.command import SET, Argument, Command, CommandAck, Outcome, Refusal
from edge.commands import CannotError
from edge.device_clock import Moment
from edge.drivers.driver import DriverError
from edge.outputs.output import UnknownValueError
from firmware_sim.actuators import Actuators, check

REMEMBERED: Final = 100  # ids; a simulated device starts with none, and none is sent to it again after its deadline


class Obedience:
    """One device's."""

    def __init__(self, actuators: Actuators) -> None:
        self._actuators = actuators
        self._seen: deque[str] = deque(maxlen=REMEMBERED)

    def came(self, command: Command, now: Moment, time_ms: int) -> CommandAck:
        """What becomes of it. now: by the device's clock; time_ms: the true time."""
        refusal = self._refusal(command, now)
        if refusal is not None:
            return CommandAck(command.id, Outcome.REFUSED, refusal)
        self._seen.append(command.id)
        try:
            detail = self._set(command.arguments, time_ms) if command.name == SET else ""
        except CannotError as error:
            return CommandAck(command.id, Outcome.REFUSED, error.refusal, str(error))
        return CommandAck(command.id, Outcome.DONE, detail=detail)

    def _refusal(self, command: Command, now: Moment) -> Refusal | None:
        if command.id in self._seen:
            return Refusal.SEEN
        if command.name not in {SET, "ping"}:
            return Refusal.UNKNOWN
        if not now.synced:
            return Refusal.NO_CLOCK
        return Refusal.LATE if now.time_ms > command.deadline_ms else None

    def _set(self, arguments: Mapping[str, Argument], time_ms: int) -> str:
        """All of them or none: a device refuses every change or no change."""
        actuators = self._actuators
        wanted = {name: str(value) for name, value in arguments.items()}
        try:
            for name, value in wanted.items():
                check(actuators.outputs[name], value)
            for name, value in wanted.items():
                actuators.switch(name, value, time_ms)
        except KeyError as error:
            raise CannotError(Refusal.UNKNOWN, f"no output {error.args[0]}") from None
        except UnknownValueError as error:
            raise CannotError(Refusal.UNKNOWN, str(error)) from None
        except DriverError as error:
            raise CannotError(Refusal.FAILED, str(error)) from None
        return ", ".join(f"{name}={value}" for name, value in wanted.items())
