"""Changes of rows along a course or at a moment, before they are put into effect."""

from dataclasses import dataclass, field

import numpy as np

from city.reading import Bools, Int64s, UInt8s


@dataclass(slots=True)
class Steps:
    """Changes found so far, piece by piece; `slot` and `pair` are of a course.

    pair: at or just before which moment the change comes
    newest: place of the newest sample at the change
    flapping: whether what fires then, or has fired, is flapping
    """

    slot: list[Int64s] = field(default_factory=list)
    pair: list[Int64s] = field(default_factory=list)
    before: list[UInt8s] = field(default_factory=list)
    after: list[UInt8s] = field(default_factory=list)
    at: list[Int64s] = field(default_factory=list)
    newest: list[Int64s] = field(default_factory=list)
    flapping: list[Bools] = field(default_factory=list)

    def add(
        self, slot: Int64s, pair: Int64s, before: int, after: int, at: Int64s, newest: Int64s, flapping: Bools
    ) -> None:
        """Notes changes of the same kind."""
        if slot.size:
            self.slot.append(slot)
            self.pair.append(pair)
            self.before.append(np.full(len(slot), before, np.uint8))
            self.after.append(np.full(len(slot), after, np.uint8))
            self.at.append(at)
            self.newest.append(newest)
            self.flapping.append(flapping)

    def turns(self) -> "Turns":
        """All of them."""
        if not self.slot:
            none, codes = np.empty(0, np.int64), np.empty(0, np.uint8)
            return Turns(none, none, codes, codes, none, none)
        slot = np.concatenate(self.slot)
        order = np.argsort(slot, kind="stable")
        pair, at, newest = (np.concatenate(column)[order] for column in (self.pair, self.at, self.newest))
        before, after = (np.concatenate(column)[order] for column in (self.before, self.after))
        return Turns(slot[order], pair, before, after, at, newest, np.concatenate(self.flapping)[order])


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """Changes along a course, ordered by slot, then time: the columns of `Steps`. flapping None: nothing is."""

    slot: Int64s
    pair: Int64s
    before: UInt8s
    after: UInt8s
    at: Int64s
    newest: Int64s
    flapping: Bools | None = None
