"""A relay at a GPIO line: a lamp, a siren, a gate's or a pump's controller.

What its two states are called the options say: a gate is `closed` and `open`, not on and off.

Kernels of the Raspberry Pi leave a line as it is when the agent lets go of it (raspberrypi/linux #6117, #6150), others
return it to an input: there the relay falls off while the agent is started anew.
"""

from collections.abc import Callable
from typing import Annotated, Final

import msgspec

from edge.drivers.driver import DriverError
from edge.drivers.gpio_line import GpiodOutput, OutputLine
from edge.outputs.output import Kind, Output, UnknownValueError

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """line: its number, or its name (`GPIO17`); active_low: relay boards that draw while the line is low."""

    line: int | str
    chip: str = "/dev/gpiochip0"
    active_low: bool = False
    on: Word = "on"
    off: Word = "off"


class Relay:
    """It draws, or not."""

    def __init__(self, options: Options, line: Callable[[bool], OutputLine]) -> None:
        """line: opens it, standing as it is to stand, so that no relay chatters at a start."""
        self._options = options
        self._new_line = line
        self._line: OutputLine | None = None

    @property
    def rest(self) -> str:
        """It does not draw: so it is without power, too."""
        return self._options.off

    def check(self, value: str) -> None:
        """One of the two."""
        if value not in (self._options.on, self._options.off):
            raise UnknownValueError(f"{self._options.on} or {self._options.off}, not {value[:64]!r}")

    def switch(self, value: str) -> None:
        """The line stands so on return; whether anything moves, a sensor must say."""
        on = value == self._options.on
        if self._line is None:
            self._line = self._new_line(on)
            return
        try:
            self._line.turn(on=on)
        except DriverError:
            self.close()
            raise

    def close(self) -> None:
        """Lets go of the line."""
        if self._line is not None:
            self._line.close()
            self._line = None


def _make(options: Options) -> Output:
    return Relay(options, lambda on: GpiodOutput(options.chip, options.line, active_low=options.active_low, on=on))


RELAY: Final = Kind("relay", Options, _make)
