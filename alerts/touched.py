"""The rows that look at series which had readings, and those among them that something may happen to.

Mostly that is none, and telling so is what has to be fast.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alerts.conditions import OneSeries, known_true
from alerts.engine_state import RowStates
from alerts.moments import Moments
from alerts.plan import FAR, NEVER, Plan
from alerts.view import Arrivals
from alerts.window import Rows, spans
from city.reading import Bools, Float64s, Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Touched(OneSeries):
    """The rows of a plan that look at some of the series that had readings, each with all of these; implements `Pairs`.

    which: of the series in `arrivals`, those that are meant
    rows: the rows, in order; low, count: int64[series], the first row of each and how many it has
    """

    plan: Plan
    arrivals: Arrivals
    which: Rows
    rows: Rows
    low: Int64s
    count: Int64s

    @property
    def sources(self) -> Sequence[Moments]:
        """The readings."""
        return (self.arrivals.moments,)

    def of_moments(self, values: Float64s) -> Float64s:
        """Of each row, the values at its series' readings."""
        if self.arrivals.single:
            return np.repeat(values[self.which], self.count)
        moment = spans(self.of_series(self.arrivals.start), self.of_series(self.arrivals.length))
        return values.take(moment)

    def of_rows(self, column: Float64s) -> Float64s:
        """Of each row its value, as often as its series has readings."""
        mine = column[self.rows]
        return mine if self.arrivals.single else np.repeat(mine, self.of_series(self.arrivals.length))

    def of_series(self, values: Int64s) -> Int64s:
        """Of each row, the value of its series."""
        return np.repeat(values[self.which], self.count)

    def only(self, which: Int64s) -> "Touched":
        """The rows of some of the series: indices into these, ascending."""
        if len(which) == len(self.count):
            return self
        low, count = self.low[which], self.count[which]
        of = which if isinstance(self.which, slice) else self.which[which]
        return Touched(self.plan, self.arrivals, of, spans(low, count), low, count)

    def may_happen(self, states: RowStates) -> Int64s:
        """int64[k]: the rows that something may happen to, ascending.

        A row at rest whose raise is nowhere known to be true, and that has no timer before a reading, stays at rest.
        """
        found = [self.where(~states.at_rest(self.rows)), self._raised(), self._timed(), self._at_edges()]
        found = [rows for rows in found if rows.size]
        if len(found) <= 1:
            return found[0] if found else np.empty(0, np.int64)
        rows: Int64s = np.sort(np.concatenate(found))
        first: Bools = np.append(True, rows[1:] != rows[:-1])
        return rows[first]

    def where(self, flags: Bools) -> Int64s:
        """int64[k]: the rows whose flag is set."""
        at = np.flatnonzero(flags)
        return self.rows.start + at if isinstance(self.rows, slice) else self.rows[at]

    def _raised(self) -> Int64s:
        """int64[k]: the rows whose raise is known to be true at one of the readings at least."""
        plan, arrivals = self.plan, self.arrivals
        if plan.raises is None:
            return np.empty(0, np.int64)
        some = self
        if plan.raise_bounds is not None:
            may = known_true(plan.raises, plan.raise_bounds, Readings(arrivals))
            if not arrivals.single and may.any():
                may = np.logical_or.reduceat(may, arrivals.start)
            series = np.flatnonzero(may)
            if not series.size:
                return series
            some = self.only(series)
        up = known_true(plan.raises, plan.raise_columns, some)
        if not arrivals.single and up.size:
            length = some.of_series(arrivals.length)
            up = np.logical_or.reduceat(up, np.cumsum(length) - length)
        return some.where(up)

    def _timed(self) -> Int64s:
        """int64[k]: the rows that have a timer before one of the readings."""
        plan = self.plan
        if not len(plan.offsets):
            return np.empty(0, np.int64)
        gap = _longest_gap(self.arrivals, silence=plan.silence)
        series = np.flatnonzero(plan.soonest[self.arrivals.at] < gap)
        if not series.size:
            return series
        some = self.only(series)
        return some.where(plan.offsets[0][some.rows] < some.of_series(gap))

    def _at_edges(self) -> Int64s:
        """int64[k]: the rows whose schedule opens or closes before one of the readings."""
        arrivals, timetable = self.arrivals, self.plan.timetable
        if timetable is None:
            return np.empty(0, np.int64)
        time = arrivals.moments.time
        after = np.where(arrivals.before == NEVER, time[arrivals.start], arrivals.before)
        before = time[arrivals.start + arrivals.length - 1]
        some = self.only(np.unique(timetable.edges_between(after, before)[0]))
        return np.arange(some.rows.start, some.rows.stop) if isinstance(some.rows, slice) else some.rows


def touched_by(plan: Plan, arrivals: Arrivals) -> Touched | None:
    """The rows that look at what arrived; None where there are none."""
    at = arrivals.at
    low = plan.first[at]
    high = plan.first[1:][at]
    count = high - low
    begin, end = int(low[0]), int(high[-1])
    total = end - begin if isinstance(at, slice) else int(count.sum())
    if not total:
        return None
    rows = slice(begin, end) if end - begin == total else spans(low, count)
    return Touched(plan, arrivals, slice(None), rows, low, count)


def _longest_gap(arrivals: Arrivals, *, silence: bool) -> Int64s:
    """int64[touched series]: the longest time before one of the readings without another."""
    time = arrivals.moments.time
    before = np.where(arrivals.before == NEVER, -FAR if silence else time[arrivals.start], arrivals.before)
    gap = time[arrivals.start] - before
    if arrivals.single:
        return gap
    gaps = np.diff(time, prepend=time[:1])
    gaps[arrivals.start] = gap
    return np.maximum.reduceat(gaps, arrivals.start)


@dataclass(frozen=True, slots=True)
class Readings(OneSeries):
    """The readings that came, each with its series instead of a row; implements `Pairs` over columns of series."""

    arrivals: Arrivals

    @property
    def sources(self) -> Sequence[Moments]:
        """The readings."""
        return (self.arrivals.moments,)

    def of_moments(self, values: Float64s) -> Float64s:
        """The same."""
        return values

    def of_rows(self, column: Float64s) -> Float64s:
        """Of each reading, the value of its series."""
        return column[self.arrivals.at if self.arrivals.single else self.arrivals.moments.series]
