"""Changes of rows as events: with names instead of indices, and the reading each rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite

import numpy as np

from alerts.engine_state import FIRING, STATES, Changes
from alerts.in_force import Unit
from alerts.window import Samples
from city.alert import AlertEvent, AlertState, Evidence, event_id
from city.catalog import Catalog
from city.reading import Bools, Float64s, Int64s
from city.rule import Rule

About = tuple[str, Rule, str, str]  # an alert's id, its rule, its subject, and the series that it rests on


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the events of one journal entry have in common: the city, the clock in ms, and the entry's position."""

    city: str
    clock_ms: int
    position: int

    def event(
        self,
        *,
        rule: str,
        version: str,
        subject: str,
        severity: int,
        states: tuple[AlertState, AlertState],
        raised_ms: int,
        at_ms: int,
        evidence: Evidence,
        shadow: bool = False,
        flapping: bool = False,
    ) -> AlertEvent:
        """A change from the first of the states to the second."""
        before, after = states
        return AlertEvent(
            id=event_id(self.city, rule, subject, raised_ms, after, at_ms),
            city=self.city,
            rule=rule,
            version=version,
            subject=subject,
            severity=severity,
            from_state=before,
            to_state=after,
            raised_ms=raised_ms,
            at_ms=at_ms,
            decided_ms=self.clock_ms,
            position=self.position,
            evidence=evidence,
            shadow=shadow,
            flapping=flapping,
        )


def events_of(unit: Unit, changes: Changes, catalog: Catalog, stamp: Stamp) -> Iterator[AlertEvent]:
    """Each change as an event. `catalog` is the one that the unit's series are of."""
    plan, samples = unit.plan, unit.view.samples
    rests = changes.newest >= samples.begin[plan.series[changes.row]]
    peak = changes.peak
    if plan.silence:  # what fires for want of readings rests on none, and has no greatest one
        rests &= changes.after != FIRING
        peak = np.full(len(changes), -np.inf)

    def about() -> Iterator[About]:
        for row in changes.row.tolist():
            alert, rule, series = unit.alert_of(row)
            subject = str(catalog.sensors[series].key)
            yield alert, rule, subject, subject

    return told_of(changes, about(), plan.severity, rests, peak, samples, stamp)


def told_of(
    changes: Changes,
    about: Iterable[About],
    severity: Int64s,
    rests: Bools,
    peak: Float64s,
    samples: Samples,
    stamp: Stamp,
) -> Iterator[AlertEvent]:
    """The events of changes, of each of which `about` says what it is about.

    severity: int64[rows], of each row where the changes do not say their own
    rests: bool[n], whether it rests on its newest sample; peak: float64[n], −inf: none
    """
    places = np.maximum(changes.newest, 0)
    columns = (
        changes.before,
        changes.after,
        changes.at,
        changes.raised,
        severity[changes.row] if changes.severity is None else changes.severity,
        rests,
        peak,
        samples.time[places],
        samples.value[places],
        samples.quality[places],
        np.zeros(len(changes), np.bool_) if changes.flapping is None else changes.flapping,
    )
    rows = zip(about, *(column.tolist() for column in columns), strict=True)
    for (
        alert,
        rule,
        subject,
        series,
    ), before, after, at_ms, raised_ms, grave, rested, most, time_ms, value, bits, flapping in rows:
        yield stamp.event(
            rule=alert,
            version=rule.version,
            subject=subject,
            severity=grave,
            states=(STATES[before], STATES[after]),
            raised_ms=raised_ms,
            at_ms=at_ms,
            evidence=Evidence(
                series=series,
                time_ms=time_ms if rested else None,
                value=value if rested else None,
                quality=bits if rested else None,
                peak=most if isfinite(most) else None,
            ),
            shadow=rule.shadow,
            flapping=flapping,
        )
