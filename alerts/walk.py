"""What rows of a plan went through, whether along a course or at a single moment each."""

from dataclasses import dataclass

import numpy as np

from alerts.conditions import Pairs
from alerts.course import Course, Single
from alerts.moments import Moments
from alerts.plan import NEVER, Plan
from alerts.view import View
from city.reading import Bools, Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """The rows, and for each of them moments in order; the pairs of slot k are start[k] ≤ pair < start[k + 1].

    pairs: for conditions; time, newest: int64[pairs], as in `Course`
    looks: whether something may be said for the first time there: not where a row waits for its `for` or `hold` alone
    """

    pairs: Pairs
    rows: Int64s
    start: Int64s
    time: Int64s
    newest: Int64s
    looks: Bools


def along_course(course: Course) -> Walk:
    """Along a course: each of its moments is one at which conditions may change."""
    every = np.ones(len(course.time), np.bool_)
    return Walk(course, course.rows, course.start, course.time, course.newest, every)


def at_timers(plan: Plan, view: View, rows: Int64s, time: Int64s, newest: Int64s) -> Walk:
    """Rows at one timer each."""
    series = plan.series[rows]
    heard = view.newest[series]
    looks = ((heard + plan.offsets[:, rows] == time) & (heard != NEVER)).any(axis=0)
    if plan.timetable is not None:
        looks |= plan.timetable.next_edge_ms(time - 1) == time
    pairs = Single(rows, (Moments(view.samples, series, time, newest),))
    return Walk(pairs, rows, np.arange(len(rows) + 1), time, newest, looks)
