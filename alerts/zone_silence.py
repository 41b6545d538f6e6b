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

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec
import numpy as np

from alerts.plan import FAR, NEVER, NO_DATA, selected
from city.alert import ZONE_SILENT, AlertEvent, AlertState, Evidence, event_id
from city.catalog import Catalog
from city.reading import Int64s, Quality, ReadingBatch
from city.rule import Rule

_VERSION: Final = "1"  # of the definition above: part of every event
_DEVICES: Final = 2  # a single device that falls silent is no zone


class ZoneState(msgspec.Struct):
    """How far a zone has come. Times in ms; newest, arrived: of its newest reading; `since`: NEVER while it is heard.

    last: date of its newest change
    spans: (since, until) of silences under which something may still be held; `until` is FAR while one lasts
    """

    newest: int = NEVER
    arrived: int = NEVER
    since: int = NEVER
    last: int = NEVER
    spans: list[tuple[int, int]] = []


class Held(msgspec.Struct, frozen=True):
    """A sensor's alert that fires untold, and the zone under which it is held."""

    zone: str
    event: AlertEvent


class SilenceMemory(msgspec.Struct, frozen=True):
    """All of it, as a snapshot keeps it."""

    zones: dict[str, ZoneState] = {}
    held: list[Held] = []


@dataclass(frozen=True, slots=True)
class _Zone:
    name: str
    severity: int
    members: Int64s
    no_data_ms: int
    delay_ms: int
    state: ZoneState = field(default_factory=ZoneState)

    @property
    def allowed_ms(self) -> int:
        return self.no_data_ms * 3 // 4

    def inhibits(self, at_ms: int) -> bool:
        return any(since + self.delay_ms <= at_ms < until for since, until in self.state.spans)

    def lifts_ms(self, at_ms: int) -> int:
        """Until when what is held since `at_ms` is held; one silence after the other."""
        lifts = NEVER
        for since, until in self.state.spans:
            if since <= max(at_ms, lifts):
                lifts = max(lifts, until)
        return lifts


