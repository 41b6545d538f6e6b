"""Changes of rows as events: with names instead of indices, and the reading each rests on."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

import numpy as np

from alerts.engine_state import FIRING, STATES, Changes
from alerts.in_force import Unit
from city.alert import AlertEvent, AlertState, Evidence, event_id
from city.catalog import Catalog


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
        )


def events_of(unit: Unit, changes: Changes, catalog: Catalog, stamp: Stamp) -> Iterator[AlertEvent]:
    """Each change as an event. `catalog` is the one that the unit's series are of."""
    samples, silence = unit.view.samples, unit.plan.silence
    places = np.maximum(changes.newest, 0)
    columns = (
        changes.row,
        changes.before,
        changes.after,
        changes.at,
        changes.raised,
        changes.peak,
        unit.plan.severity[changes.row] if changes.severity is None else changes.severity,
        changes.newest >= samples.begin[unit.plan.series[changes.row]],
        samples.time[places],
        samples.value[places],
        samples.quality[places],
    )
    for row, before, after, at_ms, raised_ms, peak, severity, heard, time_ms, value, quality in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        alert, rule, series = unit.alert_of(row)
        subject = str(catalog.sensors[series].key)
        rests = heard and not (silence and after == FIRING)
        yield stamp.event(
            rule=alert,
            version=rule.version,
            subject=subject,
            severity=severity,
            states=(STATES[before], STATES[after]),
            raised_ms=raised_ms,
            at_ms=at_ms,
            evidence=Evidence(
                series=subject,
                time_ms=time_ms if rests else None,
                value=value if rests else None,
                quality=quality if rests else None,
                peak=peak if isfinite(peak) and not silence else None,
            ),
            shadow=rule.shadow,
        )
