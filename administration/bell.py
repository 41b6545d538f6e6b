"""Waking a task that waits for rows, from whichever thread wrote them."""

import asyncio
import threading

from city.clock import Clock


class Bell:
    """Rung any number of times between two waits, it wakes once: whoever wakes looks at everything there is."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ring(self) -> None:
        """From any thread. Rung before the first wait, that wait returns at once."""
        with self._lock:
            if self._loop is None:
                self._rung.set()
            else:
                self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self) -> None:
        """Returns once the bell was rung since the last wait."""
        with self._lock:
            self._loop = asyncio.get_running_loop()
        await self._rung.wait()
        self._rung.clear()

    async def wait_until(self, due_ms: int | None, clock: Clock) -> None:
        """As `wait`, and at `due_ms` of the clock it rings by itself; None: it does not."""
        async with asyncio.TaskGroup() as tasks:
            timer = None
            if due_ms is not None:
                timer = tasks.create_task(self._ring_at(due_ms, clock), name="administration: timer")
            await self.wait()
            if timer is not None:
                timer.cancel()

    async def _ring_at(self, due_ms: int, clock: Clock) -> None:
        await clock.sleep((due_ms - clock.now_ms()) / 1000)
        self.ring()
