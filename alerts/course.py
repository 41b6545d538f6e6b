"""The moments that rows of a plan go through in one step: the readings that came, and the timers between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alerts.conditions import OneSeries
from alerts.engine_state import RowStates
from alerts.moments import Moments
from alerts.plan import NEVER, Plan
from alerts.view import Arrivals
from alerts.window import spans
from city.reading import Bools, Float64s, Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Course(OneSeries):
    """Pairs of a row and a moment, ordered by row, then time; implements `Pairs`.

    rows: int64[slots], the rows concerned, ascending; the pairs of slot k are start[k] ≤ pair < start[k + 1]
    seen: int64[slots], up to when (event time, ms) each had been seen to before: its newest reading or a timer after it
    row, moment: int64[pairs], the row, and the index into the moments of `sources` one after the other
    time: int64[pairs]; newest: int64[pairs], place of the newest sample at the moment
    reading: int64[pairs], index into the values that came, −1 at timers
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

    def values(self, which: Int64s, value: Float64s) -> Float64s:
        """float64[len(which)]: the reading at each of those pairs, −inf at timers."""
        reading = self.reading[which]
        return np.where(reading >= 0, value[reading], -np.inf)


def course_of(plan: Plan, rows: Int64s, arrivals: Arrivals, states: RowStates, never_heard: Int64s) -> Course:
    """What those rows go through, all of which look at what arrived.

    `never_heard`: int64[series], from when silence counts where nothing was ever heard, ms
    """
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
    if not len(plan.offsets) and plan.timetable is None:
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
    time = due[timer, pair]
    if plan.timetable is not None:
        after = np.where(previous == NEVER, readings.time, np.maximum(previous, seen))
        pair, time = _with_edges(pair, time, *plan.timetable.edges_between(after, readings.time))
    if not len(pair):
        return readings
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


def _with_edges(pair: Int64s, time: Int64s, edge_pair: Int64s, edge: Int64s) -> tuple[Int64s, Int64s]:
    """Timers and edges of a schedule, each moment once."""
    pair, time = np.concatenate([pair, edge_pair]), np.concatenate([time, edge])
    order = np.lexsort((time, pair))
    pair, time = pair[order], time[order]
    first = np.ones(len(pair), np.bool_)
    first[1:] = (pair[1:] != pair[:-1]) | (time[1:] != time[:-1])
    return pair[first], time[first]


@dataclass(frozen=True, slots=True, eq=False)
class Single(OneSeries):
    """Rows, each at one moment; implements `Pairs`."""

    rows: Int64s
    sources: Sequence[Moments]

    def of_moments(self, values: Float64s) -> Float64s:
        """The same."""
        return values

    def of_rows(self, column: Float64s) -> Float64s:
        """Of each row its value."""
        return column.take(self.rows)
