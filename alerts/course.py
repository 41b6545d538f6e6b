"""The moments that rows of a plan go through in one step: the readings that came, and the timers between them.

`Touched` is all rows whose series had readings, `Course` the moments of those among them that something may happen to.
Mostly that is none, and telling so is what has to be fast.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alerts.conditions import known_true
from alerts.engine_state import INACTIVE, RowStates
from alerts.moments import Moments
from alerts.plan import FAR, NEVER, Plan
from alerts.view import Arrivals
from alerts.window import spans
from city.reading import Bools, Float64s, Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """The rows of a plan whose series had readings, each with all of these; implements `Pairs`.

    rows: which rows, in order: a slice where they follow one another, as they do when every series sends
    count: int64[touched series], how many rows each has
    """

    plan: Plan
    arrivals: Arrivals
    rows: slice | Int64s
    count: Int64s
    total: int

    @property
    def sources(self) -> Sequence[Moments]:
        """The readings."""
        return (self.arrivals.moments,)

    def of_moments(self, values: Float64s) -> Float64s:
        """Of each row, the values at its series' readings."""
        if self.arrivals.single:
            return np.repeat(values, self.count)
        moment = spans(self.of_series(self.arrivals.start), self.of_series(self.arrivals.length))
        return values.take(moment)

    def of_rows(self, column: Float64s) -> Float64s:
        """Of each row its value, as often as its series has readings."""
        mine = column[self.rows]
        return mine if self.arrivals.single else np.repeat(mine, self.of_series(self.arrivals.length))

    def of_series(self, values: Int64s) -> Int64s:
        """Of each row, the value of its series."""
        return np.repeat(values, self.count)

    def may_happen(self, states: RowStates) -> Int64s:
        """int64[k]: which of the rows (by their order here) something may happen to, ascending.

        A row at rest whose raise is nowhere known to be true, and that has no timer before a reading, stays at rest.
        """
        plan, arrivals = self.plan, self.arrivals
        may: Bools = states.state[self.rows] != INACTIVE
        if plan.raises is not None:
            up = known_true(plan.raises, plan.raise_columns, self)
            if not arrivals.single and up.any():
                length = self.of_series(arrivals.length)
                up = np.logical_or.reduceat(up, np.cumsum(length) - length)
            if arrivals.single or up.any():
                may = may | up[: self.total]
        if len(plan.offsets):
            may = may | (plan.offsets[0][self.rows] < self.of_series(_longest_gap(arrivals, silence=plan.silence)))
        return np.flatnonzero(may)


def touched_by(plan: Plan, arrivals: Arrivals) -> Touched | None:
    """The rows that look at what arrived; None where there are none."""
    low = plan.first[arrivals.series]
    high = plan.first[arrivals.series + 1]
    count = high - low
    total = int(count.sum())
    if not total:
        return None
    begin, end = int(low[0]), int(high[-1])
    rows = slice(begin, end) if end - begin == total else spans(low, count)
    return Touched(plan, arrivals, rows, count, total)


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


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Pairs of a row and a moment, ordered by row, then time; implements `Pairs`.

    rows: int64[slots], the rows concerned, ascending; the pairs of slot k are start[k] ≤ pair < start[k + 1]
    seen: int64[slots], up to when (event time, ms) each had been seen to before: its newest reading or a timer after it
    row, moment: int64[pairs], the row, and the index into the moments of `sources` one after the other
    time: int64[pairs]; newest: int64[pairs], place of the newest sample at the moment
    reading: int64[pairs], index into the arrivals, −1 at timers
    """

    rows: Int64s
    seen: Int64s
    start: Int64s
    row: Int64s
    moment: Int64s
    time: Int64s
    newest: Int64s
    reading: Int64s
    sources: Sequence[Moments]

    def of_moments(self, values: Float64s) -> Float64s:
        """Of each pair, the value at its moment."""
        return values.take(self.moment)

    def of_rows(self, column: Float64s) -> Float64s:
        """Of each pair, the value of its row."""
        return column.take(self.row)

    def is_reading(self) -> Bools:
        """bool[pairs]: whether the moment is a reading, not a timer."""
        return self.reading >= 0

    def values(self, which: Int64s, arrivals: Arrivals) -> Float64s:
        """float64[len(which)]: the reading at each of those pairs, −inf at timers."""
        reading = self.reading[which]
        return np.where(reading >= 0, arrivals.value[reading], -np.inf)


def course_of(touched: Touched, which: Int64s, states: RowStates, never_heard: Int64s) -> Course:
    """What those of the touched rows go through.

    `never_heard`: int64[series], from when silence counts where nothing was ever heard, ms
    """
    plan, arrivals = touched.plan, touched.arrivals
    rows = touched.rows.start + which if isinstance(touched.rows, slice) else touched.rows[which]
    of = np.searchsorted(arrivals.series, plan.series[rows])
    length = arrivals.length[of]
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(length)])
    moment = spans(arrivals.start[of], length)
    before = arrivals.before[of]
    readings = Course(
        rows=rows,
        seen=np.maximum(before, states.cursor[rows]),
        start=start,
        row=np.repeat(rows, length),
        moment=moment,
        time=arrivals.moments.time[moment],
        newest=arrivals.moments.newest[moment],
        reading=moment,
        sources=(arrivals.moments,),
    )
    if not len(plan.offsets):
        return readings
    if plan.silence:
        before = np.where(before == NEVER, never_heard[plan.series[rows]], before)
    return _with_timers(readings, before, plan, arrivals)


def _with_timers(readings: Course, before: Int64s, plan: Plan, arrivals: Arrivals) -> Course:
    """Adds the timers that fall before a reading: they are seen to first; at its very time the reading goes first."""
    opening = readings.start[:-1]
    previous = np.empty_like(readings.time)
    previous[1:] = readings.time[:-1]
    previous[opening] = before
    seen = np.full(len(readings.time), NEVER, np.int64)
    seen[opening] = readings.seen
    due = previous + plan.offsets[:, readings.row]
    timer, pair = np.nonzero((due < readings.time) & (due > seen) & (previous != NEVER))
    if not len(pair):
        return readings
    time = due[timer, pair]
    place = readings.newest[pair] - 1
    moments = Moments(arrivals.moments.samples, plan.series[readings.row[pair]], time, place)
    of = np.concatenate([np.arange(len(readings.time)), pair])
    order = np.lexsort((np.concatenate([readings.time, time]), of))
    row = np.concatenate([readings.row, readings.row[pair]])[order]
    return Course(
        rows=readings.rows,
        seen=readings.seen,
        start=np.append(np.searchsorted(row, readings.rows), len(row)),
        row=row,
        moment=np.concatenate([readings.moment, len(arrivals.moments) + np.arange(len(pair))])[order],
        time=np.concatenate([readings.time, time])[order],
        newest=np.concatenate([readings.newest, place])[order],
        reading=np.concatenate([readings.reading, np.full(len(pair), -1)])[order],
        sources=(arrivals.moments, moments),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Single:
    """Rows, each at one moment; implements `Pairs`."""

    rows: Int64s
    sources: Sequence[Moments]

    def of_moments(self, values: Float64s) -> Float64s:
        """The same."""
        return values

    def of_rows(self, column: Float64s) -> Float64s:
        """Of each row its value."""
        return column.take(self.rows)
