"""Severity that climbs and falls while an alert fires.

A rule may name severities, each with a condition. While its alert fires, its severity is the highest of those whose
condition is true; where none is, the lowest that is named. A condition that is unknown stands as it was, and before it
was ever known in this alert it is false.

It is looked at when the alert fires, and then at the row's moments: readings, windows that empty, thresholds of age(),
edges of a schedule. A change is an event of its own, dated at its moment; where that is not after the alert's last
event it waits for the next moment. So it never moves the date of what fires or resolves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from alerts.engine_state import FIRING, PENDING, Changes, RowStates
from alerts.flapping import FlapStates
from alerts.lasting import Lasting
from alerts.turns import Turns
from alerts.walk import Walk
from city.reading import Bools, Int64s, UInt8s

_UNKNOWN: Final = 0


class Grave(Protocol):
    """One of a plan's severities that have a condition."""

    @property
    def severity(self) -> int:
        """1 to 5."""
        ...


class Climbing(Lasting, Protocol):
    """A plan's severities."""

    @property
    def severity(self) -> Int64s:
        """int64[rows]: what each has at least."""
        ...

    @property
    def levels(self) -> Sequence[Grave]:
        """Those with a condition, ascending."""
        ...


@dataclass(slots=True, eq=False)
class Severities:
    """Columns over the rows of a plan whose rules name severities; 0 for rows that do not fire.

    told: uint8, the severity that was told last
    truths: uint8, bit s is set where the condition of severity s was true when it was known last
    """

    told: UInt8s
    truths: UInt8s

    @classmethod
    def fresh(cls, rows: int) -> "Severities":
        """Nothing fires."""
        return cls(np.zeros(rows, np.uint8), np.zeros(rows, np.uint8))

    def forget(self, rows: Int64s) -> None:
        """These rows fire no longer."""
        self.told[rows] = self.truths[rows] = 0


def severities_of(plan: Climbing) -> Severities | None:
    """Those of a plan's rows, of which none fires; None where its rules name none."""
    return Severities.fresh(len(plan.severity)) if plan.levels else None


