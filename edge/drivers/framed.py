"""Sensors that speak unasked over a serial line: the newest whole frame counts, whatever stands around it."""

import time
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from edge.drivers.driver import DriverError
from edge.drivers.serial_port import MOST_BYTES, SerialPort

F = TypeVar("F")
# Of what came: the frames that are whole, in order, and the bytes that may be the beginning of another.
Scan = Callable[[bytes], tuple[list[F], bytes]]
PATIENCE_S: Final = 3.0  # the slowest of them speaks once in two seconds


class Framed:
    """An open line and the frames in it."""

    def __init__(self, port: SerialPort, scan: Scan[F], values: Callable[[F], Mapping[str, float]]) -> None:
        """values: what the channels say by a frame; raises DriverError for one that says that there is nothing."""
        self._port = port
        self._scan: Scan[F] = scan
        self._values = values
        self._rest = b""

    def read(self) -> Mapping[str, float]:
        """By the newest frame that has come; waits for one."""
        until = time.monotonic() + PATIENCE_S
        waiting = self._port.newest()
        while True:
            frames, rest = self._scan(self._rest + waiting)
            self._rest = rest[-MOST_BYTES:]
            if frames:
                return self._values(frames[-1])
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise DriverError("no whole frame in time")
            waiting = self._port.read(left_s)

    def close(self) -> None:
        """Lets go of the line."""
        self._port.close()
