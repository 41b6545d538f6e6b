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
from alerts.verdict import Judge, Verdict
from alerts.window import spans
from city.alert import AlertEvent
from city.catalog import Catalog
from city.decision import AlertName, Close
from city.reading import Bools, Int64s, SeriesKey


def close(decided: Close, in_force: InForce, stamp: Stamp) -> Iterator[AlertEvent]:
    """Resolves the alert that is meant, if it still fires; its row is muted unless its raise is known to be false."""
    for unit, row in _rows_of(decided.alert, in_force):
        rows = np.array([row])
        states = unit.states
        if states.state[row] != FIRING or states.since[row] != decided.alert.raised_ms:
            continue
        changes = ended(unit, rows, stamp.clock_ms)
        states.mute(rows[~_is_off(unit, rows)])
        states.state[row], states.since[row], states.last[row] = INACTIVE, NEVER, changes.at[0]
        states.peak[row] = -np.inf
        if unit.severities is not None:
            unit.severities.forget(rows)
        unit.due_ms = NEVER  # at rest, the row may have timers that it had not while it fired
        for event in events_of(unit, changes, in_force.catalog, stamp):
            yield replace(event, reason=decided.reason)
    for group in in_force.groups:
        yield from (replace(event, reason=decided.reason) for event in _close_group(decided, group, in_force, stamp))


def _close_group(decided: Close, group: GroupUnit, in_force: InForce, stamp: Stamp) -> Iterator[AlertEvent]:
    """As for a series; its raise counts as it is where the group has come to."""
    row = group.rows_by_name().get((decided.alert.rule, decided.alert.subject))
    states = group.states
    if row is None or states.state[row] != FIRING or states.since[row] != decided.alert.raised_ms:
        return
    rows = np.array([row])
    found = ended_group(group, rows, stamp.clock_ms)
    states.mute(rows[~judged(group, rows, states.cursor[rows]).off])
    states.state[row], states.since[row], states.last[row] = INACTIVE, NEVER, found.changes.at[0]
    states.peak[row] = -np.inf
    group.look_again()
    yield from group_events_of(group, found, in_force.catalog, stamp)


def ended(unit: Unit, rows: Int64s, clock_ms: int) -> Changes:
    """The changes that end what is pending or firing in those rows, whatever their readings say; dated at the clock."""
    newest = unit.view.samples.end[unit.plan.series[rows]] - 1
    return replace(_ended(unit.states, rows, newest, clock_ms), severity=unit.severity_of(rows))


def ended_group(group: GroupUnit, rows: Int64s, clock_ms: int) -> GroupChanges:
    """The same for rows across series."""
    return resting(group, _ended(group.states, rows, rows, clock_ms), group.states.cursor[rows])


def _ended(states: RowStates, rows: Int64s, newest: Int64s, clock_ms: int) -> Changes:
    state = states.state[rows]
    after = np.where(state == FIRING, RESOLVED, INACTIVE).astype(np.uint8)
    at = np.maximum(clock_ms, states.last[rows] + 1)
    raised = np.where(state == FIRING, states.since[rows], at)
    return Changes(rows, state, after, at, raised, newest, states.peak[rows], flapping=states.flapping(rows))


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


def _rows_of(alert: AlertName, in_force: InForce) -> Iterator[tuple[Unit, int]]:
    """The row that an alert's rule has for its subject, if there still is one."""
    series = series_of(alert.subject, in_force.catalog)
    for unit in in_force.units:
        for rule in range(len(unit.plan.rules)):
            if series is not None and unit.plan.alert(rule) == alert.rule:
                yield from ((unit, row) for row in unit.plan.rows_of(rule, series))


def series_of(subject: str, catalog: Catalog) -> int | None:
    """The index of the series that a subject names; None where it names another thing, or a sensor that is gone."""
    try:
        return catalog.index.get(SeriesKey.parse(subject))
    except ValueError:
        return None
