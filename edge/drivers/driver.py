"""What every driver is: something that can be opened with its options, read, and closed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec

from city.errors import MeganeError
from city.wire.config import Option
from edge.message import Value


class DriverError(MeganeError):
    """No reading this time: the message says why, for the person who looks. The next one may well come."""


class Driver(Protocol):
    """An open device. Used by one thread."""

    def read(self) -> Mapping[str, Value]:
        """What each of its channels says now; one that has nothing to say is not there. Raises DriverError.

        Blocking, for some seconds at most.
        """
        ...

    def close(self) -> None:
        """Lets go of the device."""
        ...


class OptionsError(MeganeError):
    """The options are none of the driver's."""


Options = TypeVar("Options", bound=msgspec.Struct)


def checked(driver: str, options: Mapping[str, Option], kind: type[Options]) -> Options:
    """The options as that driver takes them. Raises OptionsError, which says what is wrong."""
    try:
        return msgspec.convert(dict(options), kind, strict=True)
    except msgspec.ValidationError as error:
        raise OptionsError(f"{driver}: {error}") from None


@dataclass(frozen=True, slots=True)
class Kind(Generic[Options]):
    """A kind of driver.

    name: in configurations; options: what it takes; open: imports what it needs of the hardware's libraries, and raises
    DriverError where the device is not there
    """

    name: str
    options: type[Options]
    open: Callable[[Options], Driver]

    def check(self, options: Mapping[str, Option]) -> Options:
        """The options as the driver takes them. Raises OptionsError, which says what is wrong."""
        return checked(self.name, options, self.options)

    def start(self, options: Mapping[str, Option]) -> Driver:
        """Opened with its options. Raises OptionsError or DriverError. Blocking."""
        return self.open(self.check(options))
