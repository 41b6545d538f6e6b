"""How far back a pass over late readings needs to know what came before them."""

from typing import Final

import numpy as np

from alerts.group_plan import reach_ms as group_reach_ms
from alerts.group_unit import GroupUnit
from alerts.in_force import InForce
from alerts.lasting import lasting_ms
from alerts.plan import reach_ms
from alerts.window import first_after
from city.reading import Int64s

STANDING_MS: Final = 6 * 3_600_000  # what a gauge said before that is no news to a group; silence is told otherwise


def context_ms(in_force: InForce) -> Int64s:
    """int64[series], how far back of a reading what rules say of it may depend on: windows, and what is pending."""
    out = np.zeros(len(in_force.catalog.sensors), np.int64)
    for unit in in_force.units:
        if not unit.plan.silence:
            np.maximum.at(out, unit.plan.series, reach_ms(unit.plan) + lasting_ms(unit.plan) + 1)
    for group in in_force.groups:
        of = group.plan
        each = group_reach_ms(of) + lasting_ms(of) + 1
        np.maximum.at(out, of.link, np.repeat(each, np.diff(of.first_link)))
    return out


def with_standing(start: Int64s, series: Int64s, group: GroupUnit) -> Int64s:
    """int64[k]: from when on readings are needed so that a group knows what each series stood at: `last()` is of any
    age. What its windows no longer hold is looked for in the hours before.
    """
    samples = group.view.samples
    begin = samples.begin[series]
    place = first_after(samples.time, begin, samples.end[series], start) - 1
    known = place >= begin
    stood = np.where(known, samples.time[np.where(known, place, 0)], start - STANDING_MS)
    return np.where(np.isin(series, group.plan.link), np.minimum(start, stood), start)
