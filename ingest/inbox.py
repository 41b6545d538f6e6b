"""Where deliveries wait between the source and the pipeline: bounded, because a broker's own bound does not hold.

Mosquitto keeps to its in-flight window only loosely (with 20 allowed, thousands came per round of acknowledgements), so
the city stops reading from the socket instead: TCP then holds the broker back.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

from city.delivery import Delivery

LIMIT_MESSAGES: Final = 50_000  # about a second at the rate aimed for: longer waits would only hide a stall
LIMIT_BYTES: Final = 64 * 2**20  # 256 messages of the greatest size: a burst of bulk fits, memory stays small
OVERHEAD_BYTES: Final = 500  # what a delivery weighs beside its payload: objects, topic, acknowledgement
LOW_WATER: Final = 0.5  # reading starts again at half, so that it does not stop and go with every message


class Inbox:
    """A queue of deliveries with one producer side and one consumer, on one event loop.

    It always takes what it is given, because what was read from a connection is in hand; the source looks at `full`
    and stops reading. From full it stays full until it has drained to half of both limits.
    """

    def __init__(self, limit_messages: int = LIMIT_MESSAGES, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_messages = limit_messages
        self._limit_bytes = limit_bytes
        self._waiting: deque[Delivery] = deque()
        self._bytes = 0
        self._room = asyncio.Event()
        self._room.set()
        self._some = asyncio.Event()

    def __len__(self) -> int:
        """Deliveries that wait."""
        return len(self._waiting)

    @property
    def size_bytes(self) -> int:
        """What they weigh, overhead included."""
        return self._bytes

    @property
    def full(self) -> bool:
        """Whether the source should stop reading."""
        return not self._room.is_set()

    def put_nowait(self, delivery: Delivery) -> None:
        """Takes one delivery in, full or not."""
        self.extend((delivery,))

    def extend(self, deliveries: Sequence[Delivery]) -> None:
        """Takes deliveries in, in their order, full or not: one read from a connection is one call."""
        if not deliveries:
            return
        self._waiting.extend(deliveries)
        self._bytes += sum([len(d.payload) for d in deliveries]) + OVERHEAD_BYTES * len(deliveries)
        self._some.set()
        if len(self._waiting) >= self._limit_messages or self._bytes >= self._limit_bytes:
            self._room.clear()

    async def room(self) -> None:
        """Returns when it is not full (any more)."""
        await self._room.wait()

    async def take(self, most: int) -> list[Delivery]:
        """Waits for the first delivery, then gives what is there without waiting further: 1 to `most`, oldest first.

        Cancelling it loses nothing.
        """
        await self._some.wait()
        waiting = self._waiting
        if len(waiting) <= most:
            taken = list(waiting)
            waiting.clear()
            self._bytes = 0
            self._some.clear()
        else:
            taken = [waiting.popleft() for _ in range(most)]
            self._bytes -= sum([len(d.payload) for d in taken]) + OVERHEAD_BYTES * len(taken)
        if len(waiting) <= self._limit_messages * LOW_WATER and self._bytes <= self._limit_bytes * LOW_WATER:
            self._room.set()
        return taken
