"""One line of the bench's table."""

import statistics
from collections.abc import Callable, Sequence

import msgspec


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A figure beside a peer or a limit measured in the same run.

    ratio: value / beside where a peer stands beside it
    met: whether the aim is reached; true where there is none
    why: what limits a line that misses its aim, as this run measured it
    """

    line: str
    value: float
    unit: str
    beside: float | None = None
    ratio: float | None = None
    aim: str = ""
    met: bool = True
    why: str = ""


def compared(
    line: str,
    value: float,
    unit: str,
    beside: float | None = None,
    *,
    aim: str = "",
    met: bool = True,
    why: str = "",
) -> Line:
    """The line, figures rounded to what they are worth (four digits); `why` is kept where the aim is missed."""
    return Line(
        line=line,
        value=rounded(value),
        unit=unit,
        beside=None if beside is None else rounded(beside),
        ratio=rounded(value / beside) if beside else None,
        aim=aim,
        met=met,
        why="" if met else why,
    )


def rounded(value: float) -> float:
    """To four digits; whole numbers stay whole."""
    return round(value) if abs(value) >= 1_000 else float(f"{value:.4g}")


def median_of(runs: int, measure: Callable[[], float]) -> float:
    """The median of `runs` measurements: one slow run on a shared machine does not move it."""
    return statistics.median(measure() for _ in range(runs))


Bench = Callable[[bool], Sequence[Line]]
