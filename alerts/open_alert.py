"""What stands open: the alerts that are pending or firing."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alerts.engine_state import STATES
from alerts.group_evidence import newest_of
from alerts.group_unit import GroupUnit
from alerts.in_force import InForce
from city.alert import AlertState


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
        samples, states = unit.view.samples, unit.states
        rows = unit.open_rows()
        for row, severity in zip(rows.tolist(), unit.severity_of(rows).tolist(), strict=True):
            alert, rule, series = unit.alert_of(row)
            place = int(samples.end[series]) - 1
            heard = place >= samples.begin[series]
            peak = float(states.peak[row])
            yield OpenAlert(
                rule=alert,
                version=rule.version,
                subject=str(in_force.catalog.sensors[series].key),
                severity=int(severity),
                state=STATES[states.state[row]],
                since_ms=int(states.since[row]),
                peak=peak if np.isfinite(peak) and not unit.plan.silence else None,
                time_ms=int(samples.time[place]) if heard else None,
                value=float(samples.value[place]) if heard else None,
                shadow=rule.shadow,
            )
    for group in in_force.groups:
        yield from _across(group)


def _across(unit: GroupUnit) -> Iterator[OpenAlert]:
    samples, states = unit.view.samples, unit.states
    rows = unit.open_rows()
    places = newest_of(unit, rows, states.cursor[rows]).place.tolist()
    for row, place in zip(rows.tolist(), places, strict=True):
        alert, rule, subject = unit.alert_of(row)
        peak = float(states.peak[row])
        yield OpenAlert(
            rule=alert,
            version=rule.version,
            subject=subject,
            severity=int(unit.plan.severity[row]),
            state=STATES[states.state[row]],
            since_ms=int(states.since[row]),
            peak=peak if np.isfinite(peak) else None,
            time_ms=int(samples.time[place]) if place >= 0 else None,
            value=float(samples.value[place]) if place >= 0 else None,
            shadow=rule.shadow,
        )