class ZoneSilence:
    """The watched zones of a catalog under its rules."""

    def __init__(self, city: str, catalog: Catalog, rules: Iterable[Rule]) -> None:
        self._city = city
        self._catalog = catalog
        self._zones = {zone.name: zone for zone in _watched(catalog, rules)}
        self._of: Int64s = np.full(len(catalog.sensors), -1, np.int64)
        for number, zone in enumerate(self._zones.values()):
            self._of[zone.members] = number
        self._zone_of = {str(catalog.sensors[i].key): z for z in self._zones.values() for i in z.members.tolist()}
        self._held: dict[tuple[str, str], Held] = {}

    def hear(
        self, batch: ReadingBatch, arrived: Int64s, never_heard: Int64s, *, caught_up: bool, now: tuple[int, int]
    ) -> list[AlertEvent]:
        """Readings in order of time, before anybody else is asked.

        never_heard: int64[series], from when silence counts where nothing was ever heard, ms
        now: the clock in ms, and the entry's position
        """
        events: list[AlertEvent] = []
        if not self._zones:
            return events
        heard = (batch.quality & np.uint8(Quality.LATE)) == 0
        of = self._of[batch.series]
        for number, zone in enumerate(self._zones.values()):
            mine = np.flatnonzero(heard & (of == number))
            if mine.size:
                beginning = _beginning(zone, never_heard)
                self._along(zone, beginning, batch, mine, arrived[mine], caught_up, now, events)
        return events

    def pass_time(self, clock_ms: int, position: int, never_heard: Int64s) -> list[AlertEvent]:
        """Zones whose silence the clock has reached."""
        silent = [zone for zone in self._zones.values() if _due_ms(zone, never_heard) <= clock_ms]
        return [self._fall_silent(zone, _beginning(zone, never_heard), (clock_ms, position)) for zone in silent]

    def due_ms(self, never_heard: Int64s) -> int:
        """The earliest clock time at which a zone falls silent or something held is to be told; FAR for never."""
        silences = [_due_ms(zone, never_heard) for zone in self._zones.values()]
        return min([*silences, *(self._lifts(held) for held in self._held.values())], default=FAR)

    def hold_back(self, events: Sequence[AlertEvent], clock_ms: int, *, caught_up: bool) -> list[AlertEvent]:
        """What becomes of a step's events, in order of their dates: sensors' own silences are held, or told now."""
        out: list[AlertEvent] = []
        for event in events:
            key = (event.rule, event.subject)
            zone = self._zone_of.get(event.subject) if event.rule.endswith(NO_DATA) else None
            if key in self._held and event.to_state is AlertState.RESOLVED:
                held = self._held.pop(key)
                holder = self._zones.get(held.zone)  # None: closed together with what it was held for
                if holder is None or event.at_ms < holder.lifts_ms(held.event.at_ms):
                    out.append(replace(event, inhibited=True))
                else:
                    out += [replace(held.event, inhibited=False), event]
            elif zone is not None and event.to_state is AlertState.FIRING and zone.inhibits(event.at_ms):
                kept = replace(event, inhibited=True)
                self._held[key] = Held(zone.name, kept)
                out.append(kept)
            else:
                out.append(event)
        if caught_up:
            for key in [key for key, held in self._held.items() if self._lifts(held) <= clock_ms]:
                out.append(replace(self._held.pop(key).event, inhibited=False))
            holding = {held.zone for held in self._held.values()}
            for zone in self._zones.values():
                if zone.name not in holding:
                    zone.state.spans = [s for s in zone.state.spans if s[1] + zone.delay_ms > clock_ms]
        return out

    def open_zones(self) -> list[tuple[str, str, int, int, int | None]]:
        """(zone, version, severity, since, time of its newest reading) of those that are silent."""
        return [
            (z.name, _VERSION, z.severity, z.state.since, None if z.state.newest == NEVER else z.state.newest)
            for z in self._zones.values()
            if z.state.since != NEVER
        ]

    def remember(self) -> SilenceMemory:
        """All it knows."""
        return SilenceMemory({zone.name: zone.state for zone in self._zones.values()}, list(self._held.values()))

    def recall(self, memory: SilenceMemory, clock_ms: int, position: int) -> list[AlertEvent]:
        """Goes on from there. A silent zone that is no longer watched is resolved now."""
        self._held = {(held.event.rule, held.event.subject): held for held in memory.held}
        events = []
        for name, state in memory.zones.items():
            zone = self._zones.get(name)
            if zone is not None:
                self._zones[name] = replace(zone, state=state)
            elif state.since != NEVER:
                gone = _Zone(name, 1, np.empty(0, np.int64), 0, 0, state)
                events.append(self._heard_again(gone, None, clock_ms, (clock_ms, position)))
        self._zone_of = {key: self._zones[zone.name] for key, zone in self._zone_of.items()}
        return events

    def _along(
        self,
        zone: _Zone,
        beginning: int,
        batch: ReadingBatch,
        mine: Int64s,
        arrived: Int64s,
        caught_up: bool,  # noqa: FBT001  a private step of `hear`
        now: tuple[int, int],
        events: list[AlertEvent],
    ) -> None:
        """From change to change: mostly there is none, and telling so takes one comparison."""
        time, state = batch.time[mine], zone.state
        if state.since != NEVER or int(time[-1]) - beginning > zone.allowed_ms:
            newest = np.maximum.accumulate(np.concatenate([[beginning], time]))
            gap = (np.diff(newest) > zone.allowed_ms) & caught_up
            fresh = time > arrived - zone.allowed_ms
            place = 0
            while True:
                silent = state.since != NEVER
                found = np.flatnonzero((fresh if silent else gap)[place:])
                if not found.size:
                    break
                place += int(found[0])
                if silent:
                    events.append(self._heard_again(zone, (batch, int(mine[place])), int(time[place]), now))
                    place += 1
                else:
                    events.append(self._fall_silent(zone, int(newest[place]), now))
        if int(time[-1]) > state.newest:
            state.newest, state.arrived = int(time[-1]), int(arrived[-1])

    def _fall_silent(self, zone: _Zone, newest_ms: int, now: tuple[int, int]) -> AlertEvent:
        at = max(newest_ms + zone.allowed_ms, zone.state.last + 1)
        zone.state.since = zone.state.last = at
        zone.state.spans.append((at, FAR))
        nothing = Evidence(zone.name, None, None, None, None)
        return self._event(zone, AlertState.INACTIVE, AlertState.FIRING, at, at, nothing, now)

    def _heard_again(
        self, zone: _Zone, reading: tuple[ReadingBatch, int] | None, time_ms: int, now: tuple[int, int]
    ) -> AlertEvent:
        state = zone.state
        since, at = state.since, max(time_ms, state.last + 1)
        state.since, state.last = NEVER, at
        state.spans[-1] = (state.spans[-1][0], at + zone.no_data_ms)
        rest = Evidence(zone.name, None, None, None, None)
        if reading is not None:
            batch, k = reading
            key = str(self._catalog.sensors[int(batch.series[k])].key)
            rest = Evidence(key, int(batch.time[k]), float(batch.value[k]), int(batch.quality[k]), None)
        return self._event(zone, AlertState.FIRING, AlertState.RESOLVED, since, at, rest, now)

    def _event(
        self,
        zone: _Zone,
        before: AlertState,
        after: AlertState,
        raised: int,
        at: int,
        rest: Evidence,
        now: tuple[int, int],
    ) -> AlertEvent:
        return AlertEvent(
            id=event_id(self._city, ZONE_SILENT, zone.name, raised, after, at),
            city=self._city,
            rule=ZONE_SILENT,
            version=_VERSION,
            subject=zone.name,
            severity=zone.severity,
            from_state=before,
            to_state=after,
            raised_ms=raised,
            at_ms=at,
            decided_ms=now[0],
            position=now[1],
            evidence=rest,
        )

    def _lifts(self, held: Held) -> int:
        """The clock time at which something held is told, as far as is known."""
        zone = self._zones.get(held.zone)
        return NEVER if zone is None else min(zone.lifts_ms(held.event.at_ms) + zone.delay_ms, FAR)


