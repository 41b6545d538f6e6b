"""Changes of rows as events: with names instead of indices, and the reading each rests on."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alerts.engine_state import STATES, Changes
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
        )


def events_of(unit: Unit, changes: Changes, catalog: Catalog, stamp: Stamp) -> Iterator[AlertEvent]:
    """Each change as an event. `catalog` is the one that the unit's series are of."""
    samples, silence = unit.view.samples, unit.plan.silence
    for k in range(len(changes)):
        alert, rule, series = unit.alert_of(int(changes.row[k]))
        subject = str(catalog.sensors[series].key)
        after = STATES[changes.after[k]]
        place, peak = int(changes.newest[k]), float(changes.peak[k])
        silent = place < samples.begin[series] or (silence and after is AlertState.FIRING)
        yield stamp.event(
            rule=alert,
            version=rule.version,
            subject=subject,
            severity=rule.severity,
            states=(STATES[changes.before[k]], after),
            raised_ms=int(changes.raised[k]),
            at_ms=int(changes.at[k]),
            evidence=Evidence(
                series=subject,
                time_ms=None if silent else int(samples.time[place]),
                value=None if silent else float(samples.value[place]),
                quality=None if silent else int(samples.quality[place]),
                peak=peak if np.isfinite(peak) and not silence else None,
            ),
        )
