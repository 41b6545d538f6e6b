"""Receipts that are owed: which messages are settled, told to their devices once a second."""

from collections.abc import Awaitable, Callable
from typing import Final

from city.clock import Clock
from city.wire.receipt import Receipt, SeqRanges
from city.wire.topic import Kind, Topic

# formats.md: at most one receipt a second and device. A second's worth in one receipt costs the broker one message
# instead of many; a device may have 64 messages out, so it waits for none.
EVERY_S: Final = 1.0
RANGES_AT_ONCE: Final = 1_000  # in one receipt: some 20 KB. Honest devices need one or two

Publish = Callable[[str, bytes], Awaitable[None]]


class ReceiptLedger:
    """What was settled since each device's last receipt. Used on the event loop."""

    def __init__(self, publish: Publish, clock: Clock, count_sent: Callable[[], None]) -> None:
        """`publish` sends (topic, payload) to a device and may drop it; `count_sent` is called for every receipt."""
        self._publish = publish
        self._clock = clock
        self._count_sent = count_sent
        self._owed: dict[tuple[Topic, str], SeqRanges] = {}

    def settle(self, topic: Topic, boot: str, seq: int) -> None:
        """Message `seq` that came by `topic` is in the journal, was there already, or is quarantined."""
        owed = self._owed.get((topic, boot))
        if owed is None:
            owed = self._owed[topic, boot] = SeqRanges()
        owed.add(seq)

    async def run(self) -> None:
        """Sends what is owed, once a second, until cancelled."""
        while True:
            await self._clock.sleep(EVERY_S)
            await self.flush()

    async def flush(self) -> None:
        """Sends everything owed now; what comes up meanwhile waits for the next time."""
        for topic, boot in list(self._owed):
            ranges = tuple(self._owed.pop((topic, boot)))
            for start in range(0, len(ranges), RANGES_AT_ONCE):
                receipt = Receipt(boot, ranges[start : start + RANGES_AT_ONCE])
                await self._publish(str(topic.beside(Kind.RECEIPT)), receipt.encode())
                self._count_sent()
