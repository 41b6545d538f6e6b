"""The timers of rows: what the clock alone brings about, once engine time has reached it."""

import numpy as np

from alerts.engine_state import FIRING, INACTIVE, PENDING, Changes
from alerts.in_force import InForce, Unit
from alerts.life_cycle import at_moment
from alerts.plan import FAR, NEVER
from alerts.settle import settle_moment
from alerts.verdict import Judge
from city.reading import Int64s


def next_due_ms(in_force: InForce) -> int:
    """The earliest clock time at which any timer fires, `FAR` where there is none."""
    return min((int(due(unit, in_force)[1].min(initial=FAR)) for unit in in_force.units), default=FAR)


def soonest_of(unit: Unit, rows: Int64s, in_force: InForce) -> int:
    """The earliest clock time at which a timer of those of the rows fires that are pending or firing, else `FAR`."""
    busy = rows[np.flatnonzero(unit.states.state[rows] != INACTIVE)]
    return int(due(unit, in_force, busy)[1].min(initial=FAR)) if busy.size else FAR


def fire_due(unit: Unit, in_force: InForce, clock_ms: int) -> tuple[list[Changes], int]:
    """The changes by every timer of a unit that the clock has reached, and the clock time of the first after them.

    A row's timers fire one after the other, each in its own time.
    """
    changes: list[Changes] = []
    soonest = FAR
    rows: Int64s | None = None
    while True:
        time, clock = due(unit, in_force, rows)
        soonest = min(soonest, int(clock[clock > clock_ms].min(initial=FAR)))
        ripe = np.flatnonzero(clock <= clock_ms)
        if not ripe.size:
            return changes, soonest
        rows = ripe if rows is None else rows[ripe]
        changes.append(_fire(unit, rows, time[ripe]))


def _fire(unit: Unit, rows: Int64s, time: Int64s) -> Changes:
    """One timer of each row."""
    plan, states = unit.plan, unit.states
    newest = unit.view.samples.end[plan.series[rows]] - 1
    turns = at_moment(plan, states, rows, time, Judge(plan, unit.view)(rows, time, newest), newest)
    states.see_timers(rows, time)
    return settle_moment(rows, turns, states)


def due(unit: Unit, in_force: InForce, rows: Int64s | None = None) -> tuple[Int64s, Int64s]:
    """int64[rows] each: event time of the next timer, `FAR` where there is none, and the clock time it fires, in ms."""
    plan, states, view = unit.plan, unit.states, unit.view
    every = slice(None) if rows is None else rows
    series = plan.series[every]
    newest, arrived, delay = view.newest[series], view.arrived[series], in_force.delay_ms[series]
    if plan.silence:
        newest = np.where(newest == NEVER, in_force.never_heard[series], newest)
    seen = np.maximum(states.cursor[every], newest)
    found = np.full(len(series), FAR, np.int64)
    state = states.state[every]
    for offset in plan.offsets[:, every]:
        timer = newest + offset
        np.minimum(found, np.where((timer > seen) & (newest != NEVER) & (offset < FAR), timer, FAR), out=found)
    if plan.silence:
        found[state == FIRING] = FAR
    if plan.timed:
        since = states.since[every]
        found = np.where(state == PENDING, np.minimum(found, since + plan.for_ms[every]), found)
        held = since + plan.hold_ms[every]
        found = np.where((state == FIRING) & (held > seen), np.minimum(found, held), found)
    return found, np.where(found < FAR, np.maximum(found, arrived) + delay, FAR)
