"""The forward pass: the rows of a plan go through the readings that came, and through the timers between them."""

from alerts.course import course_of
from alerts.engine_state import Changes
from alerts.in_force import Unit
from alerts.life_cycle import Timed, along
from alerts.settle import settle_course
from alerts.touched import touched_by
from alerts.verdict import Judge, verdict_along
from alerts.view import Arrivals
from city.reading import Int64s


def forward_pass(unit: Unit, arrivals: Arrivals, never_heard: Int64s) -> tuple[Changes, Int64s] | None:
    """The changes of a unit's rows, and which rows went through anything: int64[k]; None where nothing can happen.

    arrivals: what the unit's view took in
    never_heard: int64[series], from when silence counts where nothing was ever heard, ms
    """
    plan, states = unit.plan, unit.states
    touched = touched_by(plan, arrivals)
    if touched is None:
        return None
    rows = touched.may_happen(states)
    course = course_of(plan, rows, arrivals, states, never_heard) if rows.size else None
    states.see_readings(touched.rows, arrivals.oldest_ms)
    if course is None:
        return None
    verdict = verdict_along(plan, course, arrivals)
    if plan.timed:
        turns = Timed(plan, course, verdict, states, Judge(plan, unit.view)).turns()
    else:
        turns = along(course, verdict, states)
    return settle_course(course, turns, states, arrivals), course.rows
