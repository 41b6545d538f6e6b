"""Actions that are held back: nobody is told of an alert's changes while something suppresses it. States go on as ever.

A suppressor is asked by date, in event time: of an alert that begins to fire under one, the event is held. Where it
still fires after the last suppressor has let go (one may follow upon another), the same event is told then, without the
mark; where it has resolved by then, nobody hears of it at all. What was told before it was suppressed is told that it
resolved. The clock tells it once engine time has reached that date: until then it may turn out to have resolved before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec

from alerts.plan import FAR
from city.alert import AlertEvent, AlertState
from city.catalog import Catalog
from city.decision import Silence
from city.subject import series_of


@dataclass(frozen=True, slots=True)
class Hold:
    """What suppresses an alert (a rule's id, or `silence:` and its id), until when: event time; `FAR`: not known."""

    by: str
    until_ms: int


class SuppressionMemory(msgspec.Struct, frozen=True):
    """All of it, as a snapshot keeps it.

    inhibiting: (rule, subject, (since, until) of each alert); held: the events of each alert that is held
    """

    inhibiting: list[tuple[str, str, list[tuple[int, int]]]] = []
    silences: list[Silence] = []
    held: list[list[AlertEvent]] = []


class Suppressor(Protocol):
    """One kind of reason for which alerts are suppressed."""

    @property
    def quiet(self) -> bool:
        """Whether nothing at all is suppressed, whoever asks: then nobody need be asked about."""
        ...

    def see(self, events: Sequence[AlertEvent]) -> None:
        """All changes of a step, before any of them is asked about."""
        ...

    def hold(self, event: AlertEvent, at_ms: int) -> Hold | None:
        """What suppresses at that date the alert of which `event` is the newest; None: nothing of this kind."""
        ...

    def forget(self, before_ms: int) -> None:
        """Nobody asks about dates before this any more."""
        ...


class Suppression:
    """All suppressors, and the alerts that are held under them."""

    def __init__(self, suppressors: Sequence[Suppressor], catalog: Catalog) -> None:
        self._suppressors = tuple(suppressors)
        self._catalog = catalog
        self._longest_delay_ms = max((sensor.delay_ms for sensor in catalog.sensors), default=0)
        self._held: dict[tuple[str, str], list[AlertEvent]] = {}
        self._due_ms = FAR

    @property
    def due_ms(self) -> int:
        """The earliest clock time at which something held is to be told; `FAR` while none is known."""
        return self._due_ms

    def settle(
        self,
        events: Sequence[AlertEvent],
        clock_ms: int,
        *,
        caught_up: bool,
        changed: bool,
        lifted: bool,
    ) -> list[AlertEvent]:
        """What becomes of a step's events, in order of their dates, and what is to be told now beside them.

        caught_up: the clock may tell; changed: suppressors may say another thing than after the step before
        lifted: a person has just said that what has ended is to be told at once
        """
        if not events and not changed and clock_ms < self._due_ms:
            return []
        for suppressor in self._suppressors:
            suppressor.see(events)
        if not self._held and all(suppressor.quiet for suppressor in self._suppressors):
            self._due_ms = FAR
            return list(events)
        out = [told for event in events for told in self._settled(event)]
        if caught_up:
            for key, held in list(self._held.items()):
                if self._lifts_ms(held[-1]) + (0 if lifted else self._delay_ms(held[-1])) <= clock_ms:
                    out += self._tell(key)
            begun = min((held[0].at_ms for held in self._held.values()), default=FAR)
            for suppressor in self._suppressors:
                suppressor.forget(min(begun, clock_ms - self._longest_delay_ms))
        self._due_ms = min((self._told_ms(held[-1]) for held in self._held.values()), default=FAR)
        return out

    def over(self, events: Sequence[AlertEvent]) -> list[AlertEvent]:
        """Events of alerts that were over before anybody knew of them, in order: suppressed where they began so."""
        by = {(e.rule, e.subject, e.raised_ms): self._hold(e, e.at_ms) for e in reversed(events)}
        holds = ((event, by[event.rule, event.subject, event.raised_ms]) for event in events)
        return [event if hold is None else replace(event, suppressed_by=hold.by) for event, hold in holds]

    def suppresses(self, event: AlertEvent, at_ms: int) -> bool:
        """Whether nobody is to be told, at that date, of the alert of which `event` is the newest."""
        return self._hold(event, at_ms) is not None

    def drop(self, closed: Sequence[AlertEvent]) -> list[AlertEvent]:
        """Events that end alerts together with what suppresses them: of what is held nobody ever hears."""
        return [self._with(self._held.pop((event.rule, event.subject), []), event) for event in closed]

    def remember(self) -> list[list[AlertEvent]]:
        """The events held, by alert."""
        return [list(held) for held in self._held.values()]

    def recall(self, held: Sequence[Sequence[AlertEvent]]) -> None:
        """Goes on from there; the next step looks at all of them."""
        self._held = {(events[0].rule, events[0].subject): list(events) for events in held}
        self._due_ms = min((self._told_ms(events[-1]) for events in self._held.values()), default=FAR)

    def _settled(self, event: AlertEvent) -> Iterator[AlertEvent]:
        key = event.rule, event.subject
        held = self._held.get(key, [])
        if not event.told:
            yield event
        elif event.to_state is AlertState.RESOLVED:
            if held and event.at_ms > self._lifts_ms(held[-1]):
                yield from self._tell(key)
                yield event
            else:
                yield self._with(self._held.pop(key, []), event)
        elif (hold := self._hold(event, event.at_ms)) is not None:
            kept = replace(event, suppressed_by=hold.by)
            self._held[key] = [*held, kept]
            yield kept
        else:
            yield from self._tell(key)
            yield event

    def _with(self, held: Sequence[AlertEvent], resolved: AlertEvent) -> AlertEvent:
        """The end of an alert; nobody hears of it who did not hear of the beginning."""
        unheard = bool(held) and held[0].from_state is not AlertState.FIRING
        return replace(resolved, suppressed_by=held[0].suppressed_by) if unheard else resolved

    def _tell(self, key: tuple[str, str]) -> Iterator[AlertEvent]:
        return (replace(event, suppressed_by=None) for event in self._held.pop(key, []))

    def _hold(self, event: AlertEvent, at_ms: int) -> Hold | None:
        """The hold that lasts longest."""
        holds = [hold for s in self._suppressors if (hold := s.hold(event, at_ms)) is not None]
        return max(holds, key=lambda hold: hold.until_ms, default=None)

    def _lifts_ms(self, event: AlertEvent) -> int:
        """Until when the alert is suppressed as far as is known, event time; one hold after the other."""
        at_ms = event.at_ms
        while at_ms < FAR and (hold := self._hold(event, at_ms)) is not None:
            at_ms = hold.until_ms
        return at_ms

    def _told_ms(self, event: AlertEvent) -> int:
        return min(self._lifts_ms(event) + self._delay_ms(event), FAR)

    def _delay_ms(self, event: AlertEvent) -> int:
        """For how long readings of before may still come."""
        series = series_of(event.subject, self._catalog)
        return self._longest_delay_ms if series is None else self._catalog.sensors[series].delay_ms
