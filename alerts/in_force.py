"""What is in force: a catalog and its rules as plans, what these see of the readings, and where their rows stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from alerts.engine_state import INACTIVE, RowStates
from alerts.group_plan import make_group_plans
from alerts.group_plan import reach_ms as group_reach_ms
from alerts.group_unit import GroupUnit
from alerts.plan import FAR, NEVER, Plan, make_plans, reach_ms
from alerts.severity import Severities, severities_of, severity_now
from alerts.view import View
from city.catalog import Catalog
from city.reading import Bools, Int64s
from city.rule import QualityView, Rule


@dataclass(slots=True, eq=False)
class Unit:
    """A plan at work: the view of the readings that it has, and where its rows stand.

    severities: how far its alerts have climbed; None where its rules name no severities
    due_ms: no timer of its rows fires before this clock time
    soonest_ms: how long after a reading a row at rest can have a timer at the earliest, `FAR` where none has one
    waits: bool[rows], which wait for their windows to be filled and look at nothing until then; None: none does
    """

    plan: Plan
    view: View
    states: RowStates
    severities: Severities | None = field(init=False)
    due_ms: int = field(init=False, default=NEVER)
    soonest_ms: int = field(init=False)
    waits: Bools | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.soonest_ms = int(self.plan.soonest.min(initial=FAR))
        self.severities = severities_of(self.plan)

    def open_rows(self) -> Int64s:
        """int64[k]: the rows that are pending or firing, ascending."""
        return np.flatnonzero(self.states.state != INACTIVE)

    def look_again(self) -> None:
        """Any timer of its rows may be due."""
        self.due_ms = NEVER

    def severity_of(self, rows: Int64s) -> Int64s:
        """int64[rows]: the severity that each has now."""
        return severity_now(self.plan, self.severities, rows)

    def alert_of(self, row: int) -> tuple[str, Rule, int]:
        """The id under which a row's alerts go, its rule and its series."""
        rule = int(self.plan.rule[row])
        return self.plan.alert(rule), self.plan.rules[rule], int(self.plan.series[row])


class InForce:
    """A catalog and its rules, with fresh states.

    views: by quality, those that rules have; units, groups: every plan of series and across series that has rows
    delay_ms: int64[series], how long a reading may take to arrive
    never_heard: int64[series], from when silence counts where nothing was ever heard, ms; `NEVER`: not yet known
    fill_until_ms: no row waits for its windows past this clock time
    fill_position: a store that has the journal up to there has what windows lack
    """

    def __init__(self, catalog: Catalog, rules: Sequence[Rule], replay_from_ms: int | None) -> None:
        """`replay_from_ms`: in a replay, from when the silence of every sensor counts that was never heard."""
        self.catalog = catalog
        self.rules = tuple(rules)
        self.replay_from_ms = replay_from_ms
        plans = make_plans(self.rules, catalog)
        count = len(catalog.sensors)
        across = make_group_plans(self.rules, catalog)
        qualities = {*(plan.view for plan in plans), *(group.view for group in across)}
        reach = {quality: np.full(count, -1, np.int64) for quality in qualities}
        for plan in plans:
            np.maximum.at(reach[plan.view], plan.series, reach_ms(plan))
        for group in across:
            np.maximum.at(reach[group.view], group.link, max(1, group_reach_ms(group)))
        # Without a resolution only equal values are the same value.
        resolution = np.array([sensor.resolution or 0.0 for sensor in catalog.sensors])
        self.views = {quality: View(quality, reach[quality], resolution) for quality in QualityView if quality in reach}
        self.units = [
            Unit(plan, self.views[plan.view], RowStates.fresh(len(plan), plan.flaps)) for plan in plans if len(plan)
        ]
        self.groups = [
            GroupUnit(plan, self.views[plan.view], RowStates.fresh(len(plan), plan.flaps)) for plan in across
        ]
        self.keep_samples()
        self.delay_ms: Int64s = np.array([sensor.delay_ms for sensor in catalog.sensors], np.int64)
        registered = [sensor.registered_ms or NEVER for sensor in catalog.sensors]
        self.never_heard: Int64s = np.array(registered, np.int64)
        if replay_from_ms is not None:
            self.never_heard[:] = replay_from_ms
        self.fill_until_ms = NEVER
        self.fill_position = 0
        self._unseen = bool((self.never_heard == NEVER).any())

    def all_units(self) -> Iterator[Unit | GroupUnit]:
        """Of series, then across them."""
        yield from self.units
        yield from self.groups

    def units_of(self, view: View) -> Iterator[Unit]:
        """Those that have the view."""
        return (unit for unit in self.units if unit.view is view)

    def groups_of(self, view: View) -> Iterator[GroupUnit]:
        """Those that have the view."""
        return (group for group in self.groups if group.view is view)

    def due_ms(self) -> int:
        """No timer of any row fires before this clock time."""
        of_series = min((unit.due_ms for unit in self.units), default=FAR)
        return min([of_series, *(group.due_ms for group in self.groups)])

    def look_again(self) -> None:
        """Any timer may be due: rows are to be looked at whatever was known of them."""
        for unit in self.all_units():
            unit.look_again()

    def keep_samples(self) -> None:
        """What groups have yet to come to stays in the views."""
        for group in self.groups:
            group.view.samples.awaited = np.full(len(self.catalog.sensors), FAR, np.int64)
        for group in self.groups:
            group.keep_samples()

    def begin(self, clock_ms: int) -> None:
        """The first sight of a sensor without a date of registration: from now on its silence counts."""
        if self._unseen:
            self.never_heard[self.never_heard == NEVER] = clock_ms
            self._unseen = False
