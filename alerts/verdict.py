"""What a plan's conditions say at the moments that its rows go through."""

from dataclasses import dataclass

import numpy as np

from alerts.conditions import Pairs, known_false, known_true
from alerts.course import Course, Single
from alerts.moments import Moments
from alerts.plan import Plan
from alerts.view import Arrivals, View
from city.reading import Bools, Int64s


@dataclass(frozen=True, slots=True)
class Verdict:
    """bool[n] each: raise is true; raise is false; clear is true and raise is not (raise beats clear)."""

    up: Bools
    off: Bools
    down: Bools


def verdict_along(plan: Plan, course: Course, arrivals: Arrivals) -> Verdict:
    """Along a course."""
    if plan.silence:
        reading = course.is_reading()
        limit = arrivals.arrived[course.reading] - plan.offsets[0][course.row]
        fresh = reading & (course.time > limit)  # at a timer the index names nothing, and that is no reading
        return Verdict(~reading, reading, fresh)
    return _conditions(plan, course, course.time)


@dataclass(frozen=True, slots=True)
class Judge:
    """At single moments of rows; a plan of silence knows these as timers alone, and then its silence has come."""

    plan: Plan
    view: View

    def __call__(self, rows: Int64s, time: Int64s, newest: Int64s) -> Verdict:
        """rows, time: int64[n], each row at its time in ms; newest: int64[n], place of the newest sample then."""
        if self.plan.silence:
            true = np.ones(len(rows), np.bool_)
            return Verdict(true, ~true, ~true)
        moments = Moments(self.view.samples, self.plan.series[rows], time, newest)
        return _conditions(self.plan, Single(rows, (moments,)), time)


def _conditions(plan: Plan, pairs: Pairs, time: Int64s) -> Verdict:
    assert plan.raises is not None
    up = known_true(plan.raises, plan.raise_columns, pairs)
    off = known_false(plan.raises, plan.raise_columns, pairs)
    if plan.timetable is not None:
        inside = plan.timetable.inside(time)
        up, off = up & inside, off | ~inside
    if plan.clears is None:
        return Verdict(up, off, off)
    return Verdict(up, off, known_true(plan.clears, plan.clear_columns, pairs) & ~up)
