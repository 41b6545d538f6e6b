"""What time it is on a device that has no clock of its own.

From its start until NTP or GPS says otherwise a device knows only how long it has been running: its readings say that,
and the city reckons their times (formats.md). What the wall clock says before is of no account.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

JUMP_MS: Final = 1_000  # NTP slews less than that; what is more was set
APART_MS: Final = 100  # two clocks that were read further apart, since the machine slept between, tell nothing
LOOKS: Final = 3  # and are read again; after so many, what they told is taken


@dataclass(frozen=True, slots=True)
class Moment:
    """synced: whether time_ms is epoch ms, UTC; else it is uptime, ms."""

    time_ms: int
    synced: bool


class DeviceClock:
    """One start of a device.

    boot: names it, random; uptime runs on whatever is done to the wall clock
    skew_ms: how far the wall clock went from the steady one since it was last set, ms; 0 before it is known
    jumps: how often it was set since the start while it was known
    """

    def __init__(
        self, steady_s: Callable[[], float], wall_ms: Callable[[], int], is_synced: Callable[[], bool], boot: str = ""
    ) -> None:
        """steady_s: seconds that nothing sets; wall_ms: epoch ms, right where is_synced says so."""
        self.boot = boot or secrets.token_hex(8)
        self._steady_s = steady_s
        self._wall_ms = wall_ms
        self._is_synced = is_synced
        self._started_s = steady_s()
        self._anchor: tuple[int, int] | None = None  # uptime and wall when it was last set, ms
        self._lock = threading.Lock()  # every station asks
        self.skew_ms = 0
        self.jumps = 0

    def uptime_ms(self) -> int:
        """Since the start."""
        return round((self._steady_s() - self._started_s) * 1000)

    def now(self) -> Moment:
        """By the wall clock where it is known, else by uptime."""
        with self._lock:
            uptime_ms = self.uptime_ms()
            if not self._is_synced():
                self._anchor = None
                return Moment(uptime_ms, synced=False)
            uptime_ms, wall_ms = self._look()
            self._measure(uptime_ms, wall_ms)
            return Moment(wall_ms, synced=True)

    def _look(self) -> tuple[int, int]:
        """Uptime and wall clock of one moment."""
        look = 1
        while True:
            before_ms, wall_ms, uptime_ms = self.uptime_ms(), self._wall_ms(), self.uptime_ms()
            if uptime_ms - before_ms < APART_MS or look == LOOKS:
                return uptime_ms, wall_ms
            look += 1

    def _measure(self, uptime_ms: int, wall_ms: int) -> None:
        if self._anchor is None:
            self._anchor = uptime_ms, wall_ms
        then_up_ms, then_wall_ms = self._anchor
        skew_ms = (wall_ms - then_wall_ms) - (uptime_ms - then_up_ms)
        if abs(skew_ms - self.skew_ms) > JUMP_MS:
            self.jumps += 1
            self._anchor = uptime_ms, wall_ms
            skew_ms = 0
        self.skew_ms = skew_ms
