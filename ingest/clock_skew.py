"""How far a device's clock is off the city's, as far as the city can tell by itself.

A device says of each `state` when it said it, by its own clock (`sent_ms`). It arrives a little later by the city's:

    arrived − sent = way − skew        skew: how far the device's clock is ahead

No way takes less than no time, so the skew is `sent − arrived` at least, whatever the network does, and the quickest of
the last messages tells it best. From one side no more can be told: behind is a clock by so much at most, for a slow way
looks the same. Readings would tell less: they wait on the device, for days where it must be.
"""

from collections import deque
from typing import Final

from city.wire.state import ClockState, DeviceState

LAST: Final = 4  # messages that are looked at: where nothing changes a device says something once an hour
# What waited in the broker for the city comes at once, and is one message. A minute is less than states are apart.
APART_MS: Final = 60_000
# One message may take that long by a bad radio. What seems later than this is told when the next one says so too.
DOUBTFUL_MS: Final = 5_000


class ClockSkew:
    """Of one device. Times are epoch ms; arrivals are in order.

    ms: positive: it is ahead by that at least; negative: behind by that at most; None: it cannot be told
    """

    def __init__(self) -> None:
        self._setting: tuple[str | None, int] | None = None
        self._seen: deque[tuple[int, int]] = deque(maxlen=LAST)  # when it arrived, and how late that was
        self.ms: int | None = None

    def told(self, state: DeviceState, arrived_ms: int) -> None:
        """The device says this of itself now. A clock that was set meanwhile is another clock."""
        if state.clock is ClockState.UNSYNCED:
            self._forget()
        if state.sent_ms is None:
            return
        setting = state.boot, state.jumps
        if setting != self._setting:
            self._setting = setting
            self._forget()
        late_ms = arrived_ms - state.sent_ms
        if self._seen and arrived_ms - self._seen[-1][0] < APART_MS:
            since_ms, before_ms = self._seen.pop()
            self._seen.append((since_ms, min(before_ms, late_ms)))
        else:
            self._seen.append((arrived_ms, late_ms))
        least_ms = min(late_ms for _, late_ms in self._seen)
        self.ms = None if least_ms > DOUBTFUL_MS and len(self._seen) == 1 else -least_ms

    def _forget(self) -> None:
        self._seen.clear()
        self.ms = None
