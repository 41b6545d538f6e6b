"""The clocks that the city runs by. Only this module reads the machine's."""

import asyncio
import time
from collections.abc import Callable


class SystemClock:
    """The machine's clock: what a city runs by."""

    def now_ms(self) -> int:
        """Whole milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000

    async def sleep(self, duration_s: float) -> None:
        """Returns after `duration_s` seconds."""
        await asyncio.sleep(max(0.0, duration_s))


class ScaledClock:
    """A clock that begins at `start_ms` and runs `speed` times as fast as the machine's: what a demo runs by.

    It follows the machine's monotonic clock (`monotonic`, seconds), so that it never steps back, and stands still at
    `end_ms`, if there is one.
    """

    def __init__(
        self,
        start_ms: int,
        speed: float,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        end_ms: int | None = None,
    ) -> None:
        self._start_ms = start_ms
        self._speed = speed
        self._monotonic = monotonic
        self._end_ms = end_ms
        self._began_s = monotonic()
        self._held_ms: int | None = None

    def hold(self) -> None:
        """From here on it is always the same time: nothing more becomes due, and what is under way can end."""
        self._held_ms = self.now_ms()

    def now_ms(self) -> int:
        """Whole simulated milliseconds since the epoch, UTC."""
        if self._held_ms is not None:
            return self._held_ms
        now_ms = self._start_ms + int((self._monotonic() - self._began_s) * self._speed * 1000)
        return now_ms if self._end_ms is None else min(now_ms, self._end_ms)

    async def sleep(self, duration_s: float) -> None:
        """Returns after `duration_s` simulated seconds."""
        await asyncio.sleep(max(0.0, duration_s / self._speed))
