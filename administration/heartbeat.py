"""A sign of life to addresses outside, every minute. Its absence is the receiver's alarm.

A city that takes no readings any more, or judges none, can raise no alert about it: it falls silent here instead.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

from administration.cloud_event import CloudEvent, utc
from administration.metrics import Metrics
from administration.ports import Address
from administration.webhook_sender import WebhookSender
from city.clock import Clock
from city.digest import digest

_log = logging.getLogger(__name__)

EVERY_MS: Final = 60_000  # formats.md


class Beat(msgspec.Struct, frozen=True):
    """`data` of the event. `started_at`: since when the city has been up."""

    city: str
    started_at: str
    every_s: int


class Heartbeat:
    """Beats at each full minute of the clock, to each address by itself: one at a time and never again, so that nothing
    piles up where nobody answers. A failure is counted; the next minute's beat says the same.

    probe: returns None while the city can do its work, else what is wrong; then nothing is sent
    """

    def __init__(
        self,
        *,
        city: str,
        addresses: Sequence[Address],
        probe: Callable[[], Awaitable[str | None]],
        sender: WebhookSender,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._city = city
        self._addresses = addresses
        self._probe = probe
        self._sender = sender
        self._clock = clock
        self._metrics = metrics

    async def run(self) -> None:
        """Beats until cancelled."""
        started_ms = self._clock.now_ms()
        async with asyncio.TaskGroup() as tasks:
            for number, address in enumerate(self._addresses):
                tasks.create_task(self._beat_at(address, started_ms), name=f"administration: heartbeat {number}")

    async def _beat_at(self, address: Address, started_ms: int) -> None:
        while True:
            wrong = await self._probe()
            if wrong is None:
                beat = self._event(self._clock.now_ms(), started_ms)
                outcome = await self._sender.post(address, beat.id, beat.json().encode())
                self._metrics.heartbeat(outcome)
            else:
                _log.error("no heartbeat: %s", wrong)
            now_ms = self._clock.now_ms()
            await self._clock.sleep((EVERY_MS - now_ms % EVERY_MS) / 1000)

    def _event(self, now_ms: int, started_ms: int) -> CloudEvent:
        return CloudEvent(
            id=digest("heartbeat", self._city, str(now_ms)),
            source=f"/megane/{self._city}",
            type="jp.megane.heartbeat",
            subject=self._city,
            time=utc(now_ms),
            data=Beat(self._city, utc(started_ms), EVERY_MS // 1000),
        )
