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


def of_length(came: bytes, start: int, length: int, read: Callable[[bytes], F | None]) -> tuple[list[F], bytes]:
    """A `Scan` of frames that begin with the byte `start` and have that length; read: gives None for what is none."""
    found: list[F] = []
    at = 0
    while (at := came.find(start, at)) >= 0 and at + length <= len(came):
        frame = read(came[at : at + length])
        if frame is None:
            at += 1
        else:
            found.append(frame)
            at += length
    return found, came[at:] if at >= 0 else b""


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
