"""What every quality check is: a look at readings, and at a bounded past of their series, that finds the doubtful."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from city.catalog import Catalog
from city.messages.text import Text
from city.reading import Bools, Int64s, Quality
from ingest.quality.stretch import Stretch

Column = NDArray[np.int64] | NDArray[np.int32] | NDArray[np.float64] | NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a check knows of the past, for keeping. series: indices; each column's first axis is theirs."""

    series: Int64s
    columns: Mapping[str, Column]


class Judge(Protocol):
    """A check at work over the series of one catalog. Its memory per series is bounded."""

    def judge(self, stretch: Stretch) -> Bools:
        """bool[n]: which readings are doubtful. Every reading is judged once; the judge remembers what it needs.

        The answer depends on the order of readings alone: cut into stretches otherwise, they get the same.
        """
        ...

    def memory(self) -> Memory:
        """What it knows now."""
        ...

    def remember(self, memory: Memory) -> None:
        """Takes up what `memory` once gave; series that are not in it begin anew."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the table `CHECKS`.

    doc: what it finds and how, with its constants
    past: what it needs to know of the past
    bit: the quality bit of what it finds
    begin: puts it to work; None for the range, which comes before all others and keeps what is bad from them
    """

    name: str
    title: Text
    doc: str
    past: Text
    bit: Quality
    begin: Callable[[Catalog], Judge] | None
