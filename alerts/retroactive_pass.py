"""The retroactive pass: series that late readings touched are evaluated again, by the same engine, in order.

Two engines that have seen nothing run over the same readings, one without the late ones and one with them: what
differs is what these say. It may open alerts, and tell of those that were told that they began earlier; it clears
nothing.

- An alert that is over again is told as a fact, with both its events; one that begins before what was told of it, live
  or by an earlier pass, is told up to where that begins. Live and retroactive together are as long as the readings say.
- One that still fires at the end goes on as a live one, dated 1 ms after its row's newest change at the earliest; what
  is still pending goes on as pending, from then.
- Windows hold the late readings from then on.

Rules across series have runs of their own, and only groups count of which every series is there. Alerts of silence are
no part of it: what comes late does not say that anybody was heard.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alerts.alert_events import Stamp
from alerts.behind import Behind
from alerts.difference import Difference, Found
from alerts.expression import goes_across
from alerts.fired import Fired
from alerts.in_force import InForce
from alerts.late_windows import into_windows
from alerts.plan import FAR, conditions_of
from alerts.second_run import Run, Scratch, run_over
from alerts.standing import Name
from alerts.unseen import Unseen
from city.catalog import Catalog
from city.entry import RetroactiveEntry
from city.reading import Int64s, ReadingBatch
from city.rule import Rule

MakeScratch = Callable[[Catalog, Sequence[Rule]], tuple[Scratch, InForce]]


def retroactive_pass(
    in_force: InForce, unseen: Unseen, fired: Fired, entry: RetroactiveEntry, scratch: MakeScratch, stamp: Stamp
) -> Found:
    """Everything of one entry."""
    series = entry.series.astype(np.int64)
    readings = _in_order([entry.batch, unseen.kept(series)])
    found = Found([], [])
    if len(readings):
        late = unseen.late(readings)
        own = series[unseen.oldest[series] < FAR]  # the others are there for their groups
        alone = _SecondLook.of(in_force, own, scratch, stamp, across=False)
        mine = np.isin(readings.series, own)
        runs = [([alone.run(readings.take(mine & ~late))], alone.run(readings.take(mine)))]
        groups = _whole_groups(in_force, series)
        if groups:
            together = _SecondLook.of(in_force, series, scratch, stamp, across=True)
            behind = unseen.behind.among(series)
            without = [together.run(readings.take(~late), behind)]
            if len(behind):  # else the run that never hears of them is the same
                unheard = late | unseen.behind.holds(readings.series.astype(np.int64), readings.time)
                without.append(together.run(readings.take(~unheard), behind))
            runs.append(([run.only(groups) for run in without], together.run(readings).only(groups)))
        for without, within in runs:
            part = Difference(in_force, fired, without, within, readings, stamp).found()
            found = Found(found.going_on + part.going_on, found.over + part.over)
        into_windows(in_force, series, readings)
    unseen.passed(series, entry.from_ms, in_force, stamp.clock_ms)
    return found


@dataclass(frozen=True, slots=True)
class _SecondLook:
    """What runs over readings of the same series have in common: rules of series alone, or those across series."""

    in_force: InForce
    series: Int64s
    scratch: MakeScratch
    stamp: Stamp
    catalog: Catalog
    rules: Sequence[Rule]

    @classmethod
    def of(
        cls, in_force: InForce, series: Int64s, scratch: MakeScratch, stamp: Stamp, *, across: bool
    ) -> "_SecondLook":
        """Of the rules that may look at these series."""
        return cls(in_force, series, scratch, stamp, *_only(in_force, series, across=across))

    def run(self, readings: ReadingBatch, passed_over: Behind | None = None) -> Run:
        """Over these. passed_over: to groups these are no moments."""
        engine, own = self.scratch(self.catalog, self.rules)
        for group in own.groups:
            group.passed_over = passed_over
        return run_over((engine, own), readings, self.in_force, self.series, self.stamp)


def _in_order(parts: Sequence[ReadingBatch]) -> ReadingBatch:
    """By time; of equal times the first stands first, and counts."""
    readings = ReadingBatch.concat(list(parts))
    return readings.take(np.argsort(readings.time, kind="stable"))


def _only(in_force: InForce, series: Int64s, *, across: bool) -> tuple[Catalog, list[Rule]]:
    """A catalog of these series alone, and the rules that may look at them: none is of silence, none inhibits, and
    none is ever late.

    across: those that go across series, else those of series alone
    """
    sensors = tuple(in_force.catalog.sensors[k] for k in series.tolist())
    quantities = {sensor.quantity.id for sensor in sensors}
    rules = [
        replace(rule, no_data_ms=None, inhibits=(), act_within_ms=FAR)
        for rule in in_force.rules
        if rule.select.quantity in quantities
        and any(goes_across(condition) for condition in conditions_of(rule)) is across
    ]
    return replace(in_force.catalog, sensors=sensors, files={}), rules


def _whole_groups(in_force: InForce, series: Int64s) -> frozenset[Name]:
    """The alerts across series that look at these series and at no others."""
    found = []
    for group in in_force.groups:
        there = np.logical_and.reduceat(np.isin(group.plan.link, series), group.plan.first_link[:-1])
        for row in np.flatnonzero(there).tolist():
            alert, _, subject = group.alert_of(row)
            found.append((alert, subject))
    return frozenset(found)
