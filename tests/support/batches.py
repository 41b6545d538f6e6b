"""Reading batches written as rows, and read back as rows."""

from collections.abc import Iterable

import numpy as np

from city.reading import ReadingBatch

Row = tuple[int, int, float, int]  # series, time, value, quality


def batch_of(rows: Iterable[tuple[int, int, float] | Row]) -> ReadingBatch:
    """A batch of rows (series, time, value[, quality])."""
    listed = [(*row, 0)[:4] for row in rows]
    return ReadingBatch(
        np.array([row[0] for row in listed], np.int32),
        np.array([row[1] for row in listed], np.int64),
        np.array([row[2] for row in listed], np.float64),
        np.array([row[3] for row in listed], np.uint8),
    )


def rows_of(batch: ReadingBatch) -> list[Row]:
    """The batch as rows, in its order."""
    columns = (batch.series.tolist(), batch.time.tolist(), batch.value.tolist(), batch.quality.tolist())
    return list(zip(*columns, strict=True))
