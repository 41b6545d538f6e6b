"""A clock that stands still until a test moves it."""

import asyncio
import heapq
from collections.abc import Awaitable
from itertools import count


class ManualClock:
    """Implements `city.clock.Clock`. Advancing it wakes the sleepers whose time has come, in order of their time."""

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self._now_ms = now_ms
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._asleep = asyncio.Event()

    def now_ms(self) -> int:
        return self._now_ms

    async def sleep(self, duration_s: float) -> None:
        wake_ms = self._now_ms + max(0, round(duration_s * 1000))
        if wake_ms == self._now_ms:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (wake_ms, next(self._order), woken))
        self._asleep.set()
        await woken

    @property
    def next_wake_ms(self) -> int | None:
        """When the next sleeper wants to be woken; None where nobody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    async def somebody_sleeps(self) -> int:
        """Waits until somebody sleeps; gives the time at which the first of them wants to be woken."""
        while (wake_ms := self.next_wake_ms) is None:
            self._asleep.clear()
            await self._asleep.wait()
        return wake_ms

    async def pass_until(self, end: Awaitable[None]) -> None:
        """Lets time pass, from sleeper to sleeper, until `end` returns."""
        ending = asyncio.ensure_future(end)
        while not ending.done():
            sleeping = asyncio.ensure_future(self.somebody_sleeps())
            await asyncio.wait({ending, sleeping}, return_when=asyncio.FIRST_COMPLETED)
            if sleeping.done():
                self.advance_to(sleeping.result())
            else:
                sleeping.cancel()
        await ending

    def advance(self, duration_s: float) -> None:
        """Moves on by `duration_s` seconds, waking everybody on the way."""
        self.advance_to(self._now_ms + round(duration_s * 1000))

    def advance_to(self, now_ms: int) -> None:
        """Moves on to `now_ms`, waking everybody on the way."""
        while (wake_ms := self.next_wake_ms) is not None and wake_ms <= now_ms:
            self._now_ms = max(self._now_ms, wake_ms)
            heapq.heappop(self._sleepers)[2].set_result(None)
        self._now_ms = max(self._now_ms, now_ms)
