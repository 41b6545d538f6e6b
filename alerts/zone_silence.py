"""Silence of a whole zone: one alert of the system, under which the sensors' own are not told.

A zone is watched where sensors of at least two devices stand under rules with `no_data`. With d the shortest of these:

- It falls silent when for ¾ d nothing at all was heard of those sensors: so much earlier than any of their own alerts
  that sensors that send by turns are all still waiting, and so late that one missing round of readings is no silence.
  Like any group it waits for its slowest member's delay, and no clock moves it between a start and having caught up.
- It is heard again at a reading newer than that reading's arrival − ¾ d.
- From its date (and the slowest delay, so that the order of deciding does not matter) until d after it was heard again,
  `no_data` alerts of its sensors change state but are not told. Those that fire even then are told then; those that
  resolved before are not told at all. A zone that falls silent once more before then goes on holding them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import msgspec
import numpy as np

from alerts.alert_events import Stamp
from alerts.open_alert import OpenAlert
from alerts.plan import FAR, NEVER
from alerts.suppression import Hold
from alerts.watched_zone import WatchedZone, ZoneState, watched_zones
from city.alert import NO_DATA, ZONE_SILENT, AlertEvent, AlertState, Evidence
from city.catalog import Catalog
from city.decision import Close
from city.reading import Int64s, Quality, ReadingBatch
from city.rule import Rule

_VERSION: Final = "1"  # of the definition above: part of every event
_RESOLVED: Final = (AlertState.FIRING, AlertState.RESOLVED)


class Held(msgspec.Struct, frozen=True):
    """A sensor's alert that fires untold, and the zone under which it is held."""

    zone: str
    event: AlertEvent


class SilenceMemory(msgspec.Struct, frozen=True):
    """All of it, as a snapshot keeps it. `held`: only in those of before there were other suppressors."""

    zones: dict[str, ZoneState] = {}
    held: list[Held] = []


