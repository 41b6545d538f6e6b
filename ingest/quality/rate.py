"""Changed faster than is plausible, since the reading before and since the one before that.

Both are asked, so that of a single wild reading only the leap away is doubtful, and not the return. The limit is the
quantity's greatest plausible change in an hour. Where a series has one reading before, that one is asked; its very
first reading has nothing to be judged by.
"""

from typing import Final

import numpy as np

from city.catalog import Catalog
from city.messages.text import Text
from city.reading import Bools, Quality
from ingest.quality.check import Check, Memory
from ingest.quality.stretch import NEVER, Stretch

# A change is judged over no less than a minute: between two readings a second apart the last digit of a gauge alone
# would look like metres an hour.
SHORTEST_STEP_MS: Final = 60_000
_HOUR_MS: Final = 3_600_000


class Rate:
    """Needs of the past what every stretch has behind it."""

    def __init__(self, catalog: Catalog) -> None:
        own = [(sensor.limits.rate_per_hour, sensor.quantity.rate_per_hour) for sensor in catalog.sensors]
        per_hour = np.array([usual if limit is None else limit for limit, usual in own], np.float64)
        self._per_ms = per_hour / _HOUR_MS

    def judge(self, stretch: Stretch) -> Bools:
        """Which changed too fast. Most change too little for any time, and are not looked at further."""
        found = np.zeros(len(stretch), np.bool_)
        per_ms = self._per_ms[stretch.series]
        rows = (stretch.change > per_ms * SHORTEST_STEP_MS).nonzero()[0]  # of nan, where nothing is before, it is not
        if len(rows):
            before_ms, before = stretch.before(rows, 2)
            known = before_ms != NEVER
            step_ms = np.maximum(stretch.time[rows, None] - np.where(known, before_ms, 0), SHORTEST_STEP_MS)
            fast = np.abs(stretch.value[rows, None] - before) > per_ms[rows, None] * step_ms
            found[rows] = (fast | ~known).all(axis=1)
        return found

    def memory(self) -> Memory:
        """Nothing of its own."""
        return Memory(np.empty(0, np.int64), {})

    def remember(self, memory: Memory) -> None:
        """Nothing to take up."""


RATE: Final = Check(
    name="rate",
    title=Text(ja="急な変化", en="Rate"),
    doc=str(__doc__),
    past=Text(ja="直前の 2 つの値", en="the two readings before"),
    bit=Quality.SUSPECT,
    begin=Rate,
)
