"""Contacts and pulses at a GPIO line: float switches and doors, tipping-bucket rain gauges, water meters.

A contact says whether it is closed. Pulses are counted as the kernel saw them, with the time of each; those that come
sooner than `debounce_ms` after one that counted are a contact that bounces.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Final, Literal

import msgspec

from edge.drivers.driver import Driver, Kind
from edge.drivers.gpio_line import GpiodLine, Line
from edge.message import Value

_WRAP: Final = 2**32  # where the total begins anew: it stays a whole number in every store and language
_NS_PER_MS: Final = 1_000_000


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """line: its number, or its name (`GPIO17`); per_pulse: what one pulse is, a tip of a bucket 0.5 mm."""

    line: int | str
    chip: str = "/dev/gpiochip0"
    counts: Literal["contact", "pulses"] = "contact"
    per_pulse: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    debounce_ms: Annotated[float, msgspec.Meta(ge=0, le=10_000)] = 50.0
    active_low: bool = True
    pull_up: bool = True


class Contact:
    """Whether the contact is closed."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def read(self) -> Mapping[str, Value]:
        """The only channel."""
        return {"": self._line.is_on()}

    def close(self) -> None:
        """Lets go of the line."""
        self._line.close()


class Pulses:
    """How much came since the last reading, and in all since the start (`total`, which begins anew at 2³² pulses)."""

    def __init__(self, line: Line, per_pulse: float, debounce_ms: float) -> None:
        self._line = line
        self._per_pulse = per_pulse
        self._debounce_ns = round(debounce_ms * _NS_PER_MS)
        self._counted_ns: int | None = None
        self._total = 0

    def read(self) -> Mapping[str, Value]:
        """Both channels."""
        new = 0
        for at_ns in self._line.edges_ns():
            if self._counted_ns is None or at_ns - self._counted_ns >= self._debounce_ns:
                self._counted_ns = at_ns
                new += 1
        self._total = (self._total + new) % _WRAP
        return {"": new * self._per_pulse, "total": self._total * self._per_pulse}

    def close(self) -> None:
        """Lets go of the line."""
        self._line.close()


def opened(options: Options, line: Callable[[], Line]) -> Driver:
    """A driver of that line."""
    if options.counts == "contact":
        return Contact(line())
    return Pulses(line(), options.per_pulse, options.debounce_ms)


def _open(options: Options) -> Driver:
    return opened(
        options,
        lambda: GpiodLine(options.chip, options.line, active_low=options.active_low, pull_up=options.pull_up),
    )


GPIO: Final = Kind("gpio", Options, _open)
