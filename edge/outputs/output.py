"""What every output is: something that can be switched to one of its values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol

from city.errors import MeganeError
from city.wire.config import Option
from edge.drivers.driver import Options, checked


class UnknownValueError(MeganeError):
    """The output cannot be that: the message says what it can be."""


class Output(Protocol):
    """An output. It is opened when it is first switched, and anew after it failed. Used by one thread."""

    @property
    def rest(self) -> str:
        """What it is while nobody wants anything of it: off, dark."""
        ...

    def check(self, value: str) -> None:
        """Raises UnknownValueError for what it can never be."""
        ...

    def switch(self, value: str) -> None:
        """It is that on return, as far as it can tell. Raises DriverError, and then may be either.

        Blocking, for some seconds at most.
        """
        ...

    def close(self) -> None:
        """Lets go of the device, and leaves it as it is."""
        ...


@dataclass(frozen=True, slots=True)
class Kind(Generic[Options]):
    """A kind of output. name: in configurations; options: what it takes; make: touches nothing yet."""

    name: str
    options: type[Options]
    make: Callable[[Options], Output]

    def made(self, options: Mapping[str, Option]) -> Output:
        """With its options. Raises OptionsError."""
        return self.make(checked(self.name, options, self.options))
