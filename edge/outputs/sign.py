"""A message sign on a serial line: STX, the text, ETX, a check; the sign answers ACK when it shows it, or NAK.

Source: ISO 1745 (JIS X 5002, basic mode control procedures) for the frame and its answers, ISO 1155 for the check: the
exclusive or of all bytes after STX, ETX among them. The text is in Shift_JIS unless the options say otherwise; an empty
one is a dark sign. A sign with a language of its maker's own needs a kind of its own beside this one.
"""

import time
from functools import reduce
from operator import xor
from typing import Annotated, Final, Literal

import msgspec

from edge.drivers.driver import DriverError
from edge.drivers.serial_port import SerialPort
from edge.outputs.output import Kind, UnknownValueError

STX, ETX, ACK, NAK = b"\x02", b"\x03", b"\x06", b"\x15"
ANSWER_S: Final = 1.0  # a frame of sixty characters takes 0.15 s at 9,600 baud
TRIES: Final = 3  # a frame that was disturbed is sent again; what is refused three times is refused


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """characters: for how many there is room; answers: whether the sign has a line back, and says what became of it."""

    port: str
    baud: int = 9_600
    encoding: Literal["shift_jis", "utf-8", "ascii"] = "shift_jis"
    characters: Annotated[int, msgspec.Meta(ge=1, le=256)] = 32
    answers: bool = True


class Sign:
    """A text, or none."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._port: SerialPort | None = None

    @property
    def rest(self) -> str:
        """Dark."""
        return ""

    def check(self, value: str) -> None:
        """A line of text for which there is room, of characters that the sign has."""
        if len(value) > self._options.characters:
            raise UnknownValueError(f"{len(value)} characters; there is room for {self._options.characters}")
        if value and not value.isprintable():
            raise UnknownValueError("characters that cannot be shown")
        try:
            value.encode(self._options.encoding)
        except UnicodeEncodeError as error:
            raise UnknownValueError(f"{value[error.start]!r} is not in {self._options.encoding}") from None

    def switch(self, value: str) -> None:
        """The sign has said that it shows it, where it answers."""
        try:
            if self._port is None:
                self._port = SerialPort(self._options.port, self._options.baud)
            self._send(self._port, framed(value.encode(self._options.encoding)))
        except DriverError:
            self.close()
            raise

    def close(self) -> None:
        """Lets go of the line."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def _send(self, port: SerialPort, frame: bytes) -> None:
        answer = None
        for _ in range(TRIES):
            port.newest()  # what the sign said before is no answer to this
            port.write(frame)
            if not self._options.answers:
                return
            answer = _answer(port)
            if answer == ACK:
                return
        said = "does not answer" if answer is None else "does not take the text"
        raise DriverError(f"{self._options.port}: the sign {said}")


def framed(text: bytes) -> bytes:
    """As it goes over the line."""
    checked = text + ETX
    return STX + checked + bytes((reduce(xor, checked),))


def _answer(port: SerialPort) -> bytes | None:
    """ACK or NAK, whichever comes first; None where neither does in time."""
    until_s = time.monotonic() + ANSWER_S
    while (left_s := until_s - time.monotonic()) > 0:
        for byte in port.read(left_s):
            if bytes((byte,)) in (ACK, NAK):
                return bytes((byte,))
    return None


SIGN: Final = Kind("sign", Options, Sign)
