"""A serial line: bytes come when they come, broken off and disturbed. Raw, eight bits, no parity."""

import os
import select
import termios
import time
from typing import Final

from edge.drivers.driver import DriverError

_SPEEDS: Final = {
    2_400: termios.B2400,
    4_800: termios.B4800,
    9_600: termios.B9600,
    19_200: termios.B19200,
    38_400: termios.B38400,
    57_600: termios.B57600,
    115_200: termios.B115200,
}
MOST_BYTES: Final = 4_096  # kept of what came; frames are some dozen bytes, and the newest counts


class SerialPort:
    """One open line."""

    def __init__(self, path: str, baud: int) -> None:
        """Raises DriverError where there is none, or it cannot be set so."""
        if baud not in _SPEEDS:
            raise DriverError(f"{path}: no speed {baud}; there are {', '.join(map(str, _SPEEDS))}")
        self._path = path
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise DriverError(f"{path}: {error.strerror}") from None
        try:
            self._set(_SPEEDS[baud])
        except (OSError, termios.error) as error:
            os.close(self._fd)
            raise DriverError(f"{path}: {error}") from None

    def read(self, timeout_s: float) -> bytes:
        """What has come, after so long at most; empty where nothing did. Raises DriverError when the line is gone."""
        ready, _, _ = select.select([self._fd], [], [], timeout_s)
        if not ready:
            return b""
        try:
            content = os.read(self._fd, MOST_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise DriverError(f"{self._path}: {error.strerror}") from None
        if not content:
            raise DriverError(f"{self._path}: the line is gone")
        return content

    def newest(self) -> bytes:
        """All that has come and waits, the newest `MOST_BYTES` of it."""
        found = b""
        while part := self.read(0):
            found = (found + part)[-MOST_BYTES:]
        return found

    def write(self, content: bytes, timeout_s: float = 1.0) -> None:
        """Sends it all. Raises DriverError where the line does not take it in time."""
        until = time.monotonic() + timeout_s
        while content:
            _, ready, _ = select.select([], [self._fd], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise DriverError(f"{self._path}: the line takes nothing")
            try:
                content = content[os.write(self._fd, content) :]
            except OSError as error:
                raise DriverError(f"{self._path}: {error.strerror}") from None

    def close(self) -> None:
        """Lets go of it."""
        os.close(self._fd)

    def _set(self, speed: int) -> None:
        attributes = termios.tcgetattr(self._fd)
        attributes[0] = attributes[1] = attributes[3] = 0  # nothing of what comes or goes is changed or echoed
        attributes[2] = termios.CS8 | termios.CREAD | termios.CLOCAL
        attributes[4] = attributes[5] = speed
        termios.tcsetattr(self._fd, termios.TCSANOW, attributes)