def severity_now(plan: Climbing, severities: Severities | None, rows: Int64s) -> Int64s:
    """int64[rows]: the severity that each has; of a row that does not fire, the one it would have at least."""
    own = plan.severity[rows]
    return own if severities is None else np.maximum(own, severities.told[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Climbs:
    """What severity does along a walk.

    turns: int64[turns], the severity of each turn; changes: those of severity, after which the rows still fire
    """

    turns: Int64s
    changes: Changes


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Where severity is looked at, ordered by slot, then time.

    key: int64[n], twice the pair, and one more where it is the pair's own moment and not a timer just before it
    begins: whether the alert fires there; may_tell: whether a change may be dated there; of: the turn it stands after,
    −1 for none in this walk
    """

    key: Int64s
    slot: Int64s
    begins: Bools
    may_tell: Bools
    of: Int64s


def climb(plan: Climbing, severities: Severities, walk: Walk, turns: Turns, states: RowStates) -> Climbs:
    """Before the turns are settled in `states`; brings `severities` up to the end of the walk."""
    due = _timers(plan, walk, turns, states)
    points = _points(walk, turns, states, due)
    level, truths = _levels(plan, severities, walk, turns, points, due)
    tell = np.flatnonzero(points.may_tell)
    slot, told = points.slot[tell], level[tell]
    row = walk.rows[slot]
    opening = np.ones(len(tell), np.bool_)
    opening[1:] = slot[1:] != slot[:-1]
    before = np.where(opening, severities.told[row], np.roll(told, 1))
    changed = np.flatnonzero(~points.begins[tell] & (told != before))
    changes = _changes(walk, turns, states, points, tell[changed], told[changed])
    severity = _of_turns(plan, severities, walk, turns, points, level)
    _keep(severities, walk, turns, states, points, level, truths)
    return Climbs(severity, changes)


def with_climbs(changes: Changes, climbs: Climbs, states: RowStates) -> Changes:
    """Settled changes of a walk and those of severity, which count among the dates of their rows."""
    more = climbs.changes
    np.maximum.at(states.last, more.row, more.at)
    assert more.severity is not None
    flapping = None
    if more.flapping is not None:
        before = np.zeros(len(changes), np.bool_) if changes.flapping is None else changes.flapping
        flapping = np.concatenate([before, more.flapping])
    return Changes(
        np.concatenate([changes.row, more.row]),
        np.concatenate([changes.before, more.before]),
        np.concatenate([changes.after, more.after]),
        np.concatenate([changes.at, more.at]),
        np.concatenate([changes.raised, more.raised]),
        np.concatenate([changes.newest, more.newest]),
        np.concatenate([changes.peak, more.peak]),
        np.concatenate([climbs.turns, more.severity]),
        flapping,
    )


def _timers(plan: Climbing, walk: Walk, turns: Turns, states: RowStates) -> Int64s:
    """int64[turns]: of what fires at a timer between two moments, when that is; −1 of every other turn."""
    due = np.full(len(turns.slot), -1, np.int64)
    if not plan.timed:
        return due
    row = walk.rows[turns.slot]
    since = states.since[row].copy()
    same = turns.slot[1:] == turns.slot[:-1]
    since[1:][same] = turns.at[:-1][same]
    then = since + plan.for_ms[row]
    timer = (turns.before == PENDING) & (turns.after == FIRING)
    timer[timer] = then[timer] != walk.time[turns.pair[timer]]
    due[timer] = then[timer]
    return due


def _points(walk: Walk, turns: Turns, states: RowStates, due: Int64s) -> _Points:
    pair = np.arange(len(walk.time))
    slot = np.repeat(np.arange(len(walk.rows)), np.diff(walk.start))
    of = np.searchsorted(turns.pair, pair, side="right") - 1
    of[(of >= 0) & (np.append(turns.slot, -1)[of] != slot)] = -1
    row = walk.rows[slot]
    after = np.append(turns.after, 0)[of]
    firing = np.where(of >= 0, after == FIRING, states.state[row] == FIRING)
    begins = firing & (of >= 0) & (np.append(turns.pair, -1)[of] == pair) & (np.append(due, -1)[of] < 0)
    last = np.where(of >= 0, np.append(turns.at, 0)[of], states.last[row])
    chosen = np.flatnonzero(firing & (walk.looks | begins))
    timer = np.flatnonzero(due >= 0)
    true = np.ones(len(timer), np.bool_)
    key = np.concatenate([2 * chosen + 1, 2 * turns.pair[timer]])
    order = np.argsort(key, kind="stable")
    return _Points(
        key=key[order],
        slot=np.concatenate([slot[chosen], turns.slot[timer]])[order],
        begins=np.concatenate([begins[chosen], true])[order],
        may_tell=np.concatenate([begins[chosen] | (walk.time[chosen] > last[chosen]), true])[order],
        of=np.concatenate([of[chosen], timer])[order],
    )


def _levels(
    plan: Climbing, severities: Severities, walk: Walk, turns: Turns, points: _Points, due: Int64s
) -> tuple[Int64s, UInt8s]:
    """int64[points]: the severity at each; uint8[points]: which conditions are true, as far as they were known."""
    own = points.key % 2 == 1
    pair = points.key[own] // 2
    turn = points.of[~own]
    row = walk.rows[points.slot]
    says_then = walk.between(row[~own], due[turn], turns.newest[turn])
    index = np.arange(len(row))
    opening = np.ones(len(row), np.bool_)
    opening[1:] = points.slot[1:] != points.slot[:-1]
    before = np.where(points.begins, np.uint8(0), severities.truths[row])
    level = plan.severity[row]  # the lowest that is named
    truths = np.zeros(len(row), np.uint8)
    for which, each in enumerate(plan.levels):
        known = np.zeros(len(row), np.int8)
        known[own] = _known(*walk.says(which))[pair]
        known[~own] = _known(*says_then(which))
        newest = np.maximum.accumulate(np.where(opening | points.begins | (known != _UNKNOWN), index, 0))
        bit = np.uint8(1 << each.severity)
        true = np.where(known[newest] == _UNKNOWN, before[newest] & bit, known[newest] > 0).astype(np.bool_)
        level = np.where(true, each.severity, level)
        truths |= np.where(true, bit, np.uint8(0))
    return level, truths


def _known(true: Bools, false: Bools) -> NDArray[np.int8]:
    """int8[n]: 1 for true, −1 for false, 0 for unknown."""
    return true.astype(np.int8) - false.astype(np.int8)


def _changes(walk: Walk, turns: Turns, states: RowStates, points: _Points, chosen: Int64s, severity: Int64s) -> Changes:
    row, pair, of = walk.rows[points.slot[chosen]], points.key[chosen] // 2, points.of[chosen]
    firing = np.full(len(chosen), FIRING, np.uint8)
    raised = np.where(of >= 0, np.append(turns.at, 0)[of], states.since[row])
    none = np.full(len(chosen), -np.inf)
    flapping = None if states.flaps is None else _flapping(turns, states.flaps, row, points.slot[chosen], of)
    return Changes(row, firing, firing, walk.time[pair], raised, walk.newest[pair], none, severity, flapping)


def _flapping(turns: Turns, flaps: FlapStates, row: Int64s, slot: Int64s, of: Int64s) -> Bools:
    """bool[n]: whether the rows were flapping after those turns, or before the first of their slot where that is −1."""
    if turns.flapping is None:
        return flaps.flapping[row]
    # What resolves was flapping as what fired before it: the first turn of a row that fires says what it was.
    turn = np.where(of >= 0, of, np.searchsorted(turns.slot, slot))
    there = np.append(turns.slot, -1)[np.minimum(turn, len(turns.slot))] == slot
    found: Bools = np.where(there, np.append(turns.flapping, False)[np.where(there, turn, -1)], flaps.flapping[row])
    return found


def _of_turns(
    plan: Climbing, severities: Severities, walk: Walk, turns: Turns, points: _Points, level: Int64s
) -> Int64s:
    """int64[turns]: what fires has the severity of its point, what resolves the one that was told last."""
    row = walk.rows[turns.slot]
    out = plan.severity[row].copy()
    out[turns.after == FIRING] = level[points.begins]
    ends = np.flatnonzero(turns.before == FIRING)
    tell = np.flatnonzero(points.may_tell)
    found = np.searchsorted(points.key[tell], 2 * turns.pair[ends], side="right") - 1
    place = np.append(tell, -1)[found]
    mine = (found >= 0) & (np.append(points.slot, -1)[place] == turns.slot[ends])
    out[ends] = np.where(mine, np.append(level, 0)[place], severities.told[row[ends]])
    return out


def _keep(
    severities: Severities,
    walk: Walk,
    turns: Turns,
    states: RowStates,
    points: _Points,
    level: Int64s,
    truths: UInt8s,
) -> None:
    fires = states.state[walk.rows] == FIRING
    last = np.append(turns.slot[1:] != turns.slot[:-1], True)[: len(turns.slot)]
    fires[turns.slot[last]] = turns.after[last] == FIRING
    severities.truths[walk.rows[points.slot]] = truths  # of points in order the last one stays
    tell = points.may_tell
    severities.told[walk.rows[points.slot[tell]]] = level[tell]
    severities.forget(walk.rows[~fires])
