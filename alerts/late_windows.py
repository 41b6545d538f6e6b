"""Late readings come into windows: what views keep is from then on what they would keep had all come in order."""

import numpy as np

from alerts.engine_state import FIRING
from alerts.group_unit import GroupUnit
from alerts.in_force import InForce, Unit
from alerts.plan import FAR, NEVER
from alerts.standing import Standing
from alerts.view import View
from alerts.window import KEPT, spans
from city.reading import Int64s, ReadingBatch


def into_windows(in_force: InForce, series: Int64s, readings: ReadingBatch) -> None:
    """Of these series; the peaks of what fires are brought up to them."""
    for view in in_force.views.values():
        mine = series[(view.reach_ms[series] >= 0) & (view.newest[series] != NEVER)]
        if mine.size:
            _merge(view, mine, readings)
    for unit in in_force.units:
        if not unit.plan.silence:
            _raise_peaks(unit, series, readings)
    for group in in_force.groups:
        _raise_peaks(group, series, readings)


def _merge(view: View, series: Int64s, readings: ReadingBatch) -> None:
    samples = view.samples
    begin, length = samples.begin[series], samples.end[series] - samples.begin[series]
    held = spans(begin, length)
    seen = np.isin(readings.series, series) & ~view.hides(readings.quality)
    seen &= readings.time <= view.newest[readings.series]
    of = np.concatenate([np.repeat(series, length), readings.series[seen]])
    time = np.concatenate([samples.time[held], readings.time[seen]])
    order = np.lexsort((time, of))  # stable: of equal times what is there stays
    of, time = of[order], time[order]
    value = np.concatenate([samples.value[held], readings.value[seen]])[order]
    quality = np.concatenate([samples.quality[held], readings.quality[seen]])[order]
    stays = np.append(True, (of[1:] != of[:-1]) | (time[1:] != time[:-1]))
    reached = (time > view.newest[of] - view.reach_ms[of] - 2) | (time == view.newest[of])
    awaited = np.zeros(len(view.newest), np.bool_)
    if samples.awaited is not None:  # groups have yet to come to some of what is there
        awaited = samples.awaited < FAR
        reached |= awaited[of] & (time >= np.where(length > 0, samples.time[begin], FAR)[np.searchsorted(series, of)])
    stays &= reached
    of, time, value, quality = of[stays], time[stays], value[stays], quality[stays]
    count = np.searchsorted(of, series, side="right") - np.searchsorted(of, series)
    length = np.where(awaited[series], count, np.minimum(count, KEPT))
    kept = spans(np.cumsum(count) - length, length)
    samples.replace(series, length, time[kept], value[kept], quality[kept])


def _raise_peaks(unit: Unit | GroupUnit, series: Int64s, readings: ReadingBatch) -> None:
    """The peak of what fires is the greatest of all readings since then."""
    states = unit.states
    rows = unit.open_rows()
    for row in rows[states.state[rows] == FIRING].tolist():
        own = Standing(unit, row).own
        if not np.isin(own, series).any():
            continue
        mine = np.isin(readings.series, own) & (readings.time >= states.since[row])
        mine &= ~unit.view.hides(readings.quality)
        states.peak[row] = max(states.peak[row], readings.value[mine].max(initial=-np.inf))
