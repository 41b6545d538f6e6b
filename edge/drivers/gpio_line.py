"""One line of a GPIO chip, in or out, as the kernel has it (gpiod), and those that a test moves or looks at."""

from collections import deque
from datetime import timedelta
from typing import Final, Protocol

from edge.drivers.driver import DriverError

# Edges that the kernel keeps until they are asked for: of the fastest bucket (10 a second) for a minute and a half.
EDGES_KEPT: Final = 1_024


class Line(Protocol):
    """An input line."""

    def is_on(self) -> bool:
        """How it stands. Raises DriverError when the chip is gone."""
        ...

    def edges_ns(self) -> list[int]:
        """When it went on, since this was asked last, by the kernel's steady clock. Raises DriverError."""
        ...

    def close(self) -> None:
        """Lets go of it."""
        ...


class OutputLine(Protocol):
    """An output line."""

    def turn(self, *, on: bool) -> None:
        """It stands so from now on. Raises DriverError when the chip is gone."""
        ...

    def close(self) -> None:
        """Lets go of it."""
        ...


class GpiodLine:
    """A real one. It reads as on while it is pulled low where `active_low`."""

    def __init__(self, chip: str, line: int | str, *, active_low: bool, pull_up: bool) -> None:
        """Raises DriverError where there is none, or somebody else has it."""
        try:
            import gpiod  # noqa: PLC0415  hardware libraries are imported on opening
            from gpiod.line import Bias, Direction, Edge  # noqa: PLC0415
        except ImportError:
            raise DriverError("gpiod is not installed: pip install gpiod") from None
        settings = gpiod.LineSettings(
            direction=Direction.INPUT,
            edge_detection=Edge.RISING,
            bias=Bias.PULL_UP if pull_up else Bias.AS_IS,
            active_low=active_low,
        )
        self._name = f"{chip} {line}"
        try:
            self._request = gpiod.request_lines(
                chip, config={line: settings}, consumer="megane", event_buffer_size=EDGES_KEPT
            )
        except (OSError, ValueError) as error:
            raise DriverError(f"{self._name}: {error}") from None
        self._offset = self._request.offsets[0]

    def is_on(self) -> bool:
        """How it stands."""
        try:
            return bool(self._request.get_value(self._offset).value)
        except OSError as error:
            raise DriverError(f"{self._name}: {error}") from None

    def edges_ns(self) -> list[int]:
        """When it went on, since this was asked last."""
        found: list[int] = []
        try:
            while self._request.wait_edge_events(timedelta()):
                found += [event.timestamp_ns for event in self._request.read_edge_events()]
        except OSError as error:
            raise DriverError(f"{self._name}: {error}") from None
        return found

    def close(self) -> None:
        """Lets go of it."""
        self._request.release()


class GpiodOutput:
    """A real one that is driven: low while it is on where `active_low`."""

    def __init__(self, chip: str, line: int | str, *, active_low: bool, on: bool) -> None:
        """It stands so from the first. Raises DriverError where there is none, or somebody else has it."""
        try:
            import gpiod  # noqa: PLC0415  hardware libraries are imported on opening
            from gpiod.line import Direction, Value  # noqa: PLC0415
        except ImportError:
            raise DriverError("gpiod is not installed: pip install gpiod") from None
        self._values = {True: Value.ACTIVE, False: Value.INACTIVE}
        settings = gpiod.LineSettings(direction=Direction.OUTPUT, active_low=active_low, output_value=self._values[on])
        self._name = f"{chip} {line}"
        try:
            self._request = gpiod.request_lines(chip, config={line: settings}, consumer="megane")
        except (OSError, ValueError) as error:
            raise DriverError(f"{self._name}: {error}") from None
        self._offset = self._request.offsets[0]

    def turn(self, *, on: bool) -> None:
        """It stands so from now on."""
        try:
            self._request.set_value(self._offset, self._values[on])
        except OSError as error:
            raise DriverError(f"{self._name}: {error}") from None

    def close(self) -> None:
        """Lets go of it."""
        self._request.release()


class FakeLine:
    """One that is moved by whoever has it. Implements `Line`."""

    def __init__(self) -> None:
        self._on = False
        self._edges: deque[int] = deque(maxlen=EDGES_KEPT)  # as the kernel: of too many, the oldest are lost

    def move(self, *, on: bool, at_ns: int) -> None:
        """It stands so from then on."""
        if on and not self._on:
            self._edges.append(at_ns)
        self._on = on

    def is_on(self) -> bool:
        """How it stands."""
        return self._on

    def edges_ns(self) -> list[int]:
        """When it went on, since this was asked last."""
        found = list(self._edges)
        self._edges.clear()
        return found

    def close(self) -> None:
        """Nothing is held."""
