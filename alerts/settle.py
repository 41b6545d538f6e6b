"""Puts changes into effect: the rows' new states, when firing began, and the peak since."""

import numpy as np

from alerts.course import Course
from alerts.engine_state import FIRING, INACTIVE, PENDING, RESOLVED, Changes, RowStates
from alerts.plan import FAR, NEVER
from alerts.turns import Turns
from alerts.window import spans
from city.reading import Float64s, Int64s


def settle_course(course: Course, turns: Turns, states: RowStates, value: Float64s) -> Changes:
    """After the turns of a course; the peaks of rows that fire go on through its readings.

    value: float64[readings], what `course.reading` names
    """
    marked = states.state[course.rows] == FIRING
    marked[turns.slot] = True
    affected = np.flatnonzero(marked)
    peak = np.empty(0)
    if affected.size:
        peak = _peaks(course, turns, states, value, affected)
    return _changes(course.rows[turns.slot], turns, states, peak)


def settle_moment(rows: Int64s, turns: Turns, states: RowStates) -> Changes:
    """After the turns of rows at one moment each, at which no reading came."""
    row = rows[turns.slot]
    peak = np.where(turns.after == RESOLVED, states.peak[row], -np.inf)
    states.peak[row] = -np.inf
    return _changes(row, turns, states, peak)


def _changes(row: Int64s, turns: Turns, states: RowStates, peak: Float64s) -> Changes:
    raised = turns.at.copy()
    resolved = turns.after == RESOLVED
    if resolved.any():
        # What resolves was fired by the turn before it in the same row, or before this step.
        earlier = np.concatenate([np.full(1, NEVER, np.int64), turns.at[:-1]])
        same = np.concatenate([np.zeros(1, np.bool_), row[1:] == row[:-1]])
        raised[resolved] = np.where(same, earlier, states.since[row])[resolved]
    if len(row):
        last = np.append(row[1:] != row[:-1], True)
        final, after, at = row[last], turns.after[last], turns.at[last]
        states.state[final] = np.where(after == RESOLVED, INACTIVE, after)
        states.since[final] = np.where((after == PENDING) | (after == FIRING), at, NEVER)
        states.last[final] = at
    return Changes(row, turns.before, turns.after, turns.at, raised, turns.newest, peak, flapping=turns.flapping)


def _peaks(course: Course, turns: Turns, states: RowStates, value: Float64s, affected: Int64s) -> Float64s:
    """float64[turns]: the peak at each turn; the rows' own peaks are brought up to the end of the course.

    A row's course falls into spans, from its beginning and from each turn to the next. Within a span that fires, the
    readings at or after the date of raising count; the reading that brings a turn to resolved counts if it is dated
    before that.
    """
    row = course.rows[affected]
    firing = states.state[row] == FIRING
    slot = np.concatenate([affected, turns.slot])
    order = np.argsort(slot, kind="stable")
    slot = slot[order]
    start = np.concatenate([course.start[affected], turns.pair])[order]
    raised = np.concatenate([np.where(firing, states.since[row], FAR), np.where(turns.after == FIRING, turns.at, FAR)])[
        order
    ]
    peak = np.concatenate([np.where(firing, states.peak[row], -np.inf), np.full(len(turns.slot), -np.inf)])[order]
    last = np.append(slot[1:] != slot[:-1], True)
    end = np.where(last, course.start[slot + 1], np.append(start[1:], 0))
    length = end - start
    pair = spans(start, length)
    values = course.values(pair, value)
    values[course.time[pair] < np.repeat(raised, length)] = -np.inf
    some = length > 0
    if some.any():
        peak[some] = np.maximum(peak[some], np.maximum.reduceat(values, (np.cumsum(length) - length)[some]))
    states.peak[course.rows[slot[last]]] = np.where(raised[last] == FAR, -np.inf, peak[last])
    # Where each turn's span is, and the one before it.
    span = np.empty(len(order), np.int64)
    span[order] = np.arange(len(order))
    before = span[len(affected) :] - 1
    out = np.where(turns.after == RESOLVED, peak[before], -np.inf)
    if len(turns.slot):
        brings = np.minimum(turns.pair, len(course.time) - 1)
        late = (turns.after == RESOLVED) & (course.newest[brings] == turns.newest) & course.is_reading()[brings]
        late &= (course.time[brings] < turns.at) & (course.time[brings] >= raised[before])
        if late.any():
            out[late] = np.maximum(out[late], course.values(brings[late], value))
    return out
