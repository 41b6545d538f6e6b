"""The timers of rows: what the clock alone brings about, once engine time has reached it."""

import numpy as np

from alerts.closing import heard_at_moment
from alerts.engine_state import FIRING, INACTIVE, PENDING, Changes
from alerts.in_force import InForce, Unit
from alerts.lasting import held_until
from alerts.life_cycle import at_moment
from alerts.plan import FAR, NEVER
from alerts.settle import settle_moment
from alerts.severity import climb, with_climbs
from alerts.verdict import Judge
from alerts.view import Arrivals
from alerts.walk import at_timers
from alerts.window import Rows
from city.reading import Int64s


def next_due_ms(in_force: InForce) -> int:
    """The earliest clock time at which any timer fires, `FAR` where there is none."""
    for unit in in_force.units:
        unit.due_ms = int(_due(unit, in_force, _with_timers(unit))[1].min(initial=FAR))
    for group in in_force.groups:
        group.find_next(np.arange(len(group.plan)))
    return in_force.due_ms()


def expect(unit: Unit, in_force: InForce, arrivals: Arrivals, rows: Int64s) -> None:
    """Notes when timers can be due after readings: of every row, and of those that went through something."""
    if unit.soonest_ms < FAR:
        newest = unit.view.newest[arrivals.at] + in_force.delay_ms[arrivals.at]
        unit.due_ms = min(unit.due_ms, int(newest.min()) + unit.soonest_ms)
    if unit.plan.timetable is not None:
        oldest = unit.view.newest[arrivals.at].min(keepdims=True)
        soonest = int(unit.plan.timetable.next_edge_ms(oldest)[0]) + int(in_force.delay_ms[arrivals.at].min())
        unit.due_ms = min(unit.due_ms, soonest)
    busy = rows[unit.states.state[rows] != INACTIVE] if unit.plan.timed else rows[:0]
    if busy.size:
        unit.due_ms = min(unit.due_ms, int(_due(unit, in_force, busy)[1].min()))


def fire_due(unit: Unit, in_force: InForce, clock_ms: int) -> list[Changes]:
    """The changes by every timer of a unit that the clock has reached. Cheap while there is none.

    A row's timers fire one after the other, each in its own time.
    """
    changes: list[Changes] = []
    if clock_ms < unit.due_ms:
        return changes
    unit.due_ms = FAR
    rows = _with_timers(unit)
    while True:
        time, clock = _due(unit, in_force, rows)
        unit.due_ms = min(unit.due_ms, int(clock[clock > clock_ms].min(initial=FAR)))
        ripe = np.flatnonzero(clock <= clock_ms)
        if not ripe.size:
            return changes
        rows = ripe if isinstance(rows, slice) else rows[ripe]
        changes.append(_fire(unit, rows, time[ripe]))


def _with_timers(unit: Unit) -> Rows:
    """The rows that may have a timer: without offsets and schedule, only those that are pending or held."""
    if len(unit.plan.offsets) or unit.plan.timetable is not None:
        return slice(None)
    return unit.open_rows() if unit.plan.timed else np.empty(0, np.int64)


def _fire(unit: Unit, rows: Int64s, time: Int64s) -> Changes:
    """One timer of each row."""
    plan, states = unit.plan, unit.states
    newest = unit.view.samples.end[plan.series[rows]] - 1
    verdict = Judge(plan, unit.view)(rows, time, newest)
    if states.muted is not None:
        verdict = heard_at_moment(rows, verdict, states)
    turns = at_moment(plan, states, rows, time, verdict, newest)
    climbs = None
    if unit.severities is not None:
        walk = at_timers(plan, unit.view, rows, time, newest)
        climbs = climb(plan, unit.severities, walk, turns, states)
    states.see_timers(rows, time)
    changes = settle_moment(rows, turns, states)
    return changes if climbs is None else with_climbs(changes, climbs, states)


def _due(unit: Unit, in_force: InForce, rows: Rows) -> tuple[Int64s, Int64s]:
    """int64[rows] each: event time of the next timer, `FAR` where there is none, and the clock time it fires, in ms."""
    plan, states, view = unit.plan, unit.states, unit.view
    series = plan.series[rows]
    newest, arrived, delay = view.newest[series], view.arrived[series], in_force.delay_ms[series]
    if plan.silence:
        newest = np.where(newest == NEVER, in_force.never_heard[series], newest)
    seen = np.maximum(states.cursor[rows], newest)
    found = np.full(len(series), FAR, np.int64)
    state = states.state[rows]
    for offset in plan.offsets[:, rows]:
        timer = newest + offset
        np.minimum(found, np.where((timer > seen) & (newest != NEVER) & (offset < FAR), timer, FAR), out=found)
    if plan.silence:
        found[state == FIRING] = FAR
    if plan.timetable is not None:
        heard = np.flatnonzero(newest != NEVER)
        found[heard] = np.minimum(found[heard], plan.timetable.next_edge_ms(seen[heard]))
    if plan.timed:
        since = states.since[rows]
        found = np.where(state == PENDING, np.minimum(found, since + plan.for_ms[rows]), found)
        held = held_until(plan, states, rows)
        found = np.where((state == FIRING) & (held > seen), np.minimum(found, held), found)
    clock = np.where(found < FAR, np.maximum(found, arrived) + delay, FAR)
    if unit.waits is not None:
        clock = np.where(unit.waits[rows], np.maximum(clock, in_force.fill_until_ms), clock)
    return found, clock
