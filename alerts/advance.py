"""What moves the rows of an engine: readings that come, and time that passes. Gives the changes that this brings."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from alerts.alert_events import Stamp, events_of
from alerts.forward_pass import forward_pass
from alerts.group_events import group_events_of
from alerts.group_pass import group_pass
from alerts.in_force import InForce
from alerts.plan import FAR
from alerts.timers import fire_due
from alerts.zone_silence import ZoneSilence
from city.alert import AlertEvent
from city.reading import Int64s, ReadingBatch

_AT_ONCE: Final = 32_768  # readings taken in together: enough for NumPy, few enough to stay in the processor's cache


def take(
    in_force: InForce, zones: ZoneSilence, batch: ReadingBatch, arrived: Int64s, stamp: Stamp, *, caught_up: bool
) -> Iterator[AlertEvent]:
    """Readings: every view takes in what it sees of them, and its plans go through that.

    arrived: int64[readings], ms
    """
    if (batch.time[1:] < batch.time[:-1]).any():  # the journal's are in order; history may be handed over as it is
        order = np.argsort(batch.time, kind="stable")
        batch, arrived = batch.take(order), arrived[order]
    yield from zones.hear(batch, arrived, in_force.never_heard, stamp, caught_up=caught_up)
    for begin in range(0, len(batch), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        yield from _take_in(in_force, batch.take(part), arrived[part], stamp)
        if in_force.groups and caught_up and part.stop < len(batch):
            # What is behind the next reading is all there: so a long history is not held as a whole.
            yield from _pass_groups(in_force, stamp, before_ms=int(batch.time[part.stop]))


def pass_time(in_force: InForce, zones: ZoneSilence, stamp: Stamp) -> Iterator[AlertEvent]:
    """Sees to every timer that engine time has reached."""
    yield from zones.pass_time(in_force.never_heard, stamp)
    for unit in in_force.units:
        for changes in fire_due(unit, in_force, stamp.clock_ms):
            yield from events_of(unit, changes, in_force.catalog, stamp)
    if in_force.groups:
        yield from _pass_groups(in_force, stamp)


def _take_in(in_force: InForce, piece: ReadingBatch, arrived: Int64s, stamp: Stamp) -> Iterator[AlertEvent]:
    for view in in_force.views.values():
        arrivals = view.take(piece, arrived)
        if arrivals is None:
            continue
        for unit in in_force.units_of(view):
            changes = forward_pass(unit, in_force, arrivals)
            if changes is not None:
                yield from events_of(unit, changes, in_force.catalog, stamp)
        for group in in_force.groups_of(view):
            group.hear(arrivals)


def _pass_groups(in_force: InForce, stamp: Stamp, before_ms: int = FAR) -> Iterator[AlertEvent]:
    """Takes what goes across series along to where the clock has brought it, before the event time `before_ms`."""
    for group in in_force.groups:
        for found in group_pass(group, stamp.clock_ms, before_ms):
            yield from group_events_of(group, found, in_force.catalog, stamp)
    in_force.keep_samples()
