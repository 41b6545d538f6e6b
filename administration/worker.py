"""The worker: takes up due deliveries, makes them, commits what came of them.

One task claims, one commits, and each delivery in hand has a task of its own. The three meet in bounded numbers: one is
claimed only where its endpoint has room, and gives that room back after its commit.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar, assert_never

import sqlalchemy as sa

from administration.bell import Bell
from administration.claims import Claim, ClaimedDelivery, claim, take_back, take_back_overdue
from administration.metrics import Metrics
from administration.outcome import Delivered, Outcome, Reason, Rejected, RetryAfter
from administration.ports import Sender
from administration.retry import Retry
from administration.settlement import Settled, settle
from administration.tables import DeliveryState
from administration.transaction import until_answered
from city.clock import Clock
from city.errors import UnavailableError

LEASE_MS: Final = 60_000  # four times what an attempt may take: a worker that holds one longer is gone
# How often one of several workers looks for what nobody rings its bell for: leases of the dead, and what another made
# due. A look costs two small queries.
LOOK_EVERY_S: Final = 2.0

T = TypeVar("T")


class Worker:
    """Delivers until cancelled. Cancelled, it commits what has ended; what is in flight goes out again at the
    next start, under the same key.

    name: whose leases these are; the same over restarts, different for each worker of a city
    database_thread: an executor of one thread where the database is SQLite, best shared by everybody who writes to it;
        of two for each worker on PostgreSQL
    rng: jitter of retries
    look_every_s: for one of several workers, `LOOK_EVERY_S`; None: there is no other, and all leases are its own
    """

    def __init__(
        self,
        *,
        name: str,
        database: sa.Engine,
        database_thread: Executor,
        sender: Sender,
        clock: Clock,
        rng: random.Random,
        metrics: Metrics,
        retry: Retry | None = None,
        look_every_s: float | None = None,
    ) -> None:
        self._name = name
        self._look_every_s = look_every_s
        self._database = database
        self._thread = database_thread
        self._sender = sender
        self._clock = clock
        self._rng = rng
        self._metrics = metrics
        self._retry = retry or Retry()
        self._bell = Bell()
        self._held: Counter[str] = Counter()  # those in hand, by endpoint: claimed and not yet committed
        self._ended: asyncio.Queue[Settled] = asyncio.Queue()  # bounded by what is in hand

    def wake(self) -> None:
        """There may be something due. From any thread."""
        self._bell.ring()

    async def run(self) -> None:
        """Works until cancelled."""
        self._held.clear()
        await self._write(lambda: take_back(self._database, self._name, self._clock.now_ms()))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._commit(), name="administration: commit")
                if self._look_every_s is not None:
                    tasks.create_task(self._look(self._look_every_s), name="administration: look")
                await self._claim(tasks)
        finally:
            group = self._take_ended()
            with suppress(UnavailableError):  # then these go out again, under the same key
                await asyncio.get_running_loop().run_in_executor(self._thread, self._settle, group)
                for settled in group:
                    self._count(settled)

    async def _look(self, every_s: float) -> None:
        while True:
            await self._clock.sleep(every_s)
            await self._write(lambda: take_back_overdue(self._database, self._clock.now_ms()))
            self._bell.ring()

    async def _claim(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            due = await self._write(self._claim_now)
            for delivery in due.deliveries:
                self._held[delivery.endpoint] += 1
                tasks.create_task(self._perform(delivery), name=f"administration: delivery {delivery.id}")
            await self._bell.wait_until(due.next_due_ms, self._clock)

    def _claim_now(self) -> Claim:
        return claim(self._database, self._name, self._clock.now_ms(), LEASE_MS, self._held)

    async def _perform(self, delivery: ClaimedDelivery) -> None:
        began_ms = self._clock.now_ms()
        outcome = await self._sender.send(delivery.endpoint, delivery.id, delivery.body.encode())
        self._metrics.attempt(delivery.endpoint, outcome)
        await self._ended.put(self._settled(delivery, outcome, began_ms, self._clock.now_ms()))

    def _settled(self, delivery: ClaimedDelivery, outcome: Outcome, began_ms: int, ended_ms: int) -> Settled:
        """Where it goes from here."""
        match outcome:
            case Delivered():
                state, due_ms, rest_ms = DeliveryState.DONE, ended_ms, 0
            case RetryAfter(after_s=asked_s):
                exhausted = ended_ms >= delivery.until_ms
                state = DeliveryState.DEAD if exhausted else DeliveryState.WAITING
                wait_ms = self._retry.wait_ms(delivery.attempts + 1, asked_s, self._rng)
                # The last attempt is at the very end.
                due_ms = min(ended_ms + wait_ms, max(delivery.until_ms, ended_ms))
                rest_ms = self._retry.rest_ms(asked_s)
            case Rejected(reason=reason):
                # An endpoint that is gone is disabled: what it is to get is parked until a person enables it.
                state = DeliveryState.WAITING if reason is Reason.GONE else DeliveryState.DEAD
                due_ms, rest_ms = ended_ms, 0
            case _:
                assert_never(outcome)
        return Settled(delivery, outcome, began_ms, ended_ms, state, due_ms, rest_ms)

    async def _commit(self) -> None:
        while True:
            group = [await self._ended.get(), *self._take_ended()]
            try:
                await self._write(partial(self._settle, group))
            except asyncio.CancelledError:
                for settled in group:
                    self._ended.put_nowait(settled)  # for the end of `run`; what is settled already is left alone there
                raise
            for settled in group:
                self._held[settled.delivery.endpoint] -= 1
                self._count(settled)
            self._bell.ring()

    def _settle(self, group: Sequence[Settled]) -> None:
        settle(self._database, self._name, group, self._clock.now_ms())

    def _take_ended(self) -> list[Settled]:
        return [self._ended.get_nowait() for _ in range(self._ended.qsize())]

    def _count(self, settled: Settled) -> None:
        if settled.state is DeliveryState.DONE:
            self._metrics.webhooks.labels(settled.delivery.endpoint, "delivered").inc()
            self._metrics.latency.observe((settled.ended_ms - settled.delivery.created_ms) / 1000)
        elif settled.state is DeliveryState.DEAD:
            self._metrics.webhooks.labels(settled.delivery.endpoint, "dead").inc()

    async def _write(self, work: Callable[[], T]) -> T:
        """`work` in the database thread, until the database answers."""
        return await until_answered(work, self._thread, self._clock, self._metrics.database_waits.inc)
