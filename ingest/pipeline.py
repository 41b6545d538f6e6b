"""From the inbox into the journal, and only then back to the sender: hops 3 to 5 of a reading's path.

Messages are gathered into a batch until it holds enough readings or has been open long enough. While one batch is
written in a thread of its own, the next is gathered. What is acknowledged is in the journal or in the quarantine.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from city.clock import Clock
from city.delivery import Delivery
from city.errors import UnavailableError
from ingest.batch_writer import BatchWriter
from ingest.catch_up import CatchUp
from ingest.gathering import ClosedBatch, Gathering
from ingest.inbox import Inbox
from ingest.meters import Meters
from ingest.receipt_ledger import ReceiptLedger
from ingest.reception import Reception
from ingest.retry import until_available

_log = logging.getLogger(__name__)
R = TypeVar("R")

# What a batch costs however small it is (a thread's turn, a transaction, a step of the engine: about a millisecond)
# is spent 50 times a second at most, and a reading waits 20 of the 150 ms that a webhook may take.
OPEN_S: Final = 0.020
BATCH_READINGS: Final = 10_000  # from here on the cost of a batch as a whole no longer counts
# Messages with nothing usable fill a batch too; so many pieces of the quarantine fit one transaction well.
BATCH_MESSAGES: Final = 10_000
# Messages handled before the event loop has its turn: some milliseconds, so that reading and sending go on.
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class PipelineState:
    """What the city's own watch looks at; ms of the city's clock, None where it does not apply.

    journaled_ms: when the journal last took a batch
    waiting_since_ms: since when a closed batch has waited for the journal
    full_since_ms: since when the inbox has been seen full
    """

    journaled_ms: int | None
    waiting_since_ms: int | None
    full_since_ms: int | None


class Pipeline:
    """Runs on one event loop; the journal is written in a thread of its own."""

    def __init__(
        self,
        inbox: Inbox,
        reception: Reception,
        writer: BatchWriter,
        receipts: ReceiptLedger,
        catch_up: CatchUp,
        meters: Meters,
        clock: Clock,
        rng: random.Random,
        open_s: float = OPEN_S,
        batch_readings: int = BATCH_READINGS,
    ) -> None:
        """`open_s` is real time, whatever `clock` says: it bounds work, not what happens in the city."""
        self._inbox = inbox
        self._reception = reception
        self._writer = writer
        self._receipts = receipts
        self._catch_up = catch_up
        self._meters = meters
        self._clock = clock
        self._rng = rng
        self._open_s = open_s
        self._batch_readings = batch_readings
        self._thread = ThreadPoolExecutor(1, "journal")
        self._in_hand: deque[Delivery] = deque()
        self._window: asyncio.Timeout | None = None
        self._draining = False
        self._finished = asyncio.Event()
        self._journaled_ms: int | None = None
        self._waiting_since_ms: int | None = None
        self._full_since_ms: int | None = None

    async def run(self) -> None:
        """Works until `drain` is called or it is cancelled; what is then not acknowledged comes again.

        Raises an ExceptionGroup of JournalError when the journal turns out to be damaged.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._receipts.run(), name="receipts")
                settling: asyncio.Task[None] | None = None
                while not self._draining or self._in_hand or len(self._inbox):
                    gathering = await self._gather()
                    if settling:
                        await settling
                    if gathering.deliveries:
                        settling = tasks.create_task(self._settle(gathering), name="journal append")
                if settling:
                    await settling
                sending.cancel()
            await self._receipts.flush()
            await self._in_thread(self._writer.finish)
        finally:
            self._thread.shutdown(wait=False)
            self._finished.set()

    async def drain(self) -> None:
        """Brings what is in hand and in the inbox into the journal, acknowledges it, sends the receipts that are owed,
        and returns when `run` has. The source is told to take no more before this, and ended after it, since
        acknowledgements go through it.
        """
        self._draining = True
        # A window that is just expiring closes the batch by itself, and may not be changed any more.
        if self._window and not self._window.expired():
            self._window.reschedule(asyncio.get_running_loop().time())
        await self._finished.wait()

    def state(self) -> PipelineState:
        """How it is going. To be asked every few seconds, on the event loop."""
        if not self._inbox.full:
            self._full_since_ms = None
        elif self._full_since_ms is None:
            self._full_since_ms = self._clock.now_ms()
        return PipelineState(self._journaled_ms, self._waiting_since_ms, self._full_since_ms)

    async def _gather(self) -> Gathering:
        """An open batch, from its first message until it is full, has been open for `open_s`, or all is drained."""
        gathering = Gathering()
        try:
            async with asyncio.timeout(None) as window:
                self._window = window
                while not self._is_full(gathering):
                    if not self._in_hand:
                        if self._draining and not len(self._inbox):
                            break
                        self._in_hand.extend(await self._inbox.take(_AT_ONCE))
                    if not gathering.deliveries:
                        window.reschedule(asyncio.get_running_loop().time() + self._open_s)
                    self._receive(gathering)
                    await asyncio.sleep(0)
        except TimeoutError:
            pass  # open long enough; nothing was taken that is not in the batch
        finally:
            self._window = None
        return gathering

    def _receive(self, gathering: Gathering) -> None:
        """Moves what is in hand into the batch, as far as it fits."""
        in_hand, receive, add = self._in_hand, self._reception.receive, gathering.add
        limit = self._batch_readings
        while in_hand and gathering.readings < limit:
            delivery = in_hand.popleft()
            topic, message = receive(delivery)
            add(delivery, topic, message)

    def _is_full(self, gathering: Gathering) -> bool:
        return gathering.readings >= self._batch_readings or len(gathering.deliveries) >= BATCH_MESSAGES

    async def _settle(self, gathering: Gathering) -> None:
        """Journal, then acknowledge, then owe the receipts. In this order lies the city's promise."""
        at_ms = self._clock.now_ms()
        self._waiting_since_ms = at_ms
        offsets = self._reception.take_fixed_offsets()
        closed = await self._in_thread(lambda: self._writer.close(gathering, at_ms, offsets))
        await until_available(lambda: self._append(closed), self._clock, self._rng, self._failed)
        self._waiting_since_ms, self._journaled_ms = None, self._clock.now_ms()
        for delivery in gathering.deliveries:
            delivery.ack()
        self._owe_receipts(gathering, closed)
        self._reception.heard(gathering)
        self._catch_up.observe(at_ms, closed.batch)
        self._count(closed)

    async def _append(self, closed: ClosedBatch) -> None:
        with self._meters.append_seconds.time():
            await self._in_thread(lambda: self._writer.append(closed))

    def _owe_receipts(self, gathering: Gathering, closed: ClosedBatch) -> None:
        """Of what the quarantine could not keep there is no receipt: its device keeps it instead."""
        settle, unkept = self._receipts.settle, closed.unkept
        for i, (topic, message) in enumerate(zip(gathering.topics, gathering.messages, strict=True)):
            if message.seq is not None and message.boot is not None and topic is not None and i not in unkept:
                settle(topic, message.boot, message.seq)

    def _count(self, closed: ClosedBatch) -> None:
        meters = self._meters
        meters.messages_accepted.inc(closed.accepted)
        meters.messages_quarantined.inc(closed.quarantined_messages)
        meters.readings_received.inc(closed.received)
        meters.health_readings.inc(closed.health)
        meters.quarantined(closed.refused)
        meters.sent_again.inc(len(closed.released))
        meters.flagged(closed.batch.quality)
        meters.doubted(closed.found)
        meters.batch_readings.observe(len(closed.batch))
        if len(closed.refused) > len(closed.kept):
            meters.quarantine_overflow.inc(len(closed.refused) - len(closed.kept))

    def _failed(self, error: UnavailableError) -> None:
        self._meters.append_failures.inc()
        _log.warning("the journal takes nothing just now; nothing is acknowledged until it does: %s", error)

    async def _in_thread(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
