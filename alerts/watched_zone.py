"""A zone whose silence is watched: which it is, who belongs to it, and how far it has come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
import numpy as np

from alerts.plan import FAR, NEVER, selected
from alerts.terms import terms
from city.catalog import Catalog
from city.reading import Int64s
from city.rule import Rule

_DEVICES: Final = 2  # a single device that falls silent is no zone


class ZoneState(msgspec.Struct):
    """How far a zone has come. Times in ms; newest, arrived: of its newest reading; `since`: NEVER while it is heard.

    last: date of its newest change
    spans: (since, until) of silences under which something may still be held; `until` is FAR while one lasts
    wait: until then a zone that is newly watched may still be told of readings of before
    closed: whether a person closed the alert of the silence that lasts
    """

    newest: int = NEVER
    arrived: int = NEVER
    since: int = NEVER
    last: int = NEVER
    spans: list[tuple[int, int]] = []
    wait: int = NEVER
    closed: bool = False


@dataclass(frozen=True, slots=True)
class WatchedZone:
    """A zone where sensors of at least two devices stand under rules with `no_data`.

    members: int64[n], the series of these sensors, ascending
    no_data_ms: the shortest that a rule has for one of them; delay_ms: the longest of theirs
    """

    name: str
    severity: int
    members: Int64s
    no_data_ms: int
    delay_ms: int
    state: ZoneState = field(default_factory=ZoneState)

    @property
    def allowed_ms(self) -> int:
        """How long nothing at all may be heard of it."""
        return self.no_data_ms * 3 // 4

    @property
    def silent(self) -> bool:
        """Whether it is silent now."""
        return self.state.since != NEVER

    @property
    def fires(self) -> bool:
        """Whether its silence is an alert now: it lasts, and nobody has closed it."""
        return self.silent and not self.state.closed

    def beginning(self, never_heard: Int64s) -> int:
        """From when its silence counts: its newest reading, else the registration of its first sensor."""
        return self.state.newest if self.state.newest != NEVER else int(never_heard[self.members].min())

    def due_ms(self, never_heard: Int64s) -> int:
        """The clock time at which it falls silent if nothing is heard, FAR while it is silent."""
        if self.silent:
            return FAR
        silent = max(self.beginning(never_heard) + self.allowed_ms, self.state.arrived) + self.delay_ms
        return max(silent, self.state.wait)

    def until_ms(self, at_ms: int, *, begins: bool) -> int:
        """Until when an alert of one of its sensors is suppressed that is so at that date; `at_ms` where it is not.

        begins: the alert has that date; it is not suppressed where its sensor may have been decided about before the
            zone
        """
        grace_ms = self.delay_ms if begins else 0
        return max((until for since, until in self.state.spans if since + grace_ms <= at_ms < until), default=at_ms)


def watched_zones(catalog: Catalog, rules: Iterable[Rule]) -> list[WatchedZone]:
    """The zones to watch, by name. A rule in shadow raises no alert of the system."""
    under: dict[str, dict[int, list[Rule]]] = {}
    for rule in rules:
        if rule.no_data_ms is not None and not rule.shadow:
            for series in selected(rule.select, catalog).tolist():
                under.setdefault(catalog.sensors[series].zone, {}).setdefault(series, []).append(rule)
    return [
        _zone(name, members, catalog)
        for name, members in sorted(under.items())
        if len({catalog.sensors[series].device for series in members}) >= _DEVICES
    ]


def _zone(name: str, members: Mapping[int, Sequence[Rule]], catalog: Catalog) -> WatchedZone:
    found = [terms(rule, catalog.sensors[series]) for series, rules in members.items() for rule in rules]
    return WatchedZone(
        name=name,
        severity=max(each.severity for each in found),  # whoever would have been told of one of them is told of this
        members=np.array(sorted(members), np.int64),
        no_data_ms=min(each.no_data_ms for each in found),
        delay_ms=max(catalog.sensors[series].delay_ms for series in members),
    )
