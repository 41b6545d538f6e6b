"""Where the rows of an engine stand, in names: what survives a restart, and a change of rules or catalog."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from alerts.group_unit import GroupUnit
from alerts.in_force import InForce, Unit
from alerts.plan import NEVER
from city.reading import Bools, Float64s, Int64s, UInt8s


class Stood(msgspec.Struct, frozen=True):
    """The rows that are not fresh: each by its alert, the rule's version and its subject. Little-endian columns.

    muted: empty in snapshots of before rows could be
    severity, truths: see `Severities`; a snapshot of before has none
    """

    names: list[tuple[str, str, str]]
    state: bytes
    since: bytes
    last: bytes
    peak: bytes
    cursor: bytes
    muted: bytes = b""
    severity: bytes = b""
    truths: bytes = b""


def names_of(unit: Unit, rows: Bools | Int64s, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Alert, version and subject of each of those rows."""
    plan = unit.plan
    alerts = [(plan.alert(k), rule.version) for k, rule in enumerate(plan.rules)]
    pairs = zip(plan.rule[rows].tolist(), plan.series[rows].tolist(), strict=True)
    return [(*alerts[rule], names[series]) for rule, series in pairs]


def remember_rows(units: Sequence[Unit], groups: Sequence[GroupUnit], names: Sequence[str]) -> Stood:
    """Every row that is not fresh."""
    keys: list[tuple[str, str, str]] = []
    columns: list[list[bytes]] = [[], [], [], [], [], [], [], []]
    for unit in units:
        rows = np.flatnonzero(unit.states.told())
        keys += names_of(unit, rows, names)
        _add(columns, unit, rows)
    for group in groups:
        rows = np.flatnonzero(group.states.told())
        keys += group.names(rows)
        _add(columns, group, rows)
    return Stood(keys, *(b"".join(column) for column in columns))


def _add(columns: Sequence[list[bytes]], unit: Unit | GroupUnit, rows: Int64s) -> None:
    states, severities = unit.states, unit.severities
    columns[0].append(states.state[rows].tobytes())
    columns[1].append(states.since[rows].tobytes())
    columns[2].append(states.last[rows].tobytes())
    columns[3].append(states.peak[rows].tobytes())
    columns[4].append(states.cursor[rows].tobytes())
    columns[5].append((np.zeros(len(rows), np.bool_) if states.muted is None else states.muted[rows]).tobytes())
    columns[6].append(bytes(len(rows)) if severities is None else severities.told[rows].tobytes())
    columns[7].append(bytes(len(rows)) if severities is None else severities.truths[rows].tobytes())


_Columns = tuple[UInt8s, Int64s, Int64s, Float64s, Int64s, UInt8s, UInt8s]


def recall_rows(rows: Stood, index: Mapping[str, int], in_force: InForce) -> None:
    """Puts rows where they stood, where their rule still looks at the same subject. index: series by name."""
    units = in_force.units
    named = {key: (group, row) for group in in_force.groups for key, row in group.rows_by_name().items()}
    where = {unit.plan.alert(k): (rule.version, unit, k) for unit in units for k, rule in enumerate(unit.plan.rules)}
    columns = (
        np.frombuffer(rows.state, np.uint8),
        np.frombuffer(rows.since, np.int64),
        np.frombuffer(rows.last, np.int64),
        np.frombuffer(rows.peak, np.float64),
        np.frombuffer(rows.cursor, np.int64),
        np.frombuffer(rows.severity or bytes(len(rows.names)), np.uint8),
        np.frombuffer(rows.truths or bytes(len(rows.names)), np.uint8),
    )
    muted = np.frombuffer(rows.muted or bytes(len(rows.names)), np.bool_)
    for k, (alert, version, subject) in enumerate(rows.names):
        found = where.get(alert)
        series = index.get(subject)
        if (alert, subject) in named:
            group, row = named[alert, subject]
            _recall_row(columns, k, group, row, muted=bool(muted[k]), same=version == group.alert_of(row)[1].version)
        elif found is not None and series is not None:
            version_now, unit, rule = found
            for row in unit.plan.rows_of(rule, series):
                _recall_row(columns, k, unit, row, muted=bool(muted[k]), same=version == version_now)
    for unit in units:
        unit.states.newest_timer = int(unit.states.cursor.max(initial=NEVER))


def _recall_row(columns: _Columns, k: int, unit: Unit | GroupUnit, row: int, *, muted: bool, same: bool) -> None:
    """same: it is of the version in force; of another it begins anew, but its dates go on."""
    states, severities = unit.states, unit.severities
    states.last[row] = columns[2][k]
    if same:
        states.state[row], states.since[row] = columns[0][k], columns[1][k]
        states.peak[row], states.cursor[row] = columns[3][k], columns[4][k]
        if muted:
            states.mute(np.array([row]))
        if severities is not None:
            severities.told[row], severities.truths[row] = columns[5][k], columns[6][k]
