"""Changes of rows across series as events: with names instead of indices, and the reading each rests on."""

from collections.abc import Iterator

from alerts.alert_events import About, Stamp, told_of
from alerts.group_evidence import GroupChanges
from alerts.group_unit import GroupUnit
from city.alert import AlertEvent
from city.catalog import Catalog


def group_events_of(unit: GroupUnit, found: GroupChanges, catalog: Catalog, stamp: Stamp) -> Iterator[AlertEvent]:
    """Each change as an event; its evidence names the member whose reading it rests on, else the subject."""
    changes = found.changes
    rests = changes.newest >= 0

    def about() -> Iterator[About]:
        for row, heard, series in zip(changes.row.tolist(), rests.tolist(), found.rests.tolist(), strict=True):
            alert, rule, subject = unit.alert_of(row)
            yield alert, rule, subject, str(catalog.sensors[series].key) if heard else subject

    return told_of(changes, about(), unit.plan.severity, rests, changes.peak, unit.view.samples, stamp)
