"""What a device keeps until the city says that it has it. Without I/O; times are seconds of any steady clock.

A message leaves on the city's receipt and on nothing else. formats.md: at most 64 are out without receipt; one is sent
again on reconnecting, after a later message's receipt, or after a delay that doubles; one sent ten times in vain while
later ones got their receipts is set aside, never deleted.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from city.wire.receipt import Receipt
from firmware_sim.message import Message

MOST_OUT: Final = 64  # formats.md
MOST_SENDS: Final = 10  # formats.md
FIRST_DELAY_S: Final = 10.0  # receipts come within a second or two where all is well
LONGEST_DELAY_S: Final = 3_600.0  # a city that was away for a day is found again within the hour
MOST_WAITING: Final = 10_000  # five weeks of readings every five minutes, about 10 MB; then the oldest gives way


@dataclass(slots=True)
class _Out:
    """A message that was sent. order: of its last sending among all; overtaken: a later one got its receipt."""

    message: Message
    sends: int = 0
    order: int = 0
    due_s: float = 0.0
    overtaken: bool = False


class Spool:
    """One device's messages: waiting, out, and set aside."""

    def __init__(self, first_delay_s: float = FIRST_DELAY_S) -> None:
        self._first_delay_s = first_delay_s
        self._waiting: deque[Message] = deque()
        self._out: dict[tuple[str, int], _Out] = {}
        self._aside: dict[tuple[str, int], Message] = {}
        self._order = 0
        self.resent = 0
        self.overflowed = 0

    def __len__(self) -> int:
        """Messages that still want a receipt; those set aside are not counted."""
        return len(self._waiting) + len(self._out)

    @property
    def aside(self) -> int:
        """How many are set aside."""
        return len(self._aside)

    def append(self, message: Message) -> None:
        """Takes a message in. Where too many wait the oldest of them is lost, and counted in `overflowed`."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self.overflowed += 1
        self._waiting.append(message)

    def reconnected(self) -> None:
        """Everything that is out is due at once."""
        for out in self._out.values():
            out.due_s = float("-inf")

    def to_send(self, now_s: float) -> list[Message]:
        """What is to be sent now, in the order of sending; a message with `copies` stands there so often at first."""
        sending: list[Message] = []
        for key in [key for key, out in self._out.items() if out.due_s <= now_s]:
            out = self._out[key]
            if out.sends >= MOST_SENDS and out.overtaken:
                self._aside[key] = self._out.pop(key).message
                continue
            self.resent += 1
            self._send(out, now_s)
            sending.append(out.message)
        while self._waiting and len(self._out) < MOST_OUT:
            message = self._waiting.popleft()
            out = self._out[message.boot, message.seq] = _Out(message)
            self._send(out, now_s)
            sending += [message] * message.copies
        return sending

    def settle(self, receipt: Receipt) -> int:
        """Drops what `receipt` covers; what was sent before any of that is due again. Gives how many it covered."""
        covered = [key for key in (*self._out, *self._aside) if key[0] == receipt.boot and receipt.covers(key[1])]
        newest = 0
        for key in covered:
            settled = self._out.pop(key, None)
            self._aside.pop(key, None)
            newest = max(newest, settled.order if settled else 0)
        for out in self._out.values():
            if out.order < newest:
                out.overtaken = True
                out.due_s = float("-inf")
        return len(covered)

    def _send(self, out: _Out, now_s: float) -> None:
        self._order += 1
        out.order = self._order
        out.due_s = now_s + min(LONGEST_DELAY_S, self._first_delay_s * 2.0**out.sends)
        out.sends += 1
