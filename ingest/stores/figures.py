"""What an hour (or any other step) of readings comes to, as columns, and several such as one answer."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np

from city.ports import Aggregate, Buckets
from city.reading import Float64s, Int64s


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one series; several may be of the same step.

    start, count: int64[n], the step's start (ms) and its readings; total, low, high: float64[n]
    """

    start: Int64s
    count: Int64s
    total: Float64s
    low: Float64s
    high: Float64s


def joined(parts: list[Figures], how: Aggregate) -> Buckets:
    """All figures of the same step as one, in order of time."""
    start = np.concatenate([part.start for part in parts])
    order = np.argsort(start, kind="stable")
    starts, first = np.unique(start[order], return_index=True)
    if not len(starts):
        return Buckets(np.empty(0, np.int64), np.empty(0, np.float64))

    def column(name: str) -> Float64s:
        return np.concatenate([getattr(part, name) for part in parts]).astype(np.float64)[order]

    match how:
        case Aggregate.MEAN:
            value = np.add.reduceat(column("total"), first) / np.add.reduceat(column("count"), first)
        case Aggregate.MIN:
            value = np.minimum.reduceat(column("low"), first)
        case Aggregate.MAX:
            value = np.maximum.reduceat(column("high"), first)
        case Aggregate.SUM:
            value = np.add.reduceat(column("total"), first)
        case Aggregate.COUNT:
            value = np.add.reduceat(column("count"), first)
        case _:
            assert_never(how)
    return Buckets(starts, value)
