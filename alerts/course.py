"""The moments that the rows of a plan go through in one step: the readings that came, and the timers between them."""

from dataclasses import dataclass

import numpy as np

from alerts.conditions import Pairs
from alerts.engine_state import RowStates
from alerts.moments import Moments
from alerts.plan import NEVER, Plan
from alerts.view import Arrivals
from alerts.window import spans
from city.reading import Bools, Float64s, Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Pairs of a row and a moment, ordered by row, then time.

    rows: int64[slots], the rows concerned, ascending; the pairs of slot k are start[k] ≤ pair < start[k + 1]
    seen: int64[slots], up to when (event time, ms) each had been seen to before: its newest reading or a timer after it
    time: int64[pairs]; newest: int64[pairs], place of the newest sample at the moment
    reading: int64[pairs], index into the arrivals; None: pairs.moment is that, and no moment is a timer. −1: a timer
    """

    rows: Int64s
    seen: Int64s
    start: Int64s
    time: Int64s
    newest: Int64s
    reading: Int64s | None
    pairs: Pairs

    def slot(self) -> Int64s:
        """int64[pairs]: the slot of each pair."""
        if len(self.time) == len(self.rows):
            return np.arange(len(self.rows))
        return np.repeat(np.arange(len(self.rows)), np.diff(self.start))

    def is_reading(self) -> Bools:
        """bool[pairs]: whether the moment is a reading, not a timer."""
        return np.ones(len(self.time), np.bool_) if self.reading is None else self.reading >= 0

    def values(self, which: Int64s, arrivals: Arrivals) -> Float64s:
        """float64[len(which)]: the reading at each of those pairs, −inf at timers."""
        reading = (self.pairs.moment if self.reading is None else self.reading)[which]
        return np.where(reading >= 0, arrivals.value[reading], -np.inf)


def course_of(plan: Plan, states: RowStates, arrivals: Arrivals, never_heard: Int64s) -> Course | None:
    """What the rows of the series that had readings go through; None where the plan looks at none of them.

    `never_heard`: int64[series], from when silence counts where nothing was ever heard, ms
    """
    low = plan.first[arrivals.series]
    count = plan.first[arrivals.series + 1] - low
    total = int(count.sum())
    if not total:
        return None
    rows = spans(low, count)
    of = np.repeat(np.arange(len(arrivals.series)), count)
    whole = total == len(plan)
    single = len(arrivals.value) == len(arrivals.series)
    if single:
        start, slot, moment = np.arange(total + 1), None, of
    else:
        length = arrivals.length[of]
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(length)])
        slot = np.repeat(np.arange(total), length)
        moment = spans(arrivals.start[of], length)
    row = rows if slot is None else rows[slot]
    before = arrivals.before[of]
    readings = Course(
        rows,
        np.maximum(before, states.cursor[rows]),
        start,
        arrivals.moments.time[moment],
        arrivals.moments.newest[moment],
        None,
        Pairs(None if whole and single else row, moment, (arrivals.moments,)),
    )
    if not len(plan.offsets):
        return readings
    return _with_timers(readings, row, before, plan, arrivals, never_heard)


def _with_timers(
    readings: Course,
    row: Int64s,
    before: Int64s,
    plan: Plan,
    arrivals: Arrivals,
    never_heard: Int64s,
) -> Course:
    """Adds the timers that fall before a reading: they are seen to first; at its very time the reading goes first."""
    opening = readings.start[:-1]
    previous = np.empty_like(readings.time)
    previous[1:] = readings.time[:-1]
    previous[opening] = before
    if plan.silence:
        opening_series = plan.series[readings.rows]
        previous[opening] = np.where(before == NEVER, never_heard[opening_series], before)
    seen = np.full(len(row), NEVER, np.int64)
    seen[opening] = readings.seen
    due = previous + plan.offsets[:, row]
    fires = (due < readings.time) & (due > seen) & (previous != NEVER)
    if not fires.any():
        return readings
    timer, pair = np.nonzero(fires)
    time = due[timer, pair]
    place = readings.newest[pair] - 1
    moments = Moments(arrivals.moments.samples, plan.series[row[pair]], time, place)
    order = np.lexsort((np.concatenate([readings.time, time]), np.concatenate([np.arange(len(row)), pair])))
    slot = readings.slot()
    slots = np.concatenate([slot, slot[pair]])[order]
    reading = np.concatenate([readings.pairs.moment, np.full(len(pair), -1)])[order]
    moment = np.concatenate([readings.pairs.moment, len(arrivals.moments) + np.arange(len(pair))])[order]
    return Course(
        readings.rows,
        readings.seen,
        np.searchsorted(slots, np.arange(len(readings.rows) + 1)),
        np.concatenate([readings.time, time])[order],
        np.concatenate([readings.newest, place])[order],
        reading,
        Pairs(readings.rows[slots], moment, (arrivals.moments, moments)),
    )
