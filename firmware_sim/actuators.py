"""What the outputs of a simulated device move, and how it takes commands: it obeys, refuses, or never answers.

Without I/O. The sensor that watches an output shows what was commanded, once that has moved; while the output is at
rest it takes the course that the scenario has for it (a float closes a gate, water turns a sign on).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import msgspec

from city.catalog import Output
from city.wire.config import OutputConfig
from edge.drivers.driver import DriverError, OptionsError
from edge.outputs.output import Kind, UnknownValueError
from firmware_sim.instrument import Instrument

DRIVER: Final = "simulated"
TURNS_KEPT: Final = 16  # of each output: sensors are looked at some minutes apart, and nobody asks about more


class Answer(StrEnum):
    """What comes of a command."""

    OBEYS = "obeys"
    REFUSES = "refuses"  # it says that it does not work: a relay that is stuck, a gate with a branch under it
    SILENT = "silent"  # it hears none, and answers none: a controller that hangs while its sensors go on


@dataclass(frozen=True, slots=True)
class Manner:
    """How a device takes commands. takes_ms: how long what it moves is on its way, in simulated time; a gate 40 s."""

    answer: Answer = Answer.OBEYS
    takes_ms: int = 0


OBEDIENT: Final = Manner()


class Actuators:
    """Of one device. values: by output, what each is switched to."""

    def __init__(self, outputs: Mapping[str, Output], manner: Manner) -> None:
        self.manner = manner
        self.outputs = outputs
        self.values = {name: output.rest for name, output in outputs.items()}
        self._turns: dict[str, tuple[tuple[int, bool], ...]] = {}  # by output, from when on it was on or not

    def switch(self, name: str, value: str, time_ms: int) -> None:
        """It is that from now on. Raises DriverError where the device refuses; what it is already it may be."""
        if value == self.values[name]:
            return
        if self.manner.answer is Answer.REFUSES:
            raise DriverError(f"{name} does not move")
        self.values[name] = value
        turn = time_ms + self.manner.takes_ms, value != self.outputs[name].rest
        # Another tuple each time: the agent switches in its own thread.
        self._turns[name] = (*self._turns.get(name, ()), turn)[-TURNS_KEPT:]

    def is_on(self, name: str, time_ms: int) -> bool:
        """Whether a command has it away from rest then."""
        return next((on for from_ms, on in reversed(self._turns.get(name, ())) if from_ms <= time_ms), False)

    def watched(self, instrument: Instrument) -> Instrument:
        """The sensor as it shows what the outputs that it watches move."""
        sensor, own = instrument.sensor.key.sensor, instrument.course
        names = [name for name, output in self.outputs.items() if output.watched_by == sensor]
        if not names:
            return instrument

        def course(time_ms: int) -> float:
            return 1.0 if any(self.is_on(name, time_ms) for name in names) else own(time_ms)

        return replace(instrument, course=course)


class _Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """output: of the device's."""

    output: str


@dataclass(frozen=True, slots=True)
class SimulatedOutput:
    """One output, as the agent has it. now_ms: simulated time."""

    actuators: Actuators
    name: str
    now_ms: Callable[[], int]

    @property
    def rest(self) -> str:
        """As the catalog says."""
        return self.actuators.outputs[self.name].rest

    def check(self, value: str) -> None:
        """As the catalog says."""
        check(self.actuators.outputs[self.name], value)

    def switch(self, value: str) -> None:
        """Now."""
        self.actuators.switch(self.name, value, self.now_ms())

    def close(self) -> None:
        """There is nothing to let go of."""


def check(output: Output, value: str) -> None:
    """Raises UnknownValueError for what the output can never be."""
    if not output.takes(value):
        raise UnknownValueError(f"{', '.join(output.values)}, not {value[:64]!r}")


def output_kind(actuators: Actuators, now_ms: Callable[[], int]) -> Kind[_Options]:
    """The kind that all outputs of one device are of."""

    def make(options: _Options) -> SimulatedOutput:
        if options.output not in actuators.outputs:
            raise OptionsError(f"{DRIVER}: no output {options.output}; there are {', '.join(actuators.outputs)}")
        return SimulatedOutput(actuators, options.output, now_ms)

    return Kind(DRIVER, _Options, make)


def output_configs(outputs: Mapping[str, Output]) -> tuple[OutputConfig, ...]:
    """As the device is set up before a desk says otherwise."""
    return tuple(OutputConfig(name, DRIVER, {"output": name}) for name in outputs)
