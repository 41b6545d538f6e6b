"""Readings that the forward pass did not see, since they came late: which series they touch, until these are looked at
again in a retroactive pass. To a group late is also what came behind it; and whatever touches one series of a group
touches all that the group looks at.

Once a minute a round begins: all that is touched by then is looked at, so many series in a pass, and one pass after the
other. What is touched meanwhile is for the next round.

A pass needs all readings of a series in order, and the store, from which it reads, is always a little behind. So from
the entry on that first touched a series its readings are kept here as well: what came before it the store has, and both
together are everything.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from alerts.behind import Behind
from alerts.in_force import InForce
from alerts.needed_past import context_ms, with_standing
from alerts.plan import FAR, NEVER
from alerts.window import first_after
from city.catalog import Catalog
from city.reading import Bools, Int64s, Quality, ReadingBatch

PASS_EVERY_MS: Final = 60_000  # rules.md: once a minute
# How far back late readings are looked at: no rule's `for` or `hold` is longer. What is older is in the store, and no
# moment of any alert.
SPAN_MS: Final = 31 * 86_400_000
SERIES_AT_ONCE: Final = 64  # in one pass: some ten thousand readings as a rule, evaluated in well under a second
# Kept readings take 21 bytes each. Beyond so many they are let go, and the pass waits until the store has them.
KEPT_READINGS: Final = 262_144


class UnseenMemory(msgspec.Struct, frozen=True):
    """All of it, by names. Per series: oldest and newest unseen time, and from which position its readings are kept."""

    series: list[tuple[str, int, int, int]] = []
    kept_series: list[str] = []
    kept: tuple[bytes, bytes, bytes, bytes] = (b"", b"", b"", b"")
    passed_ms: int = NEVER
    too_old: int = 0
    behind: list[tuple[str, int]] = []
    left: list[str] = []  # of the round under way


@dataclass(frozen=True, slots=True, eq=False)
class PassWanted:
    """What is to be read from a store that has the journal up to `position`.

    series: int64[k], indices in the catalog; start_ms: int64[k], of each the readings from there on
    """

    catalog: Catalog
    series: Int64s
    start_ms: Int64s
    position: int


class Unseen:
    """Of one catalog's series. oldest, newest: int64[series], times of the late readings; too_old: how many were.

    behind: those that came behind a group
    """

    def __init__(self, catalog: Catalog) -> None:
        count = len(catalog.sensors)
        self._catalog = catalog
        self.oldest: Int64s = np.full(count, FAR, np.int64)
        self.newest: Int64s = np.full(count, NEVER, np.int64)
        self._since: Int64s = np.zeros(count, np.int64)
        self._kept: list[ReadingBatch] = []
        self._passed_ms: int = NEVER
        self._touched = False
        self._left: Bools = np.zeros(count, np.bool_)  # of the round under way, those that no pass has looked at yet
        self.too_old = 0
        self.behind = Behind()

    def hear(self, batch: ReadingBatch, in_force: InForce, position: int, clock_ms: int) -> None:
        """A batch that was taken: what of it was no moment of any rule, and what of it a pass will need."""
        late = (batch.quality & np.uint8(Quality.LATE)) != 0
        if late.any():
            self._note(batch.take(np.flatnonzero(late)), in_force, position, clock_ms)
        for group in in_force.groups:
            for series, time in group.take_behind():
                recent = time >= clock_ms - SPAN_MS
                self.behind.note(series[recent], time[recent])
                self._touch(series[recent], in_force, position)
        if self._touched:
            mine = self._since[batch.series] > 0
            if mine.any():
                self._kept.append(batch.take(mine))
                if sum(map(len, self._kept)) > KEPT_READINGS:
                    self._kept.clear()
                    self._since[self._since > 0] = position + 1

    def due_ms(self) -> int:
        """From which clock time on a pass is wanted; FAR for none."""
        if self._left.any():
            return self._passed_ms
        return self._passed_ms + PASS_EVERY_MS if self._touched else FAR

    @property
    def waiting(self) -> int:
        """How many series wait for a pass, those beside them in a group included. Cheap while there is none."""
        return int(np.count_nonzero(self._since)) if self._touched else 0

    def wanted(self, in_force: InForce, clock_ms: int) -> PassWanted | None:
        """What the next pass needs; None before its time. Those that have waited longest come first."""
        if clock_ms < self.due_ms():
            return None
        touched = np.flatnonzero(self._of_round())
        touched = touched[np.argsort(self._since[touched], kind="stable")][:SERIES_AT_ONCE]
        series = self._taken_along(touched, in_force)
        start = self._oldest(in_force)[series] - context_ms(in_force)[series]
        for group in in_force.groups:
            start = with_standing(start, series, group)
        return PassWanted(self._catalog, series, start, int(self._since[series].max()) - 1)

    def kept(self, series: Int64s) -> ReadingBatch:
        """The readings kept of these series, in the order in which they came."""
        kept = ReadingBatch.concat(self._kept)
        return kept.take(np.isin(kept.series, series))

    def late(self, batch: ReadingBatch) -> Bools:
        """bool[n]: which of these readings came late, and no pass has seen them yet."""
        late = (batch.quality & np.uint8(Quality.LATE)) != 0
        time = batch.time
        found: Bools = late & (time >= self.oldest[batch.series]) & (time <= self.newest[batch.series])
        return found

    def passed(self, series: Int64s, start_ms: Int64s, in_force: InForce, clock_ms: int) -> None:
        """These series were looked at from `start_ms` (int64[k]) on; what is older is for the next pass."""
        self._left = self._of_round()
        self._left[series] = False
        done = series[self._oldest(in_force)[series] - context_ms(in_force)[series] >= start_ms]
        self.oldest[done], self.newest[done] = FAR, NEVER
        self.behind.forget(done)
        self._since[self._oldest(in_force) == FAR] = 0
        self._kept = [kept.take(self._since[kept.series] > 0) for kept in self._kept]
        self._touched = bool((self._since > 0).any())
        self._passed_ms = clock_ms

    def remember(self) -> UnseenMemory:
        """All it knows."""
        names = [str(sensor.key) for sensor in self._catalog.sensors]
        columns = [column.tolist() for column in (self.oldest, self.newest, self._since)]
        kept = ReadingBatch.concat(self._kept)
        number, of = np.unique(kept.series, return_inverse=True)
        packed = (of.astype(np.int64).tobytes(), kept.time.tobytes(), kept.value.tobytes(), kept.quality.tobytes())
        return UnseenMemory(
            series=[(names[k], *(column[k] for column in columns)) for k in np.flatnonzero(self._since > 0).tolist()],
            kept_series=[names[k] for k in number.tolist()],
            kept=packed,
            passed_ms=self._passed_ms,
            too_old=self.too_old,
            behind=self.behind.remember(names),
            left=[names[k] for k in np.flatnonzero(self._left).tolist()],
        )

    def recall(self, memory: UnseenMemory) -> None:
        """Goes on from there, for the series that the catalog still has."""
        index = {str(key): place for key, place in self._catalog.index.items()}
        for name, oldest, newest, since in memory.series:
            if name in index:
                k = index[name]
                self.oldest[k], self.newest[k], self._since[k] = oldest, newest, since
        of, time, value, quality = (
            np.frombuffer(column, kind)
            for column, kind in zip(memory.kept, (np.int64, np.int64, np.float64, np.uint8), strict=True)
        )
        place = np.array([index.get(name, -1) for name in memory.kept_series], np.int32)
        series = place[of] if len(of) else np.empty(0, np.int32)
        kept = ReadingBatch(series, time, value, quality)
        self._kept = [kept.take(series >= 0)]
        self._touched = bool((self._since > 0).any())
        self._passed_ms = memory.passed_ms
        self.too_old = memory.too_old
        self.behind.recall(memory.behind, index)
        self._left[[index[name] for name in memory.left if name in index]] = True

    def _note(self, late: ReadingBatch, in_force: InForce, position: int, clock_ms: int) -> None:
        old = late.time < clock_ms - SPAN_MS
        self.too_old += int(old.sum())
        new = ~old & _says_something(late, in_force)
        series, time = late.series[new].astype(np.int64), late.time[new]
        np.minimum.at(self.oldest, series, time)
        np.maximum.at(self.newest, series, time)
        self._touch(series, in_force, position)

    def _touch(self, series: Int64s, in_force: InForce, position: int) -> None:
        """From this entry on what comes of these series, and of those beside them in a group, is kept."""
        if len(series):
            mine = _with_mates(np.unique(series), in_force)
            self._since[mine[self._since[mine] == 0]] = position
            self._touched = True

    def _of_round(self) -> Bools:
        """bool[series]: what the round under way has still to look at; where there is none, what the next one has."""
        return self._left if self._left.any() else self._own_oldest() < FAR

    def _own_oldest(self) -> Int64s:
        """int64[series]: the oldest unseen reading of each, `FAR` where there is none."""
        out = self.oldest.copy()
        np.minimum.at(out, self.behind.series, self.behind.time)
        return out

    def _taken_along(self, series: Int64s, in_force: InForce) -> Int64s:
        """int64[k]: these and what groups look at beside them, until every unseen reading has its groups whole.

        One that comes along is looked at as well: its groups would not be, by any later pass.
        """
        own = self._own_oldest()
        taken = _with_mates(series, in_force)
        while len(more := _with_mates(taken[own[taken] < FAR], in_force)) and not np.isin(more, taken).all():
            taken = np.union1d(taken, more)
        return taken

    def _oldest(self, in_force: InForce) -> Int64s:
        """int64[series]: the same, of each and of those beside it in a group."""
        own = self._own_oldest()
        out = own.copy()
        for group in in_force.groups:
            plan = group.plan
            oldest = np.minimum.reduceat(own[plan.link], plan.first_link[:-1])
            np.minimum.at(out, plan.link, np.repeat(oldest, np.diff(plan.first_link)))
        return out


def _with_mates(series: Int64s, in_force: InForce) -> Int64s:
    """int64[k]: these, and those that a group looks at beside them; ascending."""
    return np.unique(np.concatenate([series, *(group.mates(series) for group in in_force.groups)]))


def _says_something(late: ReadingBatch, in_force: InForce) -> Bools:
    """bool[n]: whether rules have heard of the series, but not of that time: messages come twice."""
    says = np.zeros(len(late), np.bool_)
    series = late.series.astype(np.int64)
    for view in in_force.views.values():
        begin, end = view.samples.begin[series], view.samples.end[series]
        place = first_after(view.samples.time, begin, end, late.time - 1)
        there = (place < end) & (view.samples.time[np.minimum(place, len(view.samples.time) - 1)] == late.time)
        says |= (view.newest[series] != NEVER) & ~view.hides(late.quality) & ~there
    return says