class ZoneSilence:
    """The watched zones of a catalog under its rules; implements `Suppressor`."""

    def __init__(self, catalog: Catalog, rules: Iterable[Rule]) -> None:
        self._catalog = catalog
        self._zones = {zone.name: zone for zone in watched_zones(catalog, rules)}
        self._of: Int64s = np.full(len(catalog.sensors), -1, np.int64)
        for number, zone in enumerate(self._zones.values()):
            self._of[zone.members] = number
        self._zone_of = {str(catalog.sensors[i].key): z for z in self._zones.values() for i in z.members.tolist()}

    def hear(
        self, batch: ReadingBatch, arrived: Int64s, never_heard: Int64s, stamp: Stamp, *, caught_up: bool
    ) -> list[AlertEvent]:
        """Readings in order of time, before anybody else is asked.

        never_heard: int64[series], from when silence counts where nothing was ever heard, ms
        """
        events: list[AlertEvent] = []
        if not self._zones:
            return events
        of = self._of[batch.series]
        of[(batch.quality & np.uint8(Quality.LATE)) != 0] = -1
        # Mostly nothing happens, and telling so takes each zone's newest reading; −1 is the spare place at the end.
        newest = np.full(len(self._zones) + 1, -1, np.int64)
        newest[of] = np.arange(len(batch))
        for number, (zone, place) in enumerate(zip(self._zones.values(), newest.tolist(), strict=False)):
            if place < 0:
                continue
            time_ms, state = int(batch.time[place]), zone.state
            waits = state.newest == NEVER and stamp.clock_ms < state.wait
            if zone.silent or (time_ms - zone.beginning(never_heard) > zone.allowed_ms and not waits):
                mine = np.flatnonzero(of == number)
                events += self._along(zone, zone.beginning(never_heard), batch, mine, arrived[mine], stamp, caught_up)
            if time_ms > state.newest:
                state.newest, state.arrived = time_ms, int(arrived[place])
        return events

    def wait(self, until_ms: int) -> None:
        """Zones never heard may still be told of readings of before (`remind`), and fall silent no sooner than that."""
        for zone in self._zones.values():
            if zone.state.newest == NEVER:
                zone.state.wait = until_ms

    def remind(self, batch: ReadingBatch) -> None:
        """Readings of before."""
        of = self._of[batch.series]
        for number, zone in enumerate(self._zones.values()):
            newest = int(batch.time[of == number].max(initial=NEVER))
            if newest > zone.state.newest and not zone.silent:
                zone.state.newest = zone.state.arrived = newest

    def pass_time(self, never_heard: Int64s, stamp: Stamp) -> list[AlertEvent]:
        """Zones whose silence the clock has reached."""
        silent = [zone for zone in self._zones.values() if zone.due_ms(never_heard) <= stamp.clock_ms]
        return [self._fall_silent(zone, zone.beginning(never_heard), stamp) for zone in silent]

    def due_ms(self, never_heard: Int64s) -> int:
        """The earliest clock time at which a zone falls silent; FAR for never."""
        return min((zone.due_ms(never_heard) for zone in self._zones.values()), default=FAR)

    @property
    def quiet(self) -> bool:
        """No zone is silent, nor was lately."""
        return not any(zone.state.spans for zone in self._zones.values())

    def see(self, events: Sequence[AlertEvent]) -> None:
        """It is asked for its own changes, and knows of them."""

    def hold(self, event: AlertEvent, at_ms: int) -> Hold | None:
        """A sensor's own silence is held under its zone's."""
        zone = self._zone_of.get(event.subject) if event.rule.endswith(NO_DATA) else None
        until_ms = at_ms if zone is None else zone.until_ms(at_ms, begins=at_ms == event.at_ms)
        return Hold(ZONE_SILENT, until_ms) if until_ms > at_ms else None

    def forget(self, before_ms: int) -> None:
        """Silences under which nothing is held any more."""
        for zone in self._zones.values():
            zone.state.spans = [span for span in zone.state.spans if span[1] > before_ms]

    def close(self, decided: Close, stamp: Stamp) -> Iterator[AlertEvent]:
        """Resolves the alert of a zone's silence, if it is meant: the silence lasts, and is not told of again."""
        alert = decided.alert
        zone = self._zones.get(alert.subject) if alert.rule == ZONE_SILENT else None
        if zone is not None and zone.fires and zone.state.since == alert.raised_ms:
            state = zone.state
            state.closed, state.last = True, max(stamp.clock_ms, state.last + 1)
            nothing = Evidence(zone.name, None, None, None, None)
            resolved = _event(zone, _RESOLVED, state.since, state.last, nothing, stamp)
            yield replace(resolved, reason=decided.reason)

    def open_zones(self) -> Iterator[OpenAlert]:
        """The zones whose silence fires."""
        for zone in self._zones.values():
            if zone.fires:
                newest_ms = None if zone.state.newest == NEVER else zone.state.newest
                yield OpenAlert(
                    rule=ZONE_SILENT,
                    version=_VERSION,
                    subject=zone.name,
                    severity=zone.severity,
                    state=AlertState.FIRING,
                    since_ms=zone.state.since,
                    peak=None,
                    time_ms=newest_ms,
                    value=None,
                )

    def remember(self) -> SilenceMemory:
        """All it knows."""
        return SilenceMemory({zone.name: zone.state for zone in self._zones.values()})

    def recall(self, memory: SilenceMemory, stamp: Stamp) -> list[AlertEvent]:
        """Goes on from there. A silent zone that is no longer watched is resolved now."""
        events: list[AlertEvent] = []
        for name, state in memory.zones.items():
            zone = self._zones.get(name)
            if zone is not None:
                self._zones[name] = replace(zone, state=state)
            elif state.since != NEVER:
                gone = WatchedZone(name, 1, np.empty(0, np.int64), 0, 0, state)
                events += self._heard_again(gone, None, stamp.clock_ms, stamp)
        self._zone_of = {key: self._zones[zone.name] for key, zone in self._zone_of.items()}
        return events

    def _along(
        self,
        zone: WatchedZone,
        beginning: int,
        batch: ReadingBatch,
        mine: Int64s,
        arrived: Int64s,
        stamp: Stamp,
        caught_up: bool,  # noqa: FBT001  a private step of `hear`
    ) -> Iterator[AlertEvent]:
        """A zone's readings, from change to change."""
        time = batch.time[mine]
        newest = np.maximum.accumulate(np.concatenate([[beginning], time]))
        gap = (np.diff(newest) > zone.allowed_ms) & caught_up
        fresh = time > arrived - zone.allowed_ms
        place = 0
        while True:
            silent = zone.silent
            found = np.flatnonzero((fresh if silent else gap)[place:])
            if not found.size:
                return
            place += int(found[0])
            if silent:
                yield from self._heard_again(zone, (batch, int(mine[place])), int(time[place]), stamp)
                place += 1
            else:
                yield self._fall_silent(zone, int(newest[place]), stamp)

    def _fall_silent(self, zone: WatchedZone, newest_ms: int, stamp: Stamp) -> AlertEvent:
        at = max(newest_ms + zone.allowed_ms, zone.state.last + 1)
        zone.state.since = zone.state.last = at
        zone.state.spans.append((at, FAR))
        nothing = Evidence(zone.name, None, None, None, None)
        return _event(zone, (AlertState.INACTIVE, AlertState.FIRING), at, at, nothing, stamp)

    def _heard_again(
        self, zone: WatchedZone, reading: tuple[ReadingBatch, int] | None, time_ms: int, stamp: Stamp
    ) -> Iterator[AlertEvent]:
        state = zone.state
        told, state.closed = zone.fires, False
        since, at = state.since, max(time_ms, state.last + 1)
        state.since, state.last = NEVER, at
        state.spans[-1] = (state.spans[-1][0], at + zone.no_data_ms)
        rest = Evidence(zone.name, None, None, None, None)
        if reading is not None:
            batch, k = reading
            key = str(self._catalog.sensors[int(batch.series[k])].key)
            rest = Evidence(key, int(batch.time[k]), float(batch.value[k]), int(batch.quality[k]), None)
        if told:
            yield _event(zone, _RESOLVED, since, at, rest, stamp)


def _event(
    zone: WatchedZone, states: tuple[AlertState, AlertState], raised_ms: int, at_ms: int, rest: Evidence, stamp: Stamp
) -> AlertEvent:
    return stamp.event(
        rule=ZONE_SILENT,
        version=_VERSION,
        subject=zone.name,
        severity=zone.severity,
        states=states,
        raised_ms=raised_ms,
        at_ms=at_ms,
        evidence=rest,
    )
