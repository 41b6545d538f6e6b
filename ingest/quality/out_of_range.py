"""Outside the physical range: the quantity's, or the sensor's own where that is narrower. Such a reading is `bad`:
stored, and invisible to rules; and no other check sees it, nor judges others by it.
"""

from typing import Final

import numpy as np

from city.catalog import Catalog
from city.messages.text import Text
from city.reading import Bools, Float64s, Int32s, Quality
from ingest.quality.check import Check


class OutOfRange:
    """The ranges of a catalog's series."""

    def __init__(self, catalog: Catalog) -> None:
        sensors, n = catalog.sensors, len(catalog.sensors)
        self._low = np.fromiter((s.quantity.low if s.low is None else s.low for s in sensors), np.float64, n)
        self._high = np.fromiter((s.quantity.high if s.high is None else s.high for s in sensors), np.float64, n)

    def outside(self, series: Int32s, value: Float64s) -> Bools:
        """bool[n]: which are out of range."""
        outside: Bools = (value < self._low[series]) | (value > self._high[series])
        return outside


RANGE: Final = Check(
    name="range",
    title=Text(ja="範囲外", en="Out of range"),
    doc=str(__doc__),
    past=Text(ja="なし", en="nothing"),
    bit=Quality.BAD,
    begin=None,
)
