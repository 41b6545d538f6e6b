"""The forward pass: the rows of a plan go through the readings that came, and through the timers between them."""

from alerts.closing import heard_by_muted
from alerts.course import course_of
from alerts.engine_state import Changes
from alerts.in_force import InForce, Unit
from alerts.life_cycle import turns_along
from alerts.settle import settle_course
from alerts.severity import climb, with_climbs
from alerts.timers import expect
from alerts.touched import touched_by
from alerts.verdict import Judge, verdict_along
from alerts.view import Arrivals
from alerts.walk import along_course


def forward_pass(unit: Unit, in_force: InForce, arrivals: Arrivals) -> Changes | None:
    """The changes that what the unit's view took in brings to its rows; None where none can come of it, as mostly."""
    plan, states = unit.plan, unit.states
    touched = touched_by(plan, arrivals)
    if touched is None:
        return None
    rows = touched.may_happen(states)
    if unit.waits is not None:
        rows = rows[~unit.waits[rows]]
    course = course_of(plan, rows, arrivals, states, in_force.never_heard) if rows.size else None
    states.see_readings(touched.rows, arrivals.oldest_ms)
    changes = None
    if course is not None:
        verdict = verdict_along(plan, course, arrivals)
        if states.muted is not None:
            verdict = heard_by_muted(course, verdict, states)
        turns = turns_along(plan, course, verdict, states, Judge(plan, unit.view))
        climbs = None
        if unit.severities is not None:
            climbs = climb(plan, unit.severities, along_course(plan, unit.view, course), turns, states)
        changes = settle_course(course, turns, states, arrivals.value)
        if climbs is not None:
            changes = with_climbs(changes, climbs, states)
    expect(unit, in_force, arrivals, rows)
    return changes
