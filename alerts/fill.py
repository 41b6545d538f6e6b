"""Window fill: what rules that are new look back at is read from the store, and raises nothing.

The engine says what it lacks; whoever runs it reads that and writes it to the journal, so that events stay a function
of the journal alone. Until then a new rule's rows look at nothing: what a window that is only half there says is not
what the rule says. They wait for a minute of the journal's time at most: a store that is away keeps no rule from
working, and its readings come into the windows whenever they come. A group waits until all that it looks at is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.group_unit import GroupUnit
from alerts.in_force import InForce, Unit
from alerts.plan import FAR, NEVER, reach_ms
from alerts.view import View
from alerts.window import KEPT, spans
from city.catalog import Catalog
from city.entry import FillEntry
from city.reading import Bools, Int64s, Quality, ReadingBatch, SeriesKey
from city.rule import QualityView

# Reading some hundred thousand rows takes a store seconds; after a minute it is away, and rules must work without it.
FILL_WITHIN_MS: Final = 60_000
# Of a series never heard the newest reading is looked for so far before its windows: who has been silent for longer is
# taken as not yet heard.
SILENT_AT_MOST_MS: Final = 86_400_000
AHEAD_AT_MOST_MS: Final = 86_400_000  # no reading lies further in the future; a store need not know greater times
SERIES_AT_ONCE: Final = 64  # in one entry: with the longest windows 500,000 readings, 11 MB; as a rule a tenth


@dataclass(frozen=True, slots=True, eq=False)
class FillWanted:
    """What is to be read from a store that has the journal up to `position`.

    series: int64[k], indices in the catalog, ascending
    start_ms, end_ms: int64[k], of each the readings with start ≤ time < end, of which the newest `KEPT` do
    """

    catalog: Catalog
    series: Int64s
    start_ms: Int64s
    end_ms: Int64s
    position: int


def expect_fill(old: InForce, new: InForce, clock_ms: int, position: int, *, heard: bool) -> None:
    """After a reload: notes which windows lack their past, and which rows wait for it.

    Rows of rules, versions and series that were in force go on with what they have. Where nothing was `heard` yet the
    city is as new as its rules: they lack no past, and its first readings may be a flood.
    """
    now_at = np.array([new.catalog.index.get(sensor.key, -1) for sensor in old.catalog.sensors], np.int64)
    for quality, view in new.views.items():
        reached = np.full(len(view.reach_ms), -1, np.int64)
        if quality in old.views:
            reached[now_at[now_at >= 0]] = old.views[quality].reach_ms[now_at >= 0]
        view.unfilled |= view.reach_ms > reached
    stood = {
        (unit.plan.alert(k), rule.version): now_at[unit.plan.series[unit.plan.rule == k]]
        for unit in old.units
        for k, rule in enumerate(unit.plan.rules)
    }
    for unit in new.units:
        waits = _looks_back(unit)
        for k, rule in enumerate(unit.plan.rules):
            same = stood.get((unit.plan.alert(k), rule.version))
            if same is not None:
                waits &= (unit.plan.rule != k) | ~np.isin(unit.plan.series, same)
        if heard:
            _let_wait(unit, waits, new, clock_ms)
    if heard:
        whole = {name: members for group in old.groups for name, members in _whole(group, old.catalog)}
        for group in new.groups:
            stands = [whole.get(name) == members for name, members in _whole(group, new.catalog)]
            _let_wait(group, group.lacking() & ~np.array(stands, np.bool_), new, clock_ms)
    if any(view.unfilled.any() for view in new.views.values()):
        new.fill_position = position


def _let_wait(unit: Unit | GroupUnit, waits: Bools, in_force: InForce, clock_ms: int) -> None:
    if waits.any():
        unit.waits = waits if unit.waits is None else unit.waits | waits
        in_force.fill_until_ms = clock_ms + FILL_WITHIN_MS


def _whole(group: GroupUnit, catalog: Catalog) -> Iterator[tuple[tuple[str, str, str], frozenset[SeriesKey]]]:
    """Alert, version and subject of each row, and the series that it looks at."""
    for name, link in zip(group.names(), np.split(group.plan.link, group.plan.first_link[1:-1]), strict=True):
        yield name, frozenset(catalog.sensors[one].key for one in link.tolist())


def _looks_back(unit: Unit) -> Bools:
    """bool[rows]: whether a row would now be judged by what is not there yet."""
    series, view = unit.plan.series, unit.view
    if not unit.plan.silence and reach_ms(unit.plan) == 0:
        return np.zeros(len(series), np.bool_)
    lacks: Bools = view.unfilled[series]
    return lacks & (view.newest[series] == NEVER) if unit.plan.silence else lacks


def fill_wanted(in_force: InForce, clock_ms: int) -> FillWanted | None:
    """What is to be read next, None where nothing lacks."""
    unfilled = np.zeros(len(in_force.catalog.sensors), np.bool_)
    for view in in_force.views.values():
        unfilled |= view.unfilled
    series = np.flatnonzero(unfilled)[:SERIES_AT_ONCE]
    if not series.size:
        return None
    start, end = np.full(len(series), FAR, np.int64), np.full(len(series), NEVER, np.int64)
    for view in in_force.views.values():
        mine = view.unfilled[series]
        begin, stop = view.samples.begin[series], view.samples.end[series]
        held = begin < stop
        newest = np.where(held, view.samples.time[np.maximum(stop - 1, 0)], clock_ms - SILENT_AT_MOST_MS)
        oldest = np.where(held, view.samples.time[begin], clock_ms + AHEAD_AT_MOST_MS)
        start = np.where(mine, np.minimum(start, newest - view.reach_ms[series] - 1), start)
        end = np.where(mine, np.maximum(end, oldest), end)
    return FillWanted(in_force.catalog, series, start, end, in_force.fill_position)


def fill(in_force: InForce, entry: FillEntry, clock_ms: int) -> None:
    """Takes in the past: what is older than all that a view has of a series."""
    series = np.unique(entry.series.astype(np.int64))
    for view in in_force.views.values():
        mine = series[view.reach_ms[series] >= 0]
        if mine.size:
            _prepend(view, mine, entry.batch)
            view.unfilled[mine] = False
    for unit in in_force.units:
        if unit.waits is not None:
            _release(unit, in_force, unit.waits & np.isin(unit.plan.series, series), clock_ms)
    for group in in_force.groups:
        if group.waits is not None:
            _release(group, in_force, group.waits & ~group.lacking(), clock_ms)


def fill_due(in_force: InForce, clock_ms: int) -> None:
    """Nobody waits any longer where the time for it is over."""
    if clock_ms >= in_force.fill_until_ms:
        for unit in in_force.all_units():
            if unit.waits is not None:
                _release(unit, in_force, unit.waits, clock_ms)


def _prepend(view: View, series: Int64s, batch: ReadingBatch) -> None:
    """series: int64[k], ascending, all of which the view looks at."""
    samples = view.samples
    begin, length = samples.begin[series], samples.end[series] - samples.begin[series]
    oldest = np.where(length > 0, samples.time[begin], FAR)
    of = np.searchsorted(series, batch.series)
    mine = np.flatnonzero(series[np.minimum(of, len(series) - 1)] == batch.series)
    hidden = Quality.BAD if view.quality is QualityView.GOOD else Quality(0)
    mine = mine[((batch.quality[mine] & np.uint8(hidden)) == 0) & (batch.time[mine] < oldest[of[mine]])]
    mine = mine[np.lexsort((batch.time[mine], of[mine]))]
    first = np.append(True, (of[mine][1:] != of[mine][:-1]) | (batch.time[mine][1:] != batch.time[mine][:-1]))
    mine = mine[first[: len(mine)]]
    if not mine.size:
        return
    count = np.bincount(of[mine], minlength=len(series))
    left_out = np.maximum(count - KEPT, 0)  # no window holds more
    kept = spans(np.cumsum(count) - count + left_out, count - left_out)
    mine, count = mine[kept], count - left_out
    some = np.flatnonzero(count)
    held = spans(begin[some], length[some])
    order = np.argsort(np.concatenate([of[mine], np.repeat(some, length[some])]), kind="stable")
    columns = (
        np.concatenate([batch.time[mine], samples.time[held]])[order],
        np.concatenate([batch.value[mine], samples.value[held]])[order],
        np.concatenate([batch.quality[mine], samples.quality[held]])[order],
    )
    samples.replace(series[some], (count + length)[some], *columns)
    new = some[view.newest[series[some]] == NEVER]
    time = samples.time[samples.end[series[new]] - 1]
    view.newest[series[new]] = time
    view.arrived[series[new]] = time


def _release(unit: Unit | GroupUnit, in_force: InForce, rows: Bools, clock_ms: int) -> None:
    """From now on these rows are judged: at what comes, not at what was. A group has gone along with the clock."""
    assert unit.waits is not None
    if isinstance(unit, Unit) and not unit.plan.silence and rows.any():
        unit.states.see_timers(rows, clock_ms - in_force.delay_ms[unit.plan.series[rows]])
    waits = unit.waits & ~rows
    unit.waits = waits if waits.any() else None
    unit.look_again()
