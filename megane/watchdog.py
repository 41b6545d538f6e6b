"""systemd's watchdog, fed only while the city's own probe passes.

Protocol: sd_notify(3), datagrams to the socket that `$NOTIFY_SOCKET` names.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping

from city.clock import Clock


class Watchdog:
    """Tells systemd that the city is ready, and then, twice in each watchdog period, that it is alive.

    probe: returns None when journal and engine pass, else what is wrong; while it names anything systemd hears nothing,
        and restarts the city when its period is over
    Without `$NOTIFY_SOCKET` (no systemd) nothing is sent.
    """

    def __init__(
        self, environment: Mapping[str, str], probe: Callable[[], Awaitable[str | None]], clock: Clock
    ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._period_s = int(environment.get("WATCHDOG_USEC", "0")) / 1e6
        self._probe = probe
        self._clock = clock

    async def run(self) -> None:
        """Feeds until cancelled; returns at once where nobody watches."""
        self._notify("READY=1")
        if not (self._address and self._period_s):
            return
        while True:
            if await self._probed() is None:
                self._notify("WATCHDOG=1")
            # Twice in a period: one feeding may come late without a restart (sd_watchdog_enabled(3) advises half).
            await self._clock.sleep(self._period_s / 2)

    def stopping(self) -> None:
        """Tells systemd that the city is being shut down cleanly."""
        self._notify("STOPPING=1")

    async def _probed(self) -> str | None:
        try:
            # A probe that hangs is a probe that fails.
            async with asyncio.timeout(self._period_s / 2):
                return await self._probe()
        except TimeoutError:
            return "timeout"

    def _notify(self, state: str) -> None:
        if not self._address:
            return
        # A leading @ is systemd's way of writing the abstract namespace.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as s:
            s.sendto(state.encode(), address)
