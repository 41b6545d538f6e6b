"""The reading that a subject across series rests on: the newest of its own."""

from dataclasses import dataclass, replace

import numpy as np

from alerts.engine_state import Changes
from alerts.group_unit import GroupUnit
from alerts.window import first_after, spans
from city.reading import Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Newest:
    """place: int64[n], of a sample, −1 where there is none; series: int64[n], the one whose it is."""

    place: Int64s
    series: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class GroupChanges:
    """Changes of rows across series. rests: int64[n], the series whose sample `changes.newest` is."""

    changes: Changes
    rests: Int64s


def resting(unit: GroupUnit, changes: Changes, time: Int64s) -> GroupChanges:
    """With the reading that each change rests on: the newest at that time (int64[n], ms)."""
    rests = newest_of(unit, changes.row, time)
    return GroupChanges(replace(changes, newest=rests.place), rests.series)


def newest_of(unit: GroupUnit, rows: Int64s, time: Int64s) -> Newest:
    """Of each row the newest reading at or before `time` (int64[n], ms): of a group's members, or of its own series.

    Of several at the same time, that of the first series by name.
    """
    if not rows.size:
        return Newest(rows, rows)
    plan, samples = unit.plan, unit.view.samples
    count = np.diff(plan.first_link)[rows]
    link = spans(plan.first_link[rows], count)
    series = plan.link[link]
    begin = samples.begin[series]
    place = first_after(samples.time, begin, samples.end[series], np.repeat(time, count)) - 1
    known = (place >= begin) & plan.counts[link]
    then = np.where(known, samples.time[np.where(known, place, 0)], -1)
    first = np.cumsum(count) - count
    newest = np.repeat(np.maximum.reduceat(then, first), count)
    which = np.minimum.reduceat(np.where(known & (then == newest), np.arange(len(link)), len(link)), first)
    some = which < len(link)
    at = np.minimum(which, len(link) - 1)
    return Newest(np.where(some, place[at], -1), series[at])
