"""The outputs of a device, and what each is switched to: all that a command names, or nothing of it.

After a start an output is what it was last commanded to be: a loss of power must not open a gate that is closed against
a flood, nor take a road's closed sign away. One that must not start by itself where nobody is near, a siren or a pump,
says in its configuration what is `safe`. One that fails is tried again until it is what it should be.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from city.wire.command import Argument, Refusal
from city.wire.config import OutputConfig
from edge.commands import CannotError
from edge.drivers.driver import DriverError
from edge.kept_file import keep
from edge.outputs.output import Kind, Output, UnknownValueError

AGAIN_S: Final = (
    30.0  # a sign that has its power back shows its text within that; a dead one costs three seconds each time
)


@dataclass(slots=True)
class _Switched:
    """value: what it should be; fault: why it may not be that, None where it is."""

    config: OutputConfig
    output: Output
    value: str
    fault: str | None = None

    def switch(self, value: str) -> None:
        """Raises DriverError. Either way it should be that from now on."""
        self.value = value
        try:
            self.output.switch(value)
        except DriverError as error:
            self.fault = str(error)
            raise
        self.fault = None


class Switching:
    """Used by one thread. due_s: when those that failed are tried again, inf where none did."""

    def __init__(self, file: Path, kinds: Mapping[str, Kind[Any]], steady_s: Callable[[], float]) -> None:
        """file: where the last commanded values are kept. Blocking."""
        self._file = file
        self._kinds = kinds
        self._steady_s = steady_s
        self._commanded = _read(file)
        self._outputs: dict[str, _Switched] = {}
        self.due_s = float("inf")

    @property
    def values(self) -> dict[str, str]:
        """By output, what it is; one that may be anything is not there."""
        return {name: one.value for name, one in self._outputs.items() if one.fault is None}

    @property
    def faults(self) -> dict[str, str]:
        """By output, why it is not what it should be."""
        return {name: one.fault for name, one in self._outputs.items() if one.fault is not None}

    def become(self, configs: Iterable[OutputConfig]) -> None:
        """These are its outputs from now on; what stays as it was is not touched. Blocking."""
        wanted = {config.name: config for config in configs}
        for name in [name for name, one in self._outputs.items() if wanted.get(name) != one.config]:
            self._outputs.pop(name).output.close()
        for name, config in wanted.items():
            if name not in self._outputs:
                output = self._kinds[config.driver].made(config.options)
                self._outputs[name] = _Switched(config, output, "")
                self._try(name, self._first(config, output))
        self._look()

    def again(self, now_s: float) -> bool:
        """Tries once more what failed, when that is due; whether it was. Blocking."""
        if now_s < self.due_s:
            return False
        for name in self.faults:
            self._try(name, self._outputs[name].value)
        self._look()
        return True

    def set(self, arguments: Mapping[str, Argument]) -> str:
        """All of them are that, and after a restart too; gives what is told of it. Blocking.

        Raises CannotError: none of them is switched then, or the message says which could not be put back.
        """
        wanted = {name: self._checked(name, argument) for name, argument in arguments.items()}
        if not wanted:
            raise CannotError(Refusal.UNKNOWN, f"nothing to switch; there are {self._known()}")
        before = {name: self._outputs[name].value for name in wanted}
        begun: list[str] = []
        try:
            for name, value in wanted.items():
                begun.append(name)
                self._outputs[name].switch(value)
            commanded = {name: value for name, value in self._commanded.items() if name in self._outputs} | wanted
            keep(self._file, msgspec.json.encode(commanded))
        except (DriverError, OSError) as error:
            left = [name for name in reversed(begun) if not self._try(name, before[name])]
            why = f"{begun[-1]}: {error}" if isinstance(error, DriverError) else f"cannot be kept: {error.strerror}"
            raise CannotError(Refusal.FAILED, f"{why}; not put back: {', '.join(left)}" if left else why) from None
        finally:
            self._look()
        self._commanded = commanded
        return ", ".join(f"{name}={value}" for name, value in wanted.items())

    def close(self) -> None:
        """Lets go of all of them, and leaves them as they are."""
        for one in self._outputs.values():
            one.output.close()

    def _checked(self, name: str, argument: Argument) -> str:
        value = str(argument).lower() if isinstance(argument, bool) else str(argument)
        if name not in self._outputs:
            raise CannotError(Refusal.UNKNOWN, f"no output {name}; there are {self._known()}")
        try:
            self._outputs[name].output.check(value)
        except UnknownValueError as error:
            raise CannotError(Refusal.UNKNOWN, f"{name}: {error}") from None
        return value

    def _known(self) -> str:
        return ", ".join(self._outputs) or "none"

    def _first(self, config: OutputConfig, output: Output) -> str:
        """What it is at a start."""
        if config.safe is not None:
            return config.safe
        value = self._commanded.get(config.name, output.rest)
        try:
            output.check(value)
        except UnknownValueError:  # it was commanded when it was another
            return output.rest
        return value

    def _try(self, name: str, value: str) -> bool:
        try:
            self._outputs[name].switch(value)
        except DriverError:
            return False
        return True

    def _look(self) -> None:
        self.due_s = self._steady_s() + AGAIN_S if self.faults else float("inf")


def _read(file: Path) -> dict[str, str]:
    """Nothing where nothing is kept, or it is damaged: then each output begins at rest."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return {}
