"""An incident with what a reader needs beside it: how bad, where, who has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.approval_ports import ShownAlert
from api.mark import Mark, mark_of
from api.run_ports import Incident, IncidentAlert, IncidentFile
from city.alert import NO_DATA
from city.catalog import Catalog, Department
from city.messages.text import Text
from city.rule import Rule
from city.subject import subject_of


@dataclass(frozen=True, slots=True)
class ToldIncident:
    """where: None where a person reported it; department: None where it is the whole city's."""

    incident: Incident
    mark: Mark
    where: Text | None
    department: Department | None


def tell_incident(incident: Incident, catalog: Catalog, rules: Mapping[str, Rule]) -> ToldIncident:
    """One of a list."""
    reported = incident.opened_by is not None
    return ToldIncident(
        incident=incident,
        mark=mark_by(incident.rule, incident.severity, rules),
        where=None if reported else subject_of(incident.subject, catalog).place(catalog),
        department=catalog.departments.get(incident.section),
    )


def tell_file(found: IncidentFile, catalog: Catalog, rules: Mapping[str, Rule]) -> ToldIncident:
    """One with its alerts: as bad as the worst that fires."""
    told = tell_incident(found.incident, catalog, rules)
    firing = [mark_by(one.key.rule, one.severity, rules) for one in found.alerts if one.resolved_ms is None]
    worst = max(firing, default=told.mark)
    return ToldIncident(told.incident, worst, told.where, told.department)


def worst_first(alerts: Sequence[IncidentAlert]) -> Sequence[IncidentAlert]:
    """Those that fire before those that are over, each the gravest first, then the oldest."""
    return sorted(
        alerts,
        key=lambda one: (one.resolved_ms is not None, -one.severity, one.key.raised_ms, one.key.rule, one.key.subject),
    )


def mark_by(rule_id: str, severity: int, rules: Mapping[str, Rule]) -> Mark:
    """How bad: an alert level where the severity is that of a rule that has one."""
    rule = rules.get(rule_id)
    level = rule.alert_level if rule is not None and rule.severity == severity else None
    return mark_of(severity, level, silent=rule_id.endswith(NO_DATA))


def mark_shown(shown: ShownAlert, found: IncidentFile, rules: Mapping[str, Rule]) -> Mark:
    """Of an alert as an approval shows it, by the incident's own."""
    key = next((one.key for one in found.alerts if _same(one, shown)), None)
    return mark_by("" if key is None else key.rule, shown.severity, rules)


def _same(alert: IncidentAlert, shown: ShownAlert) -> bool:
    return (alert.key.subject, alert.key.raised_ms, alert.title.ja) == (shown.subject, shown.raised_ms, shown.title)
