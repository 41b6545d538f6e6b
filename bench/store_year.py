"""A year of readings for the stores: river levels of 2024 as Fukui Prefecture published them, else a walk as long."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from bench.town import MINUTE_MS, town, walk
from city.catalog import Catalog
from city.reading import ReadingBatch
from ingest.sources.fukui_river import FukuiRiver

SHARED: Final = Path(os.environ.get("MEGANE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
DAY_MS: Final = 86_400_000
EVERY_MS: Final = 10 * MINUTE_MS  # as the published gauges report
GAUGES: Final = 17
ROWS: Final = 10_000  # a batch


@dataclass(frozen=True, slots=True)
class Year:
    """Readings in order of time. what: of where they are; series: one that has them all over, as an index."""

    what: str
    catalog: Catalog
    batch: ReadingBatch
    series: int

    @property
    def start_ms(self) -> int:
        return int(self.batch.time[0])

    @property
    def end_ms(self) -> int:
        return int(self.batch.time[-1]) + 1

    def batches(self) -> list[ReadingBatch]:
        """As a store is given them."""
        return list(self.batch.pieces(ROWS))


def year(quick: bool) -> Year:  # noqa: FBT001  as every bench
    """All of 2024, or its first two weeks."""
    folder = SHARED / "data" / "fukui-river"
    until = date(2024, 1, 15) if quick else date(2025, 1, 1)
    if folder.is_dir():
        published = FukuiRiver(folder)
        what, catalog, batch = "2024", published.catalog(), published.readings(date(2024, 1, 1), until).batch
    else:
        days = (until - date(2024, 1, 1)).days
        what, catalog = "a walk", town(GAUGES)
        batch = ReadingBatch.concat(list(walk(GAUGES, EVERY_MS, days * DAY_MS // EVERY_MS)))
    return Year(what, catalog, batch, int(np.bincount(batch.series).argmax()))
