"""What is the matter in the city now, and who has it: the answer that the live page begins with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from api.mark import CALM, Mark, mark_of
from api.ports import Alert, View
from city.alert import NO_DATA, ZONE_SILENT, AlertState
from city.catalog import Catalog, Department, Sensor
from city.messages import CATALOGUE
from city.messages.text import Text
from city.quantity import QUANTITIES, Quantity
from city.reading import ReadingBatch
from city.rule import Rule
from city.sensor_health import is_health
from city.subject import subject_of

# A river gauge reports every 10 min; when nothing at all was heard for longer than that and a half more, we are blind.
BLIND_AFTER_MS: Final = 15 * 60_000
CHANGES_WITHIN_MS: Final = 3_600_000
# More than a city of 70,000 has sensors in alarm on its worst day; what lies beyond is counted by `more`.
ALERTS_AT_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Told:
    """An alert with what a reader needs beside it: its rule's words, its place, who has it.

    sensor: None where the alert is about several; quantity: what its readings are of
    place: the sensor's site, else the river, area, site or zone
    """

    alert: Alert
    mark: Mark
    title: Text
    department: Department | None
    sensor: Sensor | None
    quantity: Quantity | None
    place: Text


@dataclass(frozen=True, slots=True)
class Concern:
    """All that fires on one subject, the worst first: one line of the list."""

    worst: Told
    others: tuple[Told, ...]

    @property
    def mark(self) -> Mark:
        """The mark of the worst."""
        return self.worst.mark

    @property
    def since_ms(self) -> int:
        """Since when the worst has been firing."""
        return self.worst.alert.raised_ms


@dataclass(frozen=True, slots=True)
class Change:
    """Something that began or ended."""

    told: Told
    at_ms: int
    began: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """The answer. `newest_ms`: the newest reading's time, None where there is none; `blind`: we cannot know.

    trials: what rules in shadow would say; none of it counts
    """

    now_ms: int
    newest_ms: int | None
    alarms: tuple[Concern, ...]
    silences: tuple[Concern, ...]
    changes: tuple[Change, ...]
    trials: tuple[Concern, ...] = ()

    @property
    def blind(self) -> bool:
        """Whether nothing fresh is heard from the whole city: then nobody may say that all is well."""
        return self.newest_ms is None or self.now_ms - self.newest_ms > BLIND_AFTER_MS

    @property
    def worst(self) -> Mark:
        """The worst mark in the city."""
        return self.alarms[0].mark if self.alarms else CALM

    def counted(self) -> tuple[tuple[Mark, int], ...]:
        """How many places have each mark, the worst first."""
        counts: dict[Mark, int] = {}
        for concern in self.alarms:
            counts[concern.mark] = counts.get(concern.mark, 0) + 1
        return tuple(counts.items())

    def departments(self) -> tuple[Department, ...]:
        """Who has what alarms, the one with the worst first."""
        found: dict[str, Department] = {}
        for concern in self.alarms:
            for told in (concern.worst, *concern.others):
                if told.department:
                    found.setdefault(told.department.id, told.department)
        return tuple(found.values())

    def worst_at_sites(self) -> Mapping[str, Concern]:
        """What shows on the map at each site that is not calm: alarms before silence, the worst first."""
        shown: dict[str, Concern] = {}
        for concern in (*self.alarms, *self.silences):
            if concern.worst.sensor:
                shown.setdefault(concern.worst.sensor.site, concern)
        return shown


def situation_of(view: View, latest: ReadingBatch) -> Situation:
    """Asks the city; blocking."""
    now_ms = view.clock.now_ms()
    catalog, rules = view.catalog(), view.rules()
    firing = view.alerts.alerts(AlertState.FIRING, None, None, ALERTS_AT_MOST)
    recent = view.alerts.alerts(None, now_ms - CHANGES_WITHIN_MS, now_ms + 1, ALERTS_AT_MOST)
    trials = view.alerts.alerts(AlertState.FIRING, None, None, ALERTS_AT_MOST, shadow=True)
    concerns = concerns_of([tell(alert, catalog, rules) for alert in firing])
    return Situation(
        now_ms=now_ms,
        newest_ms=_newest_ms(latest, catalog),
        alarms=tuple(c for c in concerns if c.mark.alarms),
        silences=tuple(c for c in concerns if not c.mark.alarms),
        changes=changes_of([tell(alert, catalog, rules) for alert in recent], now_ms - CHANGES_WITHIN_MS),
        trials=concerns_of([tell(alert, catalog, rules) for alert in trials]),
    )


def _newest_ms(latest: ReadingBatch, catalog: Catalog) -> int | None:
    """Of what was measured out there: that the city speaks of its sensors' health is no sign of life of theirs."""
    measured = [not is_health(sensor) for sensor in catalog.sensors]
    times = latest.time[np.array(measured, np.bool_)[latest.series]]
    return int(times.max()) if len(times) else None


def tell(alert: Alert, catalog: Catalog, rules: Mapping[str, Rule]) -> Told:
    """Puts rule, place and department beside an alert. An alert of a rule that is gone keeps its id for a title."""
    silent = alert.rule.endswith(NO_DATA) or alert.rule == ZONE_SILENT
    rule = rules.get(alert.rule.removesuffix(NO_DATA))
    subject = subject_of(alert.subject, catalog)
    sensor = subject.sensor
    title = rule.title if rule else Text(ja=alert.rule, en=alert.rule)
    if silent:
        title = CATALOGUE["api.silent-title"]
    return Told(
        alert=alert,
        mark=mark_of(alert.severity, rule.alert_level if rule else None, silent=silent),
        title=title,
        department=catalog.departments.get(rule.owner if rule else sensor.owner if sensor else ""),
        sensor=sensor,
        quantity=sensor.quantity if sensor else QUANTITIES[rule.select.quantity] if rule else None,
        place=subject.place(catalog),
    )


def concerns_of(told: Sequence[Told]) -> tuple[Concern, ...]:
    """One concern a subject; silence stands apart from what is known to be wrong. The worst first, then the newest."""
    by_subject: dict[tuple[str, bool], list[Told]] = {}
    for one in told:
        by_subject.setdefault((one.alert.subject, one.mark.alarms), []).append(one)
    concerns = []
    for group in by_subject.values():
        group.sort(key=lambda one: (one.mark, one.alert.raised_ms), reverse=True)
        concerns.append(Concern(group[0], tuple(group[1:])))
    return tuple(sorted(concerns, key=lambda c: (c.mark, c.since_ms), reverse=True))


def changes_of(told: Sequence[Told], since_ms: int) -> tuple[Change, ...]:
    """What began or ended since, the newest first."""
    changes = [Change(one, one.alert.raised_ms, began=True) for one in told if one.alert.raised_ms >= since_ms]
    changes += [
        Change(one, one.alert.resolved_ms, began=False)
        for one in told
        if one.alert.resolved_ms is not None and one.alert.resolved_ms >= since_ms
    ]
    return tuple(sorted(changes, key=lambda change: change.at_ms, reverse=True))
