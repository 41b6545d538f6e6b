"""inactive → pending → firing → resolved, for many rows at once: along time, and at a single moment.

Three ways to the same answer (rules.md "States"): rows without `for` and `hold` are settled along the whole of their
moments at once, since their state follows from the newest moment that decides. Rows with them go from change to
change, all rows together, over whatever lies between. And timers that the clock brings are single moments.
"""

import numpy as np

from alerts.course import Course
from alerts.engine_state import FIRING, INACTIVE, PENDING, RESOLVED, RowStates
from alerts.flapping_course import Flapping
from alerts.lasting import Judging, Lasting, held_until
from alerts.timed import Timed
from alerts.turns import Turns
from alerts.verdict import Verdict
from city.reading import Int64s


def turns_along(plan: Lasting, course: Course, verdict: Verdict, states: RowStates, judge: Judging) -> Turns:
    """All changes along a course; `judge` is asked at timers that no moment of the course is."""
    if plan.flaps is not None:
        return Flapping(plan, course, verdict, states, judge).turns()
    if plan.timed:
        return Timed(plan, course, verdict, states, judge).turns()
    return along(course, verdict, states)


def along(course: Course, verdict: Verdict, states: RowStates) -> Turns:
    """The changes of rows without `for` and `hold`: between moments that decide, the state stands."""
    firing = states.state[course.rows] == FIRING
    if len(course.time) == len(course.rows):
        pair = np.flatnonzero(np.where(firing, verdict.down, verdict.up))
        slot = pair
        first = np.ones(len(pair), np.bool_)
        up = ~firing[slot]
    else:
        decides = np.flatnonzero(verdict.up | verdict.down)
        slots = np.searchsorted(course.start, decides, side="right") - 1
        ups = verdict.up[decides]
        opening = np.ones(len(decides), np.bool_)
        opening[1:] = slots[1:] != slots[:-1]
        was = np.empty_like(ups)
        was[1:] = ups[:-1]
        was[opening] = firing[slots[opening]]
        turns = ups != was
        pair, slot, up = decides[turns], slots[turns], ups[turns]
        first = np.ones(len(pair), np.bool_)
        first[1:] = slot[1:] != slot[:-1]
    index = np.arange(len(pair))
    rank = index - np.maximum.accumulate(np.where(first, index, 0)) if len(pair) else index
    # Moments of a row are at least 1 ms apart, so only changes before this step can push a date on.
    at = np.maximum(course.time[pair], states.last[course.rows[slot]] + 1 + rank)
    before = np.where(up, INACTIVE, FIRING).astype(np.uint8)
    after = np.where(up, FIRING, RESOLVED).astype(np.uint8)
    return Turns(slot, pair, before, after, at, course.newest[pair])


def at_moment(plan: Lasting, states: RowStates, rows: Int64s, time: Int64s, verdict: Verdict, newest: Int64s) -> Turns:
    """The changes of rows, each at one moment; slot and pair are the index in `rows`."""
    state = states.state[rows]
    since = states.since[rows]
    waits = plan.for_ms[rows] > 0
    raises = (state == INACTIVE) & verdict.up
    resets = (state == PENDING) & verdict.off
    fires = (raises & ~waits) | ((state == PENDING) & ~verdict.off & (time >= since + plan.for_ms[rows]))
    flapping = states.flapping(rows)
    clears = (state == FIRING) & verdict.down & (time >= held_until(plan, states, rows))
    after = np.select(
        [fires, raises, resets, clears], [FIRING, PENDING, INACTIVE, RESOLVED], default=RESOLVED + 1
    ).astype(np.uint8)
    k = np.flatnonzero(after <= RESOLVED)
    at = np.maximum(time[k], states.last[rows[k]] + 1)
    if states.flaps is not None:
        states.flaps.stir(rows[flapping & verdict.up], time[flapping & verdict.up])
        states.flaps.begin(rows[fires], at[after[k] == FIRING])
        flapping = states.flaps.flapping[rows] & (fires | clears)
    return Turns(k, k, state[k], after[k], at, newest[k], flapping[k])
