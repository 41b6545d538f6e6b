"""New rules or a new catalog: what has the same names goes on, what is gone is closed."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from alerts.alert_events import Stamp, events_of
from alerts.closing import ended, ended_group
from alerts.fill import expect_fill
from alerts.group_events import group_events_of
from alerts.group_unit import GroupUnit
from alerts.in_force import InForce, Unit
from alerts.known import recall, remember
from alerts.plan import NEVER
from alerts.standing import standing
from city.alert import AlertEvent
from city.catalog import Catalog
from city.reading import Int64s
from city.rule import Rule

Name = tuple[str, str, str]  # alert, version and subject


def reload(
    old: InForce, catalog: Catalog, rules: Sequence[Rule], stamp: Stamp, *, heard: bool
) -> tuple[InForce, list[AlertEvent]]:
    """What is in force from now on, and the events that close alerts of rules, versions and sensors that are gone.

    heard: whether there was any reading before
    """
    new = InForce(catalog, rules, old.replay_from_ms)
    versions = {(rule.id, rule.version) for unit in old.units for rule in unit.plan.rules}
    for unit in new.units:
        plan = unit.plan
        fresh = np.array([(rule.id, rule.version) not in versions and not plan.silence for rule in plan.rules])
        rows = fresh[plan.rule]  # what their windows say about the past raises nothing
        unit.states.see_timers(rows, stamp.clock_ms - new.delay_ms[plan.series[rows]])
    recall(remember(old), new)
    for group in new.groups:
        fresh = group.states.cursor == NEVER  # a rule or a subject that was not there before
        group.states.cursor[fresh] = (stamp.clock_ms - group.plan.delay_ms)[fresh]
    new.keep_samples()
    new.begin(stamp.clock_ms)
    expect_fill(old, new, stamp.clock_ms, stamp.position, heard=heard)
    return new, list(_close_gone(old, new, stamp))


def _close_gone(old: InForce, new: InForce, stamp: Stamp) -> Iterator[AlertEvent]:
    """Ends what is no longer there, dated at the entry."""
    still = {name for unit in new.units for name in _open(unit, new.catalog)}
    still |= {name for group in new.groups for name in _open_groups(group)}

    def gone(open_rows: Mapping[Name, int]) -> Int64s:
        return np.array([row for name, row in open_rows.items() if name not in still], np.int64)

    events: list[AlertEvent] = []
    for unit in old.units:
        rows = gone(_open(unit, old.catalog))
        if rows.size:
            events += events_of(unit, ended(unit, rows, stamp.clock_ms), old.catalog, stamp)
    for group in old.groups:
        rows = gone(_open_groups(group))
        if rows.size:
            events += group_events_of(group, ended_group(group, rows, stamp.clock_ms), old.catalog, stamp)
    for event in events:
        _date_on(new, event.rule, event.subject, event.at_ms)
    yield from events


def _open(unit: Unit, catalog: Catalog) -> dict[Name, int]:
    """The row of each that is pending or firing."""
    named = ((row, unit.alert_of(row)) for row in unit.open_rows().tolist())
    return {(alert, rule.version, str(catalog.sensors[series].key)): row for row, (alert, rule, series) in named}


def _open_groups(unit: GroupUnit) -> dict[Name, int]:
    named = ((row, unit.alert_of(row)) for row in unit.open_rows().tolist())
    return {(alert, rule.version, subject): row for row, (alert, rule, subject) in named}


def _date_on(new: InForce, alert: str, subject: str, at_ms: int) -> None:
    """What the new version of a closed alert does is dated after the closing, as with any change of one alert."""
    found = standing(new, (alert, subject))
    if found is not None:
        found.unit.states.last[found.row] = at_ms
