"""A message sign at the far end of a serial line: takes frames as ISO 1745 has them, and answers as a test wants."""

import os
import pty
import select
import threading
import tty
from functools import reduce
from operator import xor
from typing import Self

ACK, NAK = b"\x06", b"\x15"


class SignAtWire:
    """shown: every text that it took, in order; frames: all that came, whole or not.

    answers: what it says to each frame, None for nothing; may be changed at any time
    """

    def __init__(self, encoding: str = "shift_jis") -> None:
        self.answers: bytes | None = ACK
        self.shown: list[str] = []
        self.frames: list[bytes] = []
        self._encoding = encoding
        self._far, self._near = pty.openpty()
        tty.setraw(self._far)
        self.path = os.ttyname(self._near)
        self._ended, self._end = os.pipe()
        self._thread = threading.Thread(target=self._take, name="sign")

    def say(self, content: bytes) -> None:
        os.write(self._far, content)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._end, b".")
        self._thread.join()
        for each in (self._far, self._near, self._ended, self._end):
            os.close(each)

    def _take(self) -> None:
        came = b""
        while True:
            ready, _, _ = select.select([self._far, self._ended], [], [])
            if self._ended in ready:
                return
            came += os.read(self._far, 512)
            while (end := came.find(b"\x03")) >= 0 and len(came) > end + 1:
                frame, came = came[: end + 2], came[end + 2 :]
                self._answer(frame)

    def _answer(self, frame: bytes) -> None:
        self.frames.append(frame)
        right = frame[:1] == b"\x02" and reduce(xor, frame[1:-1]) == frame[-1]
        if right and self.answers == ACK:
            self.shown.append(frame[1:-2].decode(self._encoding))
        if self.answers is not None:
            os.write(self._far, self.answers if right else NAK)
