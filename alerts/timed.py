"""The changes of rows that last: from change to change, all rows together, over whatever lies between."""

import numpy as np

from alerts.course import Course
from alerts.engine_state import FIRING, INACTIVE, PENDING, RESOLVED, RowStates
from alerts.lasting import Judging, Lasting
from alerts.plan import NEVER
from alerts.turns import Steps, Turns
from alerts.verdict import Verdict
from alerts.window import first_after
from city.reading import Bools, Int64s


class Timed:
    """The changes of rows with `for` or `hold`, from change to change, all rows together."""

    def __init__(self, plan: Lasting, course: Course, verdict: Verdict, states: RowStates, judge: Judging) -> None:
        busy = states.state[course.rows] != INACTIVE
        raising = np.logical_or.reduceat(verdict.up, course.start[:-1])
        self._slot = np.flatnonzero(busy | raising)
        rows = course.rows[self._slot]
        self._course = course
        self._judge = judge
        self._rows = rows
        self._for = plan.for_ms[rows]
        self._hold = plan.hold_ms[rows]
        self._next = course.start[self._slot].copy()
        self._end = course.start[self._slot + 1]
        self._state = states.state[rows].copy()
        self._since = states.since[rows].copy()
        self._last = states.last[rows].copy()
        self._seen = course.seen[self._slot].copy()
        self._ups, self._offs, self._downs = (_following(flag) for flag in (verdict.up, verdict.off, verdict.down))
        self._steps = Steps()

    def turns(self) -> Turns:
        """All changes along the course."""
        going = np.flatnonzero(self._next < self._end)
        while going.size:
            state = self._state[going]
            for these, go in ((INACTIVE, self._raise), (PENDING, self._wait), (FIRING, self._clear)):
                mine = going[state == these]
                if mine.size:
                    go(mine)
            going = going[self._next[going] < self._end[going]]
        return self._steps.turns()

    def _raise(self, k: Int64s) -> None:
        found = self._ups[self._next[k]]
        k, found = self._within(k, found)
        waits = self._for[k] > 0
        for mine, after in ((waits, PENDING), (~waits, FIRING)):
            self._change(k[mine], found[mine], INACTIVE, after, self._course.time[found[mine]], found[mine] + 1)

    def _wait(self, k: Int64s) -> None:
        due = self._since[k] + self._for[k]
        elapsed = self._first_at(k, due)
        off = np.minimum(self._offs[self._next[k]], self._end[k])
        time = self._course.time
        at_due = np.zeros(len(k), np.bool_)
        inside = elapsed < self._end[k]
        at_due[inside] = time[elapsed[inside]] == due[inside]
        resets = (off < elapsed) | ((off == elapsed) & at_due)
        over = ~resets & ~inside  # neither false nor elapsed within this course
        self._next[k[over]] = self._end[k[over]]
        self._change(k[resets], off[resets], PENDING, INACTIVE, time[off[resets]], off[resets] + 1)
        fires = ~resets & inside & at_due
        self._change(k[fires], elapsed[fires], PENDING, FIRING, due[fires], elapsed[fires] + 1)
        timer = ~resets & inside & ~at_due
        if timer.any():
            k, due, elapsed = k[timer], due[timer], elapsed[timer]
            off_then = self._judge(self._rows[k], due, self._before(elapsed)).off
            for mine, after in ((off_then, INACTIVE), (~off_then, FIRING)):
                self._change(k[mine], elapsed[mine], PENDING, after, due[mine], elapsed[mine], timer=True)

    def _clear(self, k: Int64s) -> None:
        held = self._since[k] + self._hold[k]
        k, held, released = self._release(k, held, np.where(self._hold[k] > 0, self._first_at(k, held), self._next[k]))
        timer = (self._hold[k] > 0) & (self._course.time[released] > held) & (self._seen[k] < held)
        if timer.any():
            mine, then, at = k[timer], held[timer], released[timer]
            self._seen[mine] = then
            down = self._judge(self._rows[mine], then, self._before(at)).down
            self._change(mine[down], at[down], FIRING, RESOLVED, then[down], at[down], timer=True)
            free = np.ones(len(k), np.bool_)
            free[np.flatnonzero(timer)[down]] = False
            k = k[free]
        k, found = self._within(k, self._downs[self._next[k]])
        self._change(k, found, FIRING, RESOLVED, self._course.time[found], found + 1)

    def _release(self, k: Int64s, held: Int64s, released: Int64s) -> tuple[Int64s, Int64s, Int64s]:
        """Takes rows to the moments at which nothing holds them any more; those that come to none are through."""
        never = released >= self._end[k]
        self._next[k[never]] = self._end[k[never]]
        k, held, released = k[~never], held[~never], released[~never]
        passed = released > self._next[k]
        self._seen[k[passed]] = self._course.time[released[passed] - 1]
        self._next[k] = released
        return k, held, released

    def _change(
        self, k: Int64s, pair: Int64s, before: int, after: int, time: Int64s, onwards: Int64s, *, timer: bool = False
    ) -> None:
        """Notes a change of rows k at `time`, and where they go on."""
        if not k.size:
            return
        at = np.maximum(time, self._last[k] + 1)
        newest = self._before(pair) if timer else self._course.newest[pair]
        self._steps.add(self._slot[k], pair, before, after, at, newest, self._begun(k, after, at))
        self._last[k] = at
        self._seen[k] = time
        self._next[k] = onwards
        self._state[k] = INACTIVE if after == RESOLVED else after
        self._since[k] = NEVER if after in {INACTIVE, RESOLVED} else at

    def _begun(self, k: Int64s, after: int, at: Int64s) -> Bools:  # noqa: ARG002  there is nothing to count here
        """bool[k]: whether rows k are flapping after that change, at `at`."""
        return np.zeros(len(k), np.bool_)

    def _within(self, k: Int64s, found: Int64s) -> tuple[Int64s, Int64s]:
        """Those whose moment lies within their course; the others are through."""
        beyond = found >= self._end[k]
        self._next[k[beyond]] = self._end[k[beyond]]
        return k[~beyond], found[~beyond]

    def _first_at(self, k: Int64s, time: Int64s) -> Int64s:
        """The first moment at or after `time`, from where each row stands."""
        return first_after(self._course.time, self._next[k], self._end[k], time - 1)

    def _before(self, pair: Int64s) -> Int64s:
        """Place of the newest sample just before a moment: a reading's own sample is the one after that."""
        return self._course.newest[pair] - self._course.is_reading()[pair]


def _following(flag: Bools) -> Int64s:
    """int64[n + 1]: for each place the first at or after it where the flag is set, n where there is none."""
    n = len(flag)
    out = np.full(n + 1, n, np.int64)
    out[:n][flag] = np.flatnonzero(flag)
    return np.minimum.accumulate(out[::-1])[::-1]
