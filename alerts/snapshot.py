"""An engine's memory in names: what survives a restart, and a change of rules or catalog."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import msgspec
import numpy as np

from alerts.engine_state import RowStates
from alerts.fired import FiredMemory
from alerts.flapping_memory import Flapped, recall_flapped, remember_flapped
from alerts.group_unit import GroupUnit
from alerts.in_force import InForce, Unit
from alerts.plan import NEVER
from alerts.suppression import SuppressionMemory
from alerts.unseen import UnseenMemory
from alerts.view import View
from alerts.window import spans
from alerts.zone_silence import SilenceMemory
from city.alert import ZONE_SILENT
from city.errors import UserError
from city.reading import Bools, Float64s, Int64s, UInt8s
from city.rule import QualityView

FORMAT: Final = 1  # counts up when a snapshot of before can no longer be read


class BrokenSnapshotError(UserError):
    """Bytes that are no snapshot of this version; the journal can be run from its beginning instead."""


class Seen(msgspec.Struct, frozen=True):
    """A view's past: of `series[k]` the newest `count[k]` samples, one after the other. Little-endian columns."""

    series: list[str]
    newest: bytes
    arrived: bytes
    count: bytes
    time: bytes
    value: bytes
    quality: bytes


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


class Known(msgspec.Struct, frozen=True):
    """What an engine knows beside its texts.

    registered: since when each sensor's silence counts
    unfilled: by view, the series whose windows lack their past; waiting: the rows that look at nothing until then
    flapped: what rows remember that are held while they come and go
    """

    series: list[str]
    registered: bytes
    views: dict[QualityView, Seen]
    rows: Stood
    unfilled: dict[QualityView, list[str]] = {}
    waiting: list[tuple[str, str, str]] = []
    fill_until_ms: int = NEVER
    fill_position: int = 0
    flapped: list[Flapped] = []


class Memory(msgspec.Struct, frozen=True):
    """All of an engine."""

    city: str
    position: int
    clock_ms: int
    caught_up: bool
    replay_from_ms: int | None
    catalog_files: dict[str, str]
    rule_files: dict[str, str]
    known: Known
    silence: SilenceMemory = SilenceMemory()
    suppression: SuppressionMemory = SuppressionMemory()
    unseen: UnseenMemory = UnseenMemory()
    fired: FiredMemory = FiredMemory()
    heard: bool = True  # of snapshots that do not say so
    format: int = FORMAT


def encode(memory: Memory) -> bytes:
    """As MessagePack, compressed, with a checksum."""
    return zlib.compress(msgspec.msgpack.encode(memory), level=1)


def decode(snapshot: bytes) -> Memory:
    """What `encode` made. Raises BrokenSnapshotError for anything else."""
    try:
        memory = msgspec.msgpack.decode(zlib.decompress(snapshot), type=Memory)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise BrokenSnapshotError("alerts.snapshot_broken", reason=str(error)) from error
    if memory.format != FORMAT:
        raise BrokenSnapshotError("alerts.snapshot_format", found=memory.format, known=FORMAT)
    if memory.silence.held:  # of before there were other suppressors
        held = [[replace(old.event, suppressed_by=ZONE_SILENT)] for old in memory.silence.held]
        memory = msgspec.structs.replace(memory, suppression=SuppressionMemory(held=held))
    return memory


def remember(in_force: InForce) -> Known:
    """What is known, by names."""
    names = [str(sensor.key) for sensor in in_force.catalog.sensors]
    return Known(
        series=names,
        registered=in_force.never_heard.tobytes(),
        views={quality: _remember_view(view, names) for quality, view in in_force.views.items()},
        rows=_remember_rows(in_force.units, in_force.groups, names),
        unfilled={q: [names[k] for k in np.flatnonzero(v.unfilled).tolist()] for q, v in in_force.views.items()},
        waiting=list(_waiting(in_force, names)),
        fill_until_ms=in_force.fill_until_ms,
        fill_position=in_force.fill_position,
        flapped=remember_flapped(in_force),
    )


