"""Changes of rows across series as events: with names instead of indices, and the reading each rests on."""

from collections.abc import Iterator
from math import isfinite

import numpy as np

from alerts.alert_events import Stamp
from alerts.engine_state import STATES
from alerts.group_evidence import GroupChanges
from alerts.group_unit import GroupUnit
from city.alert import AlertEvent, Evidence
from city.catalog import Catalog


def group_events_of(unit: GroupUnit, found: GroupChanges, catalog: Catalog, stamp: Stamp) -> Iterator[AlertEvent]:
    """Each change as an event; its evidence names the member whose reading it rests on, else the subject."""
    changes, samples = found.changes, unit.view.samples
    places = np.maximum(changes.newest, 0)
    columns = (
        changes.row,
        changes.before,
        changes.after,
        changes.at,
        changes.raised,
        changes.peak,
        unit.plan.severity[changes.row],
        changes.newest >= 0,
        found.rests,
        samples.time[places],
        samples.value[places],
        samples.quality[places],
    )
    for row, before, after, at_ms, raised_ms, peak, severity, heard, series, time_ms, value, quality in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        alert, rule, subject = unit.alert_of(row)
        yield stamp.event(
            rule=alert,
            version=rule.version,
            subject=subject,
            severity=severity,
            states=(STATES[before], STATES[after]),
            raised_ms=raised_ms,
            at_ms=at_ms,
            evidence=Evidence(
                series=str(catalog.sensors[series].key) if heard else subject,
                time_ms=time_ms if heard else None,
                value=value if heard else None,
                quality=quality if heard else None,
                peak=peak if isfinite(peak) else None,
            ),
            shadow=rule.shadow,
        )