def _watched(catalog: Catalog, rules: Iterable[Rule]) -> list[_Zone]:
    under: dict[str, dict[int, list[Rule]]] = {}
    for rule in rules:
        if rule.no_data_ms is not None:
            for series in selected(rule.select, catalog).tolist():
                under.setdefault(catalog.sensors[series].zone, {}).setdefault(series, []).append(rule)
    return [
        _zone(name, members, catalog)
        for name, members in sorted(under.items())
        if len({catalog.sensors[series].device for series in members}) >= _DEVICES
    ]


def _zone(name: str, members: Mapping[int, Sequence[Rule]], catalog: Catalog) -> _Zone:
    rules = [rule for some in members.values() for rule in some]
    return _Zone(
        name=name,
        severity=max(rule.severity for rule in rules),  # whoever would have been told of one of them is told of this
        members=np.array(sorted(members), np.int64),
        no_data_ms=min(rule.no_data_ms for rule in rules if rule.no_data_ms is not None),
        delay_ms=max(catalog.sensors[series].delay_ms for series in members),
    )


def _beginning(zone: _Zone, never_heard: Int64s) -> int:
    """From when its silence counts: its newest reading, else the registration of its first sensor."""
    return zone.state.newest if zone.state.newest != NEVER else int(never_heard[zone.members].min())


def _due_ms(zone: _Zone, never_heard: Int64s) -> int:
    if zone.state.since != NEVER:
        return FAR
    return max(_beginning(zone, never_heard) + zone.allowed_ms, zone.state.arrived) + zone.delay_ms
