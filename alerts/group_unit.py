"""A plan across series at work: how far its rows have come, and when something can happen to them next."""

from dataclasses import dataclass, field

import numpy as np

from alerts.behind import Behind
from alerts.engine_state import FIRING, INACTIVE, PENDING, RowStates
from alerts.group_plan import GroupPlan
from alerts.lasting import held_until
from alerts.plan import FAR, NEVER
from alerts.severity import Severities, severities_of, severity_now
from alerts.view import Arrivals, View
from alerts.window import first_after, spans
from city.reading import Bools, Int64s
from city.rule import Rule


@dataclass(slots=True, eq=False)
class GroupUnit:
    """Its rows go along with their engine time alone: `states.cursor` is how far each has come, event time in ms.

    severities: how far its alerts have climbed; None where its rules name no severities
    due_ms: nothing happens to any row before this clock time
    next_ms: int64[rows], nothing happens to the row before this event time
    passed_over: readings that are no moments of the rows though they are there in order; None: all are
    waits: bool[rows], which wait for what they look at to be filled: they go along, and look at nothing; None: none
    """

    plan: GroupPlan
    view: View
    states: RowStates
    severities: Severities | None = field(init=False)
    due_ms: int = field(init=False, default=NEVER)
    next_ms: Int64s = field(init=False)
    passed_over: Behind | None = field(init=False, default=None)
    waits: Bools | None = field(init=False, default=None)
    _behind: list[tuple[Int64s, Int64s]] = field(init=False, default_factory=list)
    _rows: dict[tuple[str, str], int] | None = field(init=False, default=None)  # looked up for each alert of a pass
    _watching: Int64s = field(init=False)
    _first: Int64s = field(init=False)

    def __post_init__(self) -> None:
        plan = self.plan
        self.severities = severities_of(plan)
        self.next_ms = np.full(len(plan), NEVER, np.int64)
        order = np.argsort(plan.link, kind="stable")
        self._watching = np.repeat(np.arange(len(plan)), np.diff(plan.first_link))[order]
        self._first = np.searchsorted(plan.link[order], np.arange(len(self.view.newest) + 1))

    def open_rows(self) -> Int64s:
        """int64[k]: the rows that are pending or firing, ascending."""
        return np.flatnonzero(self.states.state != INACTIVE)

    def severity_of(self, rows: Int64s) -> Int64s:
        """int64[rows]: the severity that each has now."""
        return severity_now(self.plan, self.severities, rows)

    def alert_of(self, row: int) -> tuple[str, Rule, str]:
        """The id under which a row's alerts go, its rule and its subject."""
        rule = self.plan.rules[int(self.plan.rule[row])]
        return rule.id, rule, self.plan.subjects[row]

    def names(self, rows: Bools | Int64s | slice = slice(None)) -> list[tuple[str, str, str]]:
        """Alert, version and subject of each of those rows."""
        named = map(self.alert_of, np.arange(len(self.plan))[rows].tolist())
        return [(alert, rule.version, subject) for alert, rule, subject in named]

    def rows_by_name(self) -> dict[tuple[str, str], int]:
        """The row of each alert and subject."""
        if self._rows is None:
            named = ((row, self.alert_of(row)) for row in range(len(self.plan)))
            self._rows = {(alert, subject): row for row, (alert, _, subject) in named}
        return self._rows

    def look_again(self) -> None:
        """Anything may happen to any row."""
        self.due_ms = NEVER
        self.next_ms[:] = NEVER

    def hear(self, arrivals: Arrivals) -> None:
        """Notes when what arrived is due, and what came behind its rows."""
        low = self._first[arrivals.series]
        count = self._first[arrivals.series + 1] - low
        rows = self._watching[spans(low, count)]
        if not rows.size:
            return
        oldest = np.repeat(arrivals.moments.time[arrivals.start], count)
        seen = self.states.cursor[rows]
        behind = oldest <= seen
        if behind.any():
            self._note_behind(arrivals)
        # Where the oldest came behind, the others may not have: whoever looks finds out.
        expected = np.maximum(oldest, seen + 1)
        np.minimum.at(self.next_ms, rows, expected)
        self.due_ms = min(self.due_ms, int((expected + self.plan.delay_ms[rows]).min()))

    def take_behind(self) -> list[tuple[Int64s, Int64s]]:
        """Series and time (ms) of readings that came behind a row of theirs since this was asked last: none, mostly.

        They are no moments of the row's, but for a retroactive pass.
        """
        taken, self._behind = self._behind, []
        return taken

    def mates(self, series: Int64s) -> Int64s:
        """int64[k]: what the rows look at that look at any of these series, themselves included."""
        plan = self.plan
        rows = np.logical_or.reduceat(np.isin(plan.link, series), plan.first_link[:-1])
        found: Int64s = plan.link[np.repeat(rows, np.diff(plan.first_link))]
        return found

    def _note_behind(self, arrivals: Arrivals) -> None:
        """Of what came, the readings that a row which looks at them has gone past."""
        some = self._first[arrivals.series + 1] > self._first[arrivals.series]
        farthest = np.full(len(arrivals.series), NEVER, np.int64)
        low = self._first[arrivals.series[some]]
        count = self._first[arrivals.series[some] + 1] - low
        seen = self.states.cursor[self._watching[spans(low, count)]]
        farthest[some] = np.maximum.reduceat(seen, np.cumsum(count) - count)
        behind = arrivals.moments.time <= np.repeat(farthest, arrivals.length)
        self._behind.append((np.repeat(arrivals.series, arrivals.length)[behind], arrivals.moments.time[behind]))

    def lacking(self) -> Bools:
        """bool[rows]: which look at a series whose past has yet to be filled in."""
        found: Bools = np.logical_or.reduceat(self.view.unfilled[self.plan.link], self.plan.first_link[:-1])
        return found

    def keep_samples(self) -> None:
        """Tells the view which samples its rows have yet to come to."""
        awaited = self.view.samples.awaited
        assert awaited is not None
        some = np.flatnonzero(self._first[1:] > self._first[:-1])
        seen = np.minimum.reduceat(self.states.cursor[self._watching], self._first[some])
        awaited[some] = np.minimum(awaited[some], seen)

    def find_next(self, rows: Int64s) -> None:
        """Looks up when something happens to those rows next."""
        self.next_ms[rows] = self._next_moments(rows)
        self.due_ms = int(np.where(self.next_ms < FAR, self.next_ms + self.plan.delay_ms, FAR).min(initial=FAR))

    def heard_ms(self, rows: Int64s) -> Int64s:
        """int64[k]: time of the oldest reading that is still known of anything that the row looks at, `FAR`: none."""
        plan, samples = self.plan, self.view.samples
        count = np.diff(plan.first_link)[rows]
        series = plan.link[spans(plan.first_link[rows], count)]
        begin = samples.begin[series]
        oldest = np.where(begin < samples.end[series], samples.time[begin], FAR)
        found: Int64s = np.minimum.reduceat(oldest, np.cumsum(count) - count)
        return found

    def _next_moments(self, rows: Int64s) -> Int64s:
        """int64[k]: event time of each row's next moment as things stand, `FAR` where there is none."""
        plan, states, samples = self.plan, self.states, self.view.samples
        count = np.diff(plan.first_link)[rows]
        link = spans(plan.first_link[rows], count)
        series = plan.link[link]
        seen = np.repeat(states.cursor[rows], count)
        begin, end = samples.begin[series], samples.end[series]
        after = first_after(samples.time, begin, end, seen)
        following = np.where(after < end, samples.time[np.minimum(after, len(samples.time) - 1)], FAR)
        found = following.copy()
        if len(plan.offsets):
            heard = after > begin
            newest = samples.time[np.where(heard, after - 1, 0)]
            for offset in plan.offsets[:, link]:
                due = newest + offset
                comes = heard & (offset < FAR) & (due > seen) & (due < following)
                np.minimum(found, np.where(comes, due, FAR), out=found)
        out: Int64s = np.minimum.reduceat(found, np.cumsum(count) - count)
        if plan.timetable is not None:
            heard_ms = self.heard_ms(rows)
            heard = heard_ms < FAR
            edge = plan.timetable.next_edge_ms(np.where(heard, np.maximum(states.cursor[rows], heard_ms), 0))
            out = np.where(heard, np.minimum(out, edge), out)
        if plan.timed:
            state, since = states.state[rows], states.since[rows]
            out = np.where(state == PENDING, np.minimum(out, since + plan.for_ms[rows]), out)
            held = held_until(plan, states, rows)
            out = np.where((state == FIRING) & (held > states.cursor[rows]), np.minimum(out, held), out)
        return out
