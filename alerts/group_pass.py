"""The pass of rows across series: they go through every moment that their engine time has reached.

Unlike a series, a group does not go along with its readings: while one member may still arrive within its `delay`,
what is known of the others does not say what the group's state was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.closing import heard_by_muted
from alerts.course import Course
from alerts.engine_state import FIRING, PENDING, Changes
from alerts.group_evidence import GroupChanges, resting
from alerts.group_table import Table, at_once, judged
from alerts.group_unit import GroupUnit
from alerts.lasting import held_until
from alerts.life_cycle import at_moment, turns_along
from alerts.plan import FAR
from alerts.settle import settle_course, settle_moment
from alerts.severity import Climbs, climb, with_climbs
from alerts.turns import Turns
from alerts.walk import Says, Walk
from alerts.window import first_after, spans
from city.reading import Bools, Float64s, Int64s

_AT_ONCE: Final = 1 << 20  # members looked at together, over all moments: a few columns of 8 MB each


def group_pass(unit: GroupUnit, clock_ms: int, before_ms: int = FAR) -> Iterator[GroupChanges]:
    """The changes of all that the clock has brought, as far as event times < `before_ms`. Cheap while there is none."""
    states = unit.states
    until = np.maximum(np.minimum(clock_ms - unit.plan.delay_ms, before_ms - 1), states.cursor)
    expected = np.flatnonzero(unit.next_ms <= until) if unit.due_ms <= clock_ms else np.empty(0, np.int64)
    rows = expected[states.cursor[expected] < until[expected]]
    if unit.waits is not None:
        rows = rows[~unit.waits[rows]]
    while rows.size:
        yield from _go(unit, rows, until[rows])
        rows = rows[states.cursor[rows] < until[rows]]
    states.cursor[:] = until
    if expected.size:
        unit.find_next(expected)


def _go(unit: GroupUnit, rows: Int64s, until: Int64s) -> Iterator[GroupChanges]:
    """Takes rows along up to `until`, or as far as is looked at together."""
    plan, states = unit.plan, unit.states
    moments = _moments(unit, rows, until)
    until = moments.until
    slots = np.flatnonzero(np.diff(moments.start))
    if slots.size:
        start = np.append(moments.start[slots], len(moments.time))
        table = Table(plan, unit.view.samples, rows[slots], start, moments.time)
        yield from _along(unit, table, moments.value)
    while plan.timed:
        time = _lasting(unit, rows)
        ripe = np.flatnonzero(time <= until)
        if not ripe.size:
            break
        mine, then = rows[ripe], time[ripe]
        states.cursor[mine] = then
        newest, table = np.zeros(len(mine), np.int64), at_once(unit, mine, then)
        turns = at_moment(plan, states, mine, then, table.verdict(), newest)
        climbs = _climb(unit, table, newest, turns, looks=False)
        yield _settled(unit, settle_moment(mine, turns, states), then[turns.slot], climbs)
    states.cursor[rows] = until


def _along(unit: GroupUnit, table: Table, value: Float64s) -> Iterator[GroupChanges]:
    """The changes along the moments of rows."""
    states = unit.states
    verdict = table.verdict()
    if verdict.up.any() or not states.at_rest(table.rows).all():
        pairs = np.arange(len(table.time))
        seen = states.cursor[table.rows]
        # `newest` numbers the moments of all rows, with one more before each row's first: how far it had come before.
        course = Course(
            rows=table.rows,
            seen=seen,
            start=table.start,
            row=table.row,
            moment=pairs,
            time=table.time,
            newest=pairs + table.slot + 1,
            reading=pairs,
            sources=(),
        )
        if states.muted is not None:
            verdict = heard_by_muted(course, verdict, states)
        turns = turns_along(unit.plan, course, verdict, states, lambda rows, time, _: judged(unit, rows, time))
        moment = turns.newest - turns.slot - 1
        earlier = moment < table.start[turns.slot]
        time = np.where(earlier, seen[turns.slot], table.time[np.maximum(moment, 0)])
        climbs = _climb(unit, table, course.newest, turns, looks=True)
        yield _settled(unit, settle_course(course, turns, states, value), time, climbs)
    last = table.time[table.start[1:] - 1]
    states.cursor[table.rows] = last


def _climb(unit: GroupUnit, table: Table, newest: Int64s, turns: Turns, *, looks: bool) -> Climbs | None:
    """What severity does at the moments of a table; None where its rules name none.

    looks: whether something may be said for the first time there; no row looks because its `for` or `hold` is over
    """
    if unit.severities is None:
        return None

    def between(rows: Int64s, time: Int64s, _: Int64s) -> Says:
        return at_once(unit, rows, time).level

    every = np.full(len(table.time), looks)
    walk = Walk(table.level, between, table.rows, table.start, table.time, newest, every)
    return climb(unit.plan, unit.severities, walk, turns, unit.states)


def _settled(unit: GroupUnit, changes: Changes, time: Int64s, climbs: Climbs | None) -> GroupChanges:
    """Settled changes at those times (int64[n], ms), and those of severity, which are dated at their moments."""
    if climbs is None:
        return resting(unit, changes, time)
    return resting(unit, with_climbs(changes, climbs, unit.states), np.concatenate([time, climbs.changes.at]))


def _lasting(unit: GroupUnit, rows: Int64s) -> Int64s:
    """int64[k]: when each row's `for` elapses or its `hold` ends, `FAR` where neither does."""
    plan, states = unit.plan, unit.states
    state, since = states.state[rows], states.since[rows]
    held = held_until(plan, states, rows)
    out: Int64s = np.where(state == PENDING, since + plan.for_ms[rows], FAR)
    return np.where((state == FIRING) & (held > states.cursor[rows]), held, out)


