"""Alerts that a person closed: the change that ends them, and their rows until the raise has once been false."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from alerts.alert_events import Stamp, events_of
from alerts.course import Course
from alerts.engine_state import FIRING, INACTIVE, RESOLVED, Changes, RowStates
from alerts.group_events import group_events_of
from alerts.group_evidence import GroupChanges, resting
from alerts.group_table import judged
from alerts.group_unit import GroupUnit
from alerts.in_force import InForce, Unit
from alerts.plan import NEVER
from alerts.standing import standing
from alerts.verdict import Judge, Verdict
from alerts.window import spans
from city.alert import AlertEvent
from city.decision import Close
from city.reading import Bools, Int64s


def close(decided: Close, in_force: InForce, stamp: Stamp) -> Iterator[AlertEvent]:
    """Resolves the alert that is meant, if it still fires; its row is muted unless its raise is known to be false.

    The raise of a group counts as it is where the group has come to.
    """
    found = standing(in_force, (decided.alert.rule, decided.alert.subject))
    if found is None:
        return
    unit, row, rows, states = found.unit, found.row, np.array([found.row]), found.unit.states
    if states.state[row] != FIRING or states.since[row] != decided.alert.raised_ms:
        return
    if isinstance(unit, GroupUnit):
        over = ended_group(unit, rows, stamp.clock_ms)
        at, off = over.changes.at[0], judged(unit, rows, states.cursor[rows]).off
        events = group_events_of(unit, over, in_force.catalog, stamp)
    else:
        changes = ended(unit, rows, stamp.clock_ms)
        at, off = changes.at[0], _is_off(unit, rows)
        events = events_of(unit, changes, in_force.catalog, stamp)
    if unit.severities is not None:
        unit.severities.forget(rows)
    states.mute(rows[~off])
    states.state[row], states.since[row], states.last[row] = INACTIVE, NEVER, at
    states.peak[row] = -np.inf
    found.look_again()  # at rest, the row may have timers that it had not while it fired
    yield from (replace(event, reason=decided.reason) for event in events)


def ended(unit: Unit, rows: Int64s, clock_ms: int) -> Changes:
    """The changes that end what is pending or firing in those rows, whatever their readings say; dated at the clock."""
    newest = unit.view.samples.end[unit.plan.series[rows]] - 1
    return _ended(unit, rows, newest, clock_ms)


def ended_group(group: GroupUnit, rows: Int64s, clock_ms: int) -> GroupChanges:
    """The same for rows across series."""
    return resting(group, _ended(group, rows, rows, clock_ms), group.states.cursor[rows])


def _ended(unit: Unit | GroupUnit, rows: Int64s, newest: Int64s, clock_ms: int) -> Changes:
    states = unit.states
    state = states.state[rows]
    after = np.where(state == FIRING, RESOLVED, INACTIVE).astype(np.uint8)
    at = np.maximum(clock_ms, states.last[rows] + 1)
    raised = np.where(state == FIRING, states.since[rows], at)
    peak, severity = states.peak[rows], unit.severity_of(rows)
    return Changes(rows, state, after, at, raised, newest, peak, severity, states.flapping(rows))


def heard_by_muted(course: Course, verdict: Verdict, states: RowStates) -> Verdict:
    """The verdict without the raises of muted rows before the first moment at which their raise is false.

    Rows that come to such a moment are muted no longer.
    """
    assert states.muted is not None
    slots = np.flatnonzero(states.muted[course.rows])
    if not slots.size:
        return verdict
    start, length = course.start[slots], course.start[slots + 1] - course.start[slots]
    pairs = spans(start, length)
    end = len(course.time)
    offs = np.where(verdict.off[pairs], pairs, end)
    first = np.minimum.reduceat(offs, np.cumsum(length) - length)
    up = verdict.up.copy()
    up[pairs[pairs < np.repeat(first, length)]] = False
    states.unmute(course.rows[slots[first < end]])
    return Verdict(up, verdict.off, verdict.down)


def heard_at_moment(rows: Int64s, verdict: Verdict, states: RowStates) -> Verdict:
    """The same for rows at one moment each."""
    assert states.muted is not None
    muted = states.muted[rows]
    states.unmute(rows[muted & verdict.off])
    return Verdict(verdict.up & ~muted, verdict.off, verdict.down)


def _is_off(unit: Unit, rows: Int64s) -> Bools:
    """bool[len(rows)]: whether their raise was false at the moment up to which they were seen to."""
    plan, states = unit.plan, unit.states
    series = plan.series[rows]
    newest, cursor = unit.view.newest[series], states.cursor[rows]
    if plan.silence:
        heard: Bools = newest >= cursor  # by a reading that was too old to resolve the alert
        return heard
    return Judge(plan, unit.view)(rows, np.maximum(newest, cursor), unit.view.samples.end[series] - 1).off
