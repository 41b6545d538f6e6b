"""What stands open: the alerts that are pending or firing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from alerts.engine_state import STATES
from alerts.group_evidence import newest_of
from alerts.group_unit import GroupUnit
from alerts.in_force import InForce, Unit
from city.alert import AlertState
from city.rule import Rule


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that is pending or firing.

    since_ms: when that began
    peak: greatest reading since firing began, None while there is none
    time_ms, value: the newest reading that its rule sees; of a group, the newest of its members as far as it has come
    shadow: its rule is on trial
    """

    rule: str
    version: str
    subject: str
    severity: int
    state: AlertState
    since_ms: int
    peak: float | None
    time_ms: int | None
    value: float | None
    shadow: bool = False


def open_alerts(in_force: InForce) -> Iterator[OpenAlert]:
    """Those of the rules in force."""
    for unit in in_force.units:
        samples = unit.view.samples
        rows = unit.open_rows()
        for row, severity in zip(rows.tolist(), unit.severity_of(rows).tolist(), strict=True):
            alert, rule, series = unit.alert_of(row)
            place = int(samples.end[series]) - 1
            rests = place if place >= samples.begin[series] else None
            found = _open(unit, row, (alert, rule, str(in_force.catalog.sensors[series].key)), severity, rests)
            yield replace(found, peak=None) if unit.plan.silence else found
    for group in in_force.groups:
        rows = group.open_rows()
        places = newest_of(group, rows, group.states.cursor[rows]).place.tolist()
        for row, severity, place in zip(rows.tolist(), group.severity_of(rows).tolist(), places, strict=True):
            yield _open(group, row, group.alert_of(row), severity, place if place >= 0 else None)


def _open(
    unit: Unit | GroupUnit, row: int, about: tuple[str, Rule, str], severity: int, place: int | None
) -> OpenAlert:
    """about: the alert's id, its rule and its subject; place: of the newest reading, None where there is none."""
    alert, rule, subject = about
    samples, states = unit.view.samples, unit.states
    peak = float(states.peak[row])
    return OpenAlert(
        rule=alert,
        version=rule.version,
        subject=subject,
        severity=int(severity),
        state=STATES[states.state[row]],
        since_ms=int(states.since[row]),
        peak=peak if np.isfinite(peak) else None,
        time_ms=None if place is None else int(samples.time[place]),
        value=None if place is None else float(samples.value[place]),
        shadow=rule.shadow,
    )
