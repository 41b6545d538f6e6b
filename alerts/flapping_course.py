"""The changes of rows that `flaps` holds: as of those that last, but what comes and goes fires until it is calm."""

import numpy as np

from alerts.course import Course
from alerts.engine_state import FIRING, RESOLVED, RowStates
from alerts.lasting import Judging, Lasting
from alerts.timed import Timed
from alerts.verdict import Verdict
from city.reading import Bools, Int64s


class Flapping(Timed):
    """Goes in rounds too: while a row is stirred, each takes it a whole `within` along, whatever lies in that."""

    def __init__(self, plan: Lasting, course: Course, verdict: Verdict, states: RowStates, judge: Judging) -> None:
        super().__init__(plan, course, verdict, states, judge)
        assert states.flaps is not None
        self._flaps = states.flaps
        # int64[n + 1]: of each place the newest before it at which raise is true, −1 where there is none.
        index = np.where(verdict.up, np.arange(len(verdict.up)), -1)
        self._up_before = np.maximum.accumulate(np.append(-1, index))

    def _begun(self, k: Int64s, after: int, at: Int64s) -> Bools:
        rows = self._rows[k]
        if after == FIRING:
            self._flaps.begin(rows, at)
        return self._flaps.flapping[rows] if after in {FIRING, RESOLVED} else super()._begun(k, after, at)

    def _clear(self, k: Int64s) -> None:
        flapping = self._flaps.flapping[self._rows[k]]
        if not flapping.all():
            super()._clear(k[~flapping])
        if flapping.any():
            self._calm(k[flapping])

    def _calm(self, k: Int64s) -> None:
        """Takes flapping rows to where they would be calm: to there at most, if their raise is true before."""
        calm = np.maximum(self._since[k] + self._hold[k], self._flaps.calm_ms(self._rows[k]))
        released = self._first_at(k, calm)
        newest = self._up_before[released]
        stirs = newest >= self._next[k]
        self._stir(k[stirs], newest[stirs])
        k, calm, released = self._release(k[~stirs], calm[~stirs], released[~stirs])
        timer = (self._course.time[released] > calm) & (self._seen[k] < calm)
        goes_on = np.ones(len(k), np.bool_)
        if timer.any():
            mine, then, at = k[timer], calm[timer], released[timer]
            self._seen[mine] = then
            verdict = self._judge(self._rows[mine], then, self._before(at))
            self._change(
                mine[verdict.down], at[verdict.down], FIRING, RESOLVED, then[verdict.down], at[verdict.down], timer=True
            )
            self._flaps.stir(self._rows[mine[verdict.up]], then[verdict.up])
            goes_on[np.flatnonzero(timer)] = ~(verdict.down | verdict.up)
        self._settle(k[goes_on])

    def _settle(self, k: Int64s) -> None:
        """Takes rows that could resolve now to whichever comes first: that their clear is true, or their raise."""
        down, up = self._downs[self._next[k]], self._ups[self._next[k]]
        k_up = (up < down) & (up < self._end[k])
        self._stir(k[k_up], up[k_up])
        k, down = self._within(k[~k_up], down[~k_up])
        self._change(k, down, FIRING, RESOLVED, self._course.time[down], down + 1)

    def _stir(self, k: Int64s, pair: Int64s) -> None:
        """Their raise is true at those moments: from there on they must be calm anew."""
        time = self._course.time[pair]
        self._flaps.stir(self._rows[k], time)
        self._seen[k] = time
        self._next[k] = pair + 1
