"""What conditions across series say at moments of rows: each member's answer, put together in Kleene's three values."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alerts.conditions import OneSeries, known_false, known_true, numbers
from alerts.expression import Holds, Of, Over
from alerts.group_plan import GroupPlan, Side
from alerts.group_unit import GroupUnit
from alerts.moments import Moments
from alerts.verdict import Verdict
from alerts.window import Samples, first_after, spans
from city.reading import Bools, Float64s, Int64s


class Table:
    """Rows, each at moments of its own, with the past of everything that they look at.

    rows: int64[slots]; the pairs of a row and a moment of slot k are start[k] ≤ pair < start[k + 1]
    time: int64[pairs], ms, ascending within a slot; row, slot: int64[pairs]
    """

    def __init__(self, plan: GroupPlan, samples: Samples, rows: Int64s, start: Int64s, time: Int64s) -> None:
        self.plan = plan
        self.samples = samples
        self.rows = rows
        self.start = start
        self.time = time
        self.slot: Int64s = np.repeat(np.arange(len(rows)), np.diff(start))
        self.row: Int64s = rows[self.slot]

    @cached_property
    def members(self) -> "Members":
        """Every member of every pair's group."""
        plan, rows = self.plan, self.rows
        count = np.diff(plan.first_member)[rows]
        member = spans(plan.first_member[rows], count)
        slot = np.repeat(np.arange(len(rows)), count)
        length = np.diff(self.start)
        # One member after the other, each along time: so its moments are searched for together.
        each = length[slot]
        pair = spans(self.start[slot], each)
        moments = self.moments(plan.member[np.repeat(member, each)], self.time[pair])
        # Member m of pair p of a slot stands m × (pairs of the slot) + p after the slot's beginning.
        beginning = np.cumsum(count * length) - count * length
        of_pair = count[self.slot]
        first = np.cumsum(of_pair) - of_pair
        place = np.arange(len(self.time)) - self.start[self.slot] + beginning[self.slot]
        number = np.arange(int(of_pair.sum())) - np.repeat(first, of_pair)
        order = np.repeat(place, of_pair) + number * np.repeat(length[self.slot], of_pair)
        return Members(moments, np.repeat(member, each), pair, order, first, of_pair)

    @cached_property
    def own(self) -> Moments:
        """The subject's own series at every pair, where it is one."""
        return self.moments(self.plan.own[self.row], self.time)

    def moments(self, series: Int64s, time: Int64s) -> Moments:
        """Moments of those series at those times, ms."""
        samples = self.samples
        newest = first_after(samples.time, samples.begin[series], samples.end[series], time) - 1
        return Moments(samples, series, time, newest)

    def verdict(self) -> Verdict:
        """What the conditions say at every pair."""
        up, off = self._known(self.plan.raises)
        if self.plan.timetable is not None:
            inside = self.plan.timetable.inside(self.time)
            up, off = up & inside, off | ~inside
        if self.plan.clears is None:
            return Verdict(up, off, off)
        return Verdict(up, off, self._known(self.plan.clears)[0] & ~up)

    def level(self, which: int) -> tuple[Bools, Bools]:
        """bool[pairs] each: where the condition of the plan's severity of that index is true, and where it is false."""
        return self._known(self.plan.levels[which].side)

    def _known(self, side: Side) -> tuple[Bools, Bools]:
        pairs = OfSubjects(self, side)
        return known_true(side.condition, side.columns, pairs), known_false(side.condition, side.columns, pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Members at the moments of their rows, n of them; ordered by slot, then member, then time.

    member: int64[n], index into the plan's members; pair: int64[n], the pair that each belongs to
    order: int64[n], the same ordered by pair, then member: those of pair p are first[p] ≤ k < first[p] + count[p]
    """

    moments: Moments
    member: Int64s
    pair: Int64s
    order: Int64s
    first: Int64s
    count: Int64s

    def how_many(self, flags: Bools) -> Int64s:
        """int64[pairs]: for how many members of each pair a flag is set."""
        found: Int64s = np.add.reduceat(flags[self.order].astype(np.int64), self.first)
        return found


class OfSubjects:
    """Pairs of a row and a moment, for one of the plan's conditions; implements `Pairs`."""

    def __init__(self, table: Table, side: Side) -> None:
        self._table = table
        self._side = side
        self._near: dict[str, OfNeighbour] = {}

    @property
    def sources(self) -> Sequence[Moments]:
        """The subjects' own series."""
        return (self._table.own,)

    def of_moments(self, values: Float64s) -> Float64s:
        """The same."""
        return values

    def of_rows(self, column: Float64s) -> Float64s:
        """Of each pair, the value of its row."""
        return column[self._table.row]

    def holds(self, node: Holds, *, contrary: bool) -> Bools:
        """Kleene over the members: what is unknown may turn out either way."""
        members = self._table.members
        pairs = OfMembers(self, members)
        least: Int64s | int = members.count if node.function == "all" else node.count
        if contrary:
            false = members.how_many(known_false(node.part, self._side.members, pairs))
            out: Bools = members.count - false < least
        else:
            out = members.how_many(known_true(node.part, self._side.members, pairs)) >= least
        return out

    def across(self, node: Of | Over) -> Float64s:
        """A neighbour's number; or one over the members that have one."""
        if isinstance(node, Of):
            return numbers(node.operand, self._side.columns, self._neighbour(node.series))
        members = self._table.members
        values = numbers(node.operand, self._side.members, OfMembers(self, members))[members.order]
        if node.function == "max_over":
            greatest: Float64s = np.fmax.reduceat(values, members.first)
            return greatest
        known = ~np.isnan(values)
        with np.errstate(over="ignore", invalid="ignore"):
            total: Float64s = np.add.reduceat(np.where(known, values, 0.0), members.first)
        some = np.logical_or.reduceat(known, members.first)
        return np.where(some & np.isfinite(total), total, np.nan)

    def _neighbour(self, name: str) -> "OfNeighbour":
        found = self._near.get(name)
        if found is None:
            table = self._table
            series = self._side.neighbours[int(name)][table.row]
            found = self._near[name] = OfNeighbour(table.row, table.moments(series, table.time))
        return found


@dataclass(frozen=True, slots=True)
class OfNeighbour(OneSeries):
    """The pairs, with a neighbour's past in the place of the subject's; implements `Pairs`."""

    row: Int64s
    moments: Moments

    @property
    def sources(self) -> Sequence[Moments]:
        """The neighbour's."""
        return (self.moments,)

    def of_moments(self, values: Float64s) -> Float64s:
        """The same."""
        return values

    def of_rows(self, column: Float64s) -> Float64s:
        """Of each pair, the value of its row."""
        return column[self.row]


@dataclass(frozen=True, slots=True)
class OfMembers(OneSeries):
    """Members at the moments of their rows, with columns over members; implements `Pairs`."""

    subjects: OfSubjects
    members: Members

    @property
    def sources(self) -> Sequence[Moments]:
        """The members'."""
        return (self.members.moments,)

    def of_moments(self, values: Float64s) -> Float64s:
        """The same."""
        return values

    def of_rows(self, column: Float64s) -> Float64s:
        """Of each, the value of its member."""
        return column[self.members.member]

    def across(self, node: Of | Over) -> Float64s:
        """A neighbour's number, the same for every member."""
        return self.subjects.across(node)[self.members.pair]


def judged(unit: GroupUnit, rows: Int64s, time: Int64s) -> Verdict:
    """What the conditions say of each row at one time (int64[rows], ms)."""
    return at_once(unit, rows, time).verdict()


def at_once(unit: GroupUnit, rows: Int64s, time: Int64s) -> Table:
    """Rows, each at one time (int64[rows], ms)."""
    return Table(unit.plan, unit.view.samples, rows, np.arange(len(rows) + 1), time)
