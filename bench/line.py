"""One line of the bench's table."""

import statistics
from collections.abc import Callable, Sequence

import msgspec


class Line(msgspec.Struct, frozen=True):
    """A figure beside a peer or a limit measured in the same run.

    ratio: value / beside where a peer stands beside it
    met: whether the aim is reached; true where there is none
    why: what limits a line that misses its aim
    """

    line: str
    value: float
    unit: str
    beside: float | None = None
    ratio: float | None = None
    aim: str = ""
    met: bool = True
    why: str = ""


def median_of(runs: int, measure: Callable[[], float]) -> float:
    """The median of `runs` measurements: one slow run on a shared machine does not move it."""
    return statistics.median(measure() for _ in range(runs))


Bench = Callable[[bool], Sequence[Line]]
