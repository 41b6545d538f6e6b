"""What an expression comes to at every step: a scalar, or a vector of series."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.promql.samples import Labels
from city.reading import Float64s

Grid = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scalar:
    """value: float64[steps]."""

    value: Float64s


@dataclass(frozen=True, slots=True)
class Vector:
    """labels: one for each of n series; value: float64[n, steps]; there: bool[n, steps], whether there is a value.

    A value that is there may be NaN: nothing divided by nothing is not the same as nothing.
    """

    labels: tuple[Labels, ...]
    value: Float64s
    there: Grid

    @classmethod
    def empty(cls, steps: int) -> "Vector":
        """A vector of no series."""
        return cls((), np.empty((0, steps)), np.empty((0, steps), np.bool_))
