"""When the backlog of the time the city was down is through: the clock moves no timer before."""

from collections import deque
from typing import Final

import numpy as np

from city.catalog import Catalog
from city.reading import Int64s, Quality, ReadingBatch

QUIET_MS: Final = 10_000  # rules.md: so long, fewer than 1 % of new readings were older than their delay
LONGEST_MS: Final = 10 * 60_000  # rules.md: then the clock moves timers again, whatever still comes in
_OLD_SHARE: Final = 0.01


class Backlog:
    """What came in since a start. New readings are those that are not late: what is sent again was heard before."""

    def __init__(self, catalog: Catalog, began_ms: int) -> None:
        self._delay_ms: Int64s = np.array([sensor.delay_ms for sensor in catalog.sensors], np.int64)
        self._began_ms = began_ms
        self._seen: deque[tuple[int, int, int]] = deque()  # (at_ms, new readings, old ones among them)

    def begin(self, now_ms: int) -> None:
        """The time from which it is waited for; what was observed before stays."""
        self._began_ms = now_ms

    def observe(self, at_ms: int, batch: ReadingBatch) -> None:
        """Looks at a batch that came in at that time."""
        new = (batch.quality & Quality.LATE) == 0
        old = new & (at_ms - batch.time > self._delay_ms[batch.series])
        self._seen.append((at_ms, int(new.sum()), int(old.sum())))
        self._forget(at_ms)

    def is_through(self, now_ms: int) -> bool:
        """Whether it is; asked again and again, by a clock that may be put back."""
        self._began_ms = min(self._began_ms, now_ms)  # put back an hour, it must not hold timers up for an hour
        if now_ms >= self._began_ms + LONGEST_MS:
            return True
        return now_ms >= self._began_ms + QUIET_MS and self._is_quiet(now_ms)

    def _forget(self, now_ms: int) -> None:
        # What lies ahead of now was seen before the clock was put back.
        while self._seen and not now_ms - QUIET_MS < self._seen[0][0] <= now_ms:
            self._seen.popleft()

    def _is_quiet(self, now_ms: int) -> bool:
        self._forget(now_ms)
        new = sum(seen[1] for seen in self._seen)
        old = sum(seen[2] for seen in self._seen)
        return old == 0 or old < _OLD_SHARE * new
