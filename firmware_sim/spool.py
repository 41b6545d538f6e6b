"""What a device keeps until the city says that it has it. Without I/O; times are seconds of any steady clock.

A message leaves on the city's receipt and on nothing else; when each is sent is `edge/outbox.py`.
"""

from collections import deque
from typing import Final

from city.wire.receipt import Receipt
from edge.outbox import FIRST_DELAY_S, Outbox
from firmware_sim.message import Message

MOST_WAITING: Final = 10_000  # five weeks of readings every five minutes, about 10 MB; then the oldest gives way


class Spool:
    """One device's messages: waiting, out, and set aside."""

    def __init__(self, first_delay_s: float = FIRST_DELAY_S) -> None:
        self._waiting: deque[Message] = deque()
        self._outbox: Outbox[tuple[str, int]] = Outbox(first_delay_s)
        self._out: dict[tuple[str, int], Message] = {}
        self._aside: dict[tuple[str, int], Message] = {}
        self.overflowed = 0

    def __len__(self) -> int:
        """Messages that still want a receipt; those set aside are not counted."""
        return len(self._waiting) + len(self._out)

    @property
    def aside(self) -> int:
        """How many are set aside."""
        return len(self._aside)

    @property
    def resent(self) -> int:
        """How often a message was sent again."""
        return self._outbox.resent

    def append(self, message: Message) -> None:
        """Takes a message in. Where too many wait the oldest of them is lost, and counted in `overflowed`."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self.overflowed += 1
        self._waiting.append(message)

    def reconnected(self) -> None:
        """Everything that is out is due at once."""
        self._outbox.reconnected()

    def to_send(self, now_s: float) -> list[Message]:
        """What is to be sent now, in the order of sending; a message with `copies` stands there so often at first."""
        again, aside = self._outbox.again(now_s)
        for key in aside:
            self._aside[key] = self._out.pop(key)
        sending = [self._out[key] for key in again]
        while self._waiting and self._outbox.room:
            message = self._waiting.popleft()
            self._out[message.boot, message.seq] = message
            self._outbox.sent((message.boot, message.seq), now_s)
            sending += [message] * message.copies
        return sending

    def settle(self, receipt: Receipt) -> int:
        """Drops what `receipt` covers; what was sent before any of that is due again. Gives how many it covered."""
        covered = [key for key in (*self._out, *self._aside) if key[0] == receipt.boot and receipt.covers(key[1])]
        self._outbox.settle(covered)
        for key in covered:
            self._out.pop(key, None)
            self._aside.pop(key, None)
        return len(covered)
