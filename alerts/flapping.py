"""Alerts that come and go: what a rule's `flaps` holds firing until it is calm.

An alert whose firing begins for the `limit`-th time within `within` is flapping from then on. It is held as by `hold`,
but from the newest moment at which its raise was true: it resolves at the first moment, `within` after that at the
earliest, at which its clear condition is true. So nobody is told of the coming and going, and what is dangerous again
need not be told again: it still stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alerts.plan import NEVER
from alerts.window import Rows
from city.reading import Bools, Int64s
from city.rule import Flaps


@dataclass(slots=True, eq=False)
class FlapStates:
    """Columns over the rows of a plan whose rules say `flaps`.

    flaps: what they say
    began: int64[limit, rows], when firing began the last times, ms, the newest last; `NEVER` where it did not
    flapping: bool[rows], whether it was so when firing began last; of account only while a row fires
    stirred: int64[rows], the newest moment at which the raise of a flapping row was true, ms
    """

    flaps: Flaps
    began: Int64s
    flapping: Bools
    stirred: Int64s

    @classmethod
    def fresh(cls, flaps: Flaps, rows: int) -> "FlapStates":
        """Nothing ever fired."""
        began = np.full((flaps.limit, rows), NEVER, np.int64)
        return cls(flaps, began, np.zeros(rows, np.bool_), np.full(rows, NEVER, np.int64))

    def begin(self, rows: Int64s, at: Int64s) -> None:
        """Firing began in those rows, at those dates (ms)."""
        self.began[:-1, rows] = self.began[1:, rows]
        self.began[-1, rows] = at
        self.flapping[rows] = self.began[0, rows] > at - self.flaps.within_ms
        self.stirred[rows] = at

    def stir(self, rows: Int64s, time: Int64s) -> None:
        """The raise was true at those times (ms)."""
        self.stirred[rows] = np.maximum(self.stirred[rows], time)

    def calm_ms(self, rows: Rows) -> Int64s:
        """int64[rows]: when each would be calm, as things stand."""
        found: Int64s = self.stirred[rows] + self.flaps.within_ms
        return found

    def recall(self, row: int, began: Sequence[int], stirred: int, *, flapping: bool) -> None:
        """Puts back what was known of a row; of another limit than before, as many beginnings as this one counts."""
        newest = [NEVER] * self.flaps.limit + list(began)
        self.began[:, row] = newest[-self.flaps.limit :]
        self.stirred[row] = stirred
        self.flapping[row] = flapping