def _waiting(in_force: InForce, names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Alert, version and subject of each row that waits for its windows to be filled."""
    for unit in in_force.units:
        if unit.waits is not None:
            yield from _names(unit, unit.waits, names)
    for group in in_force.groups:
        if group.waits is not None:
            for row in np.flatnonzero(group.waits).tolist():
                alert, rule, subject = group.alert_of(row)
                yield alert, rule.version, subject


def _names(unit: Unit, rows: Bools | Int64s, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Alert, version and subject of each of those rows."""
    plan = unit.plan
    alerts = [(plan.alert(k), rule.version) for k, rule in enumerate(plan.rules)]
    pairs = zip(plan.rule[rows].tolist(), plan.series[rows].tolist(), strict=True)
    return [(*alerts[rule], names[series]) for rule, series in pairs]


def _remember_view(view: View, names: Sequence[str]) -> Seen:
    heard = np.flatnonzero(view.newest != NEVER)
    start, count = view.samples.kept(heard)
    place = spans(start, count)
    return Seen(
        series=[names[k] for k in heard.tolist()],
        newest=view.newest[heard].tobytes(),
        arrived=view.arrived[heard].tobytes(),
        count=count.tobytes(),
        time=view.samples.time[place].tobytes(),
        value=view.samples.value[place].tobytes(),
        quality=view.samples.quality[place].tobytes(),
    )


def _remember_rows(units: Sequence[Unit], groups: Sequence[GroupUnit], names: Sequence[str]) -> Stood:
    keys: list[tuple[str, str, str]] = []
    columns: list[list[bytes]] = [[], [], [], [], [], [], [], []]
    for unit in units:
        states, severities = unit.states, unit.severities
        rows = np.flatnonzero(states.told())
        keys += _names(unit, rows, names)
        _add(columns, states, rows)
        columns[6].append(bytes(len(rows)) if severities is None else severities.told[rows].tobytes())
        columns[7].append(bytes(len(rows)) if severities is None else severities.truths[rows].tobytes())
    for group in groups:
        rows = np.flatnonzero(group.states.told())
        named = (group.alert_of(row) for row in rows.tolist())
        keys += [(alert, rule.version, subject) for alert, rule, subject in named]
        _add(columns, group.states, rows)
        columns[6].append(bytes(len(rows)))
        columns[7].append(bytes(len(rows)))
    return Stood(keys, *(b"".join(column) for column in columns))


def _add(columns: Sequence[list[bytes]], states: RowStates, rows: Int64s) -> None:
    columns[0].append(states.state[rows].tobytes())
    columns[1].append(states.since[rows].tobytes())
    columns[2].append(states.last[rows].tobytes())
    columns[3].append(states.peak[rows].tobytes())
    columns[4].append(states.cursor[rows].tobytes())
    columns[5].append((np.zeros(len(rows), np.bool_) if states.muted is None else states.muted[rows]).tobytes())


def recall(known: Known, in_force: InForce) -> None:
    """Puts what is known into what is in force and fresh, where the names are still there."""
    index = {str(key): place for key, place in in_force.catalog.index.items()}
    registered = in_force.never_heard
    places = np.array([index.get(name, -1) for name in known.series], np.int64)
    then = np.frombuffer(known.registered, np.int64)
    for place, since_ms in zip(places.tolist(), then.tolist(), strict=True):
        # A date in the catalog stands; without one, the first sight of the sensor counts.
        if place >= 0 and registered[place] == NEVER:
            registered[place] = since_ms
    for quality, view in in_force.views.items():
        # A view that no rule had before begins with the good readings: those, any view would have seen.
        seen = known.views.get(quality) or known.views.get(QualityView.GOOD)
        if seen is not None:
            _recall_view(seen, index, view)
    _recall_rows(known.rows, index, in_force)
    recall_flapped(known.flapped, in_force)
    _recall_fill(known, index, in_force)
    in_force.keep_samples()


def _recall_view(seen: Seen, index: Mapping[str, int], view: View) -> None:
    place = np.array([index.get(name, -1) for name in seen.series], np.int64)
    count: Int64s = np.frombuffer(seen.count, np.int64)
    time: Int64s = np.frombuffer(seen.time, np.int64)
    value: Float64s = np.frombuffer(seen.value, np.float64)
    quality: UInt8s = np.frombuffer(seen.quality, np.uint8)
    there = np.flatnonzero(place >= 0)  # ascending: every catalog is in the order of its names
    start = (np.cumsum(count) - count)[there]
    taken = spans(start, count[there])
    view.samples.append(place[there], count[there], time[taken], value[taken], quality[taken])
    view.newest[place[there]] = np.frombuffer(seen.newest, np.int64)[there]
    view.arrived[place[there]] = np.frombuffer(seen.arrived, np.int64)[there]


def _recall_fill(known: Known, index: Mapping[str, int], in_force: InForce) -> None:
    in_force.fill_until_ms, in_force.fill_position = known.fill_until_ms, known.fill_position
    for quality, names in known.unfilled.items():
        if quality in in_force.views:
            view = in_force.views[quality]
            view.unfilled[[index[name] for name in names if name in index]] = True
            view.unfilled &= view.reach_ms >= 0
    where = {
        (unit.plan.alert(k), rule.version): (unit, k)
        for unit in in_force.units
        for k, rule in enumerate(unit.plan.rules)
    }
    groups = {name: (group, row) for group in in_force.groups for name, row in group.rows_by_name().items()}
    for alert, version, subject in known.waiting:
        if (alert, subject) in groups:
            group, row = groups[alert, subject]
            if group.alert_of(row)[1].version == version:
                group.waits = np.zeros(len(group.plan), np.bool_) if group.waits is None else group.waits
                group.waits[row] = True
        elif (alert, version) in where and subject in index:
            unit, rule = where[alert, version]
            waits = np.zeros(len(unit.plan), np.bool_) if unit.waits is None else unit.waits
            waits[unit.plan.rows_of(rule, index[subject])] = True
            unit.waits = waits if waits.any() else None


_Columns = tuple[UInt8s, Int64s, Int64s, Float64s, Int64s, UInt8s, UInt8s]


def _recall_rows(rows: Stood, index: Mapping[str, int], in_force: InForce) -> None:
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
    muted = np.frombuffer(rows.muted, np.bool_)
    for k, (alert, version, subject) in enumerate(rows.names):
        found = where.get(alert)
        series = index.get(subject)
        if (alert, subject) in named:
            group, row = named[alert, subject]
            same = version == group.alert_of(row)[1].version
            _recall_row(columns, k, group.states, row, same=same)
            if same and muted.size and muted[k]:
                group.states.mute(np.array([row]))
        elif found is not None and series is not None:
            version_now, unit, rule = found
            for row in unit.plan.rows_of(rule, series):
                _recall_row(columns, k, unit.states, row, same=version == version_now)
                if version == version_now and muted.size and muted[k]:
                    unit.states.mute(np.array([row]))
                if version == version_now and unit.severities is not None:
                    unit.severities.told[row], unit.severities.truths[row] = columns[5][k], columns[6][k]
    for unit in units:
        unit.states.newest_timer = int(unit.states.cursor.max(initial=NEVER))


def _recall_row(columns: _Columns, k: int, states: RowStates, row: int, *, same: bool) -> None:
    """same: it is of the version in force; of another it begins anew, but its dates go on."""
    states.last[row] = columns[2][k]
    if same:
        states.state[row], states.since[row] = columns[0][k], columns[1][k]
        states.peak[row], states.cursor[row] = columns[3][k], columns[4][k]
