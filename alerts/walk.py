"""What rows of a plan went through, whether along a course or at a single moment each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from alerts.conditions import Pairs, known_false, known_true
from alerts.course import Course, Single
from alerts.moments import Moments
from alerts.plan import NEVER, Plan
from alerts.view import View
from city.reading import Bools, Int64s

# Of the plan's k-th severity, at some moments: bool[n] each, where its condition is true, and where it is false.
Says = Callable[[int], tuple[Bools, Bools]]
# The same at timers: rows, their times (ms), and places of their newest samples then, int64[n] each.
SaysThen = Callable[[Int64s, Int64s, Int64s], Says]


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """The rows, and for each of them moments in order; the pairs of slot k are start[k] ≤ pair < start[k + 1].

    says: at the pairs; between: at timers that are none of them
    time, newest: int64[pairs], as in `Course`
    looks: whether something may be said for the first time there: not where a row waits for its `for` or `hold` alone
    """

    says: Says
    between: SaysThen
    rows: Int64s
    start: Int64s
    time: Int64s
    newest: Int64s
    looks: Bools


def along_course(plan: Plan, view: View, course: Course) -> Walk:
    """Along a course: each of its moments is one at which conditions may change."""
    every = np.ones(len(course.time), np.bool_)
    says, between = partial(_says, plan, course), partial(_says_then, plan, view)
    return Walk(says, between, course.rows, course.start, course.time, course.newest, every)


def at_timers(plan: Plan, view: View, rows: Int64s, time: Int64s, newest: Int64s) -> Walk:
    """Rows at one timer each."""
    series = plan.series[rows]
    heard = view.newest[series]
    looks = ((heard + plan.offsets[:, rows] == time) & (heard != NEVER)).any(axis=0)
    if plan.timetable is not None:
        looks |= plan.timetable.next_edge_ms(time - 1) == time
    between = partial(_says_then, plan, view)
    return Walk(between(rows, time, newest), between, rows, np.arange(len(rows) + 1), time, newest, looks)


def _says(plan: Plan, pairs: Pairs, which: int) -> tuple[Bools, Bools]:
    level = plan.levels[which]
    return known_true(level.condition, level.columns, pairs), known_false(level.condition, level.columns, pairs)


def _says_then(plan: Plan, view: View, rows: Int64s, time: Int64s, newest: Int64s) -> Says:
    moments = Moments(view.samples, plan.series[rows], time, newest)
    return partial(_says, plan, Single(rows, (moments,)))