@dataclass(frozen=True, slots=True, eq=False)
class _RowMoments:
    """The moments of rows, ordered by row, then time; those of row k are start[k] ≤ moment < start[k + 1].

    value: float64[moments], the greatest reading of the subject's own that came then, −inf where none did
    until: int64[rows], up to when these are all
    """

    start: Int64s
    time: Int64s
    value: Float64s
    until: Int64s


def _moments(unit: GroupUnit, rows: Int64s, until: Int64s) -> _RowMoments:
    plan, samples = unit.plan, unit.view.samples
    count = np.diff(plan.first_link)[rows]
    link = spans(plan.first_link[rows], count)
    slot = np.repeat(np.arange(len(rows)), count)
    series, seen = plan.link[link], unit.states.cursor[rows][slot]
    begin, end = samples.begin[series], samples.end[series]
    low = first_after(samples.time, begin, end, seen)
    high = first_after(samples.time, low, end, until[slot])
    place = spans(low, high - low)
    of = np.repeat(np.arange(len(link)), high - low)
    if unit.passed_over is not None:
        moves = ~unit.passed_over.holds(series[of], samples.time[place])
        place, of = place[moves], of[moves]
    times, slots = [samples.time[place]], [slot[of]]
    values = [np.where(plan.counts[link[of]], samples.value[place], -np.inf)]
    if len(plan.offsets):
        # From every reading, and from the one before the first of them.
        low = np.maximum(low - 1, begin)
        place, of = spans(low, high - low), np.repeat(np.arange(len(link)), high - low)
        following = np.where(place + 1 < end[of], samples.time[place + 1], FAR)
        due = samples.time[place] + plan.offsets[:, link[of]]
        timer, which = np.nonzero((due > seen[of]) & (due < following) & (due <= until[slot[of]]))
        times.append(due[timer, which])
        slots.append(slot[of[which]])
        values.append(np.full(len(which), -np.inf))
    if plan.timetable is not None:
        heard = unit.heard_ms(rows)
        after = np.where(heard == FAR, until, np.maximum(unit.states.cursor[rows], heard))
        pair, edge = plan.timetable.edges_between(after, until + 1)
        times.append(edge)
        slots.append(pair)
        values.append(np.full(len(pair), -np.inf))
    time, slot, value = np.concatenate(times), np.concatenate(slots), np.concatenate(values)
    order = np.lexsort((time, slot))
    time, slot, value = time[order], slot[order], value[order]
    new: Bools = np.ones(len(time), np.bool_)
    new[1:] = (slot[1:] != slot[:-1]) | (time[1:] != time[:-1])
    first = np.flatnonzero(new)
    if len(first):
        value = np.maximum.reduceat(value, first)
    start = np.searchsorted(slot[first], np.arange(len(rows) + 1))
    return _bounded(_RowMoments(start, time[first], value, until), int(count.sum()))


def _bounded(found: _RowMoments, links: int) -> _RowMoments:
    """So many moments of each row that what is looked at together stays bounded, and at least one."""
    each = max(1, _AT_ONCE // links)
    length = np.diff(found.start)
    if int(length.max()) <= each:
        return found
    length = np.minimum(length, each)
    taken = spans(found.start[:-1], length)
    cut = length < np.diff(found.start)
    until = np.where(cut, found.time[np.maximum(found.start[:-1] + length - 1, 0)], found.until)
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(length)])
    return _RowMoments(start, found.time[taken], found.value[taken], until)
