"""What an engine knows beside its texts, in names: readings in windows, rows, and what is yet to be filled in."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np

from alerts.flapping_memory import Flapped, recall_flapped, remember_flapped
from alerts.in_force import InForce
from alerts.known_rows import Stood, names_of, recall_rows, remember_rows
from alerts.plan import NEVER
from alerts.view import View
from alerts.window import spans
from city.reading import Float64s, Int64s, UInt8s
from city.rule import QualityView


class Seen(msgspec.Struct, frozen=True):
    """A view's past: of `series[k]` the newest `count[k]` samples, one after the other. Little-endian columns."""

    series: list[str]
    newest: bytes
    arrived: bytes
    count: bytes
    time: bytes
    value: bytes
    quality: bytes


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


def remember(in_force: InForce) -> Known:
    """What is known, by names."""
    names = [str(sensor.key) for sensor in in_force.catalog.sensors]
    return Known(
        series=names,
        registered=in_force.never_heard.tobytes(),
        views={quality: _remember_view(view, names) for quality, view in in_force.views.items()},
        rows=remember_rows(in_force.units, in_force.groups, names),
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
            yield from names_of(unit, unit.waits, names)
    for group in in_force.groups:
        if group.waits is not None:
            yield from group.names(group.waits)


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
    recall_rows(known.rows, index, in_force)
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
