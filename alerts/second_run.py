"""A run over readings in order, by an engine that has seen nothing: what it says of them."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from alerts.alert_events import Stamp
from alerts.in_force import InForce
from alerts.open_alert import OpenAlert
from alerts.plan import FAR
from alerts.standing import Name
from city.alert import AlertEvent, AlertState
from city.entry import BatchEntry
from city.reading import Int64s, ReadingBatch


class Scratch(Protocol):
    """An engine that has seen nothing, and for which no reading is late."""

    def step(self, entry: BatchEntry) -> list[AlertEvent]:
        """Takes the readings."""
        ...

    def open_alerts(self) -> list[OpenAlert]:
        """What stands at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Episode:
    """An alert as a run over the readings saw it: its events from firing on, the last of which resolves it or not."""

    events: tuple[AlertEvent, ...]

    @property
    def raised_ms(self) -> int:
        """When it began."""
        return self.events[0].raised_ms

    @property
    def resolved_ms(self) -> int:
        """When it ended, `FAR` where it did not."""
        last = self.events[-1]
        return last.at_ms if last.to_state is AlertState.RESOLVED else FAR


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run: episodes, what stands open at its end, and where its rows stand."""

    episodes: dict[Name, list[Episode]]
    open: dict[Name, OpenAlert]
    in_force: InForce

    def only(self, names: frozenset[Name]) -> "Run":
        """What it says of those alerts."""
        episodes = {name: found for name, found in self.episodes.items() if name in names}
        return Run(episodes, {name: alert for name, alert in self.open.items() if name in names}, self.in_force)


def run_over(
    scratch: tuple[Scratch, InForce], readings: ReadingBatch, in_force: InForce, series: Int64s, stamp: Stamp
) -> Run:
    """Over readings in order, each of which arrived at its time; the newest when it did: there the clock goes on."""
    engine, own = scratch
    arrived = readings.time.copy()
    for view in in_force.views.values():
        newest = readings.time == view.newest[readings.series]
        arrived[newest] = np.maximum(arrived[newest], view.arrived[readings.series][newest])
    place = np.searchsorted(series, readings.series).astype(np.int32)
    batch = ReadingBatch(place, readings.time, readings.value, readings.quality)
    found = engine.step(BatchEntry(stamp.position, stamp.clock_ms, batch, arrived=arrived))
    episodes: dict[Name, dict[int, list[AlertEvent]]] = {}
    for event in found:
        if event.to_state in {AlertState.FIRING, AlertState.RESOLVED}:
            episodes.setdefault((event.rule, event.subject), {}).setdefault(event.raised_ms, []).append(event)
    return Run(
        {name: [Episode(tuple(events)) for events in mine.values()] for name, mine in episodes.items()},
        {(alert.rule, alert.subject): alert for alert in engine.open_alerts()},
        own,
    )
