"""Rules that share the shape of their expression, compiled: rows are (rule, series) pairs, constants are columns."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.bounds import bounds
from alerts.constants import column_of
from alerts.expression import Call, Compare, Condition, calls, goes_across, is_clock, parts
from alerts.expression_text import read_condition
from alerts.function import HOUR_MS
from alerts.shape import Shape, levels_of, shape_of
from alerts.terms import Terms, terms
from alerts.tokens import Fault
from city.alert import NO_DATA
from city.catalog import Catalog, Sensor
from city.reading import Float64s, Int64s
from city.rule import Flaps, QualityView, Rule, Select
from city.schedule import Schedule
from city.timetable import Timetable

FAR: Final = 1 << 61  # a time that never comes; a difference of two times still fits 64 bits
NEVER: Final = -FAR  # a time that never was


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A severity that an alert has while a condition is true; columns: float64[columns, rows]."""

    severity: int
    condition: Condition
    columns: Float64s


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Rows are ordered by series, then by rule.

    rules: those that share the plan; rule: int64[rows], index into them; series: int64[rows]
    first: int64[series + 1], the rows of series s are first[s] ≤ row < first[s + 1]
    raises, clears: conditions over `raise_columns`, `clear_columns` (float64[columns, rows]); clears None: raise is
        false. Both None in a plan of silence, whose rows raise once `offsets[0]` has passed without a reading.
    raise_bounds: float64[columns, series] or None, see `alerts/bounds.py`
    for_ms, hold_ms, severity: int64[rows], with what the catalog overrides for a sensor; timed: whether any
        is not 0 or flaps are held
    offsets: int64[timers, rows], how long after its newest reading a row must be looked at again although nothing
        came: windows that empty, thresholds of age(); ascending within a row, `FAR` where there is none
    soonest: int64[series], the least of its rows' offsets, `FAR` where there is none
    levels: severities with a condition each, ascending; `severity` is then the lowest
    flaps: when its rules hold what comes and goes, None: never; timed then
    timetable: when its rules are in force, None: always. Outside a raise is false, and its edges are timers.
    """

    view: QualityView
    rules: tuple[Rule, ...]
    rule: Int64s
    series: Int64s
    first: Int64s
    raises: Condition | None
    raise_columns: Float64s
    raise_bounds: Float64s | None
    clears: Condition | None
    clear_columns: Float64s
    for_ms: Int64s
    hold_ms: Int64s
    severity: Int64s
    timed: bool
    offsets: Int64s
    soonest: Int64s
    levels: tuple[Level, ...] = ()
    flaps: Flaps | None = None
    timetable: Timetable | None = None

    @property
    def silence(self) -> bool:
        """Whether it watches for silence instead of an expression."""
        return self.raises is None

    def __len__(self) -> int:
        return len(self.series)

    def alert(self, rule: int) -> str:
        """The id under which its alerts of the rule go."""
        return self.rules[rule].id + (NO_DATA if self.silence else "")

    def rows_of(self, rule: int, series: int) -> list[int]:
        """The row of a rule (index into `rules`) and a series, if it has one."""
        begin, end = int(self.first[series]), int(self.first[series + 1])
        return (begin + np.flatnonzero(self.rule[begin:end] == rule)).tolist()


@dataclass(frozen=True, slots=True)
class _Key:
    raises: Condition | None
    clears: Condition | None
    view: QualityView
    timed: bool
    schedule: tuple[Schedule, ...] = ()
    levels: tuple[tuple[int, Condition], ...] = ()
    flaps: Flaps | None = None


def make_plans(rules: Iterable[Rule], catalog: Catalog) -> tuple[Plan, ...]:
    """The plans of rules that were checked; a rule that selects nothing has no rows."""
    members: dict[_Key, list[tuple[Rule, tuple[Shape, ...]]]] = defaultdict(list)
    timed_somewhere = {
        name for s in catalog.sensors for name, override in s.overrides.items() if override.for_ms or override.hold_ms
    }
    for rule in rules:
        conditions = conditions_of(rule)
        if not any(goes_across(condition) for condition in conditions):  # those have plans of their own
            shapes = tuple(shape_of(condition) for condition in conditions)
            clears = shapes[1].condition if rule.clear is not None else None
            timed = bool(rule.for_ms or rule.hold_ms or rule.flaps) or rule.id in timed_somewhere
            key = _Key(
                shapes[0].condition, clears, rule.quality, timed, rule.schedule, levels_of(rule, shapes), rule.flaps
            )
            members[key].append((rule, shapes))
        if rule.no_data_ms is not None:  # at all hours: a sensor is to be mended before its rule looks at it again
            members[_Key(None, None, rule.quality, timed=False)].append((rule, ()))
    chosen = {rule.id: selected(rule.select, catalog) for group in members.values() for rule, _ in group}
    return tuple(_plan(key, group, catalog, chosen) for key, group in members.items())


def conditions_of(rule: Rule) -> tuple[Condition, ...]:
    """Its expressions, in the order of `Rule.sources`. The rule was checked."""
    found = []
    for source in rule.sources:
        condition = read_condition(source.text)
        assert not isinstance(condition, Fault), condition
        found.append(condition)
    return tuple(found)


def selected(select: Select, catalog: Catalog) -> Int64s:
    """int64[n]: indices of the series that a rule looks at, ascending."""

    def wanted(sensor: Sensor) -> bool:
        return (
            sensor.quantity.id == select.quantity
            and (select.area is None or sensor.area in select.area)
            and (select.river is None or sensor.river in select.river)
            and (select.site is None or sensor.site in select.site)
            and (select.series is None or str(sensor.key) in select.series)
        )

    return np.array([i for i, sensor in enumerate(catalog.sensors) if wanted(sensor)], np.int64)


def _plan(
    key: _Key, group: Sequence[tuple[Rule, tuple[Shape, ...]]], catalog: Catalog, chosen: dict[str, Int64s]
) -> Plan:
    rules = tuple(rule for rule, _ in group)
    series = np.concatenate([chosen[rule.id] for rule in rules])
    rule = np.repeat(np.arange(len(rules)), [len(chosen[r.id]) for r in rules])
    order = np.lexsort((rule, series))
    sensors = {r.id: [catalog.sensors[i] for i in chosen[r.id].tolist()] for r in rules}

    def columns(which: int) -> Float64s:
        shapes = [(r, s[which]) for r, s in group if len(s) > which]
        count = len(shapes[0][1].constants) if shapes else 0
        out = [
            np.concatenate([column_of(s.constants[k].number, sensors[r.id], r) for r, s in shapes])[order]
            for k in range(count)
        ]
        return np.array(out).reshape(count, len(order))

    own = [terms(r) for r in rules]
    some = [place for place, sensor in enumerate(catalog.sensors) if sensor.overrides]
    override = {
        place: terms(rules[rule[order[place]]], catalog.sensors[series[order[place]]])
        for place in np.flatnonzero(np.isin(series[order], some)).tolist()
    }

    def each(term: Callable[[Terms], int]) -> Int64s:
        """int64[rows]: one of the rules' terms, with what sensors override."""
        out = np.array([term(one) for one in own], np.int64)[rule][order]
        for place, terms_there in override.items():
            out[place] = term(terms_there)
        return out

    raise_columns = columns(0)
    clear_columns = columns(1) if key.clears else np.empty((0, len(order)))
    beside = 1 if key.clears is None else 2
    levels = [Level(s, condition, columns(beside + k)) for k, (s, condition) in enumerate(key.levels)]
    if key.raises is None:
        offsets = each(lambda t: t.no_data_ms).reshape(1, -1)
    else:
        others = [(key.clears, clear_columns)] if key.clears else []
        offsets = _offsets([(key.raises, raise_columns), *others, *((s.condition, s.columns) for s in levels)])
    first = np.searchsorted(series[order], np.arange(len(catalog.sensors) + 1))
    soonest = np.full(len(catalog.sensors), FAR, np.int64)
    for offset in offsets:
        np.minimum.at(soonest, series[order], offset)
    return Plan(
        view=key.view,
        rules=rules,
        rule=rule[order],
        series=series[order],
        first=first,
        raises=key.raises,
        raise_columns=raise_columns,
        raise_bounds=None if key.raises is None else bounds(key.raises, raise_columns, first),
        clears=key.clears,
        clear_columns=clear_columns,
        for_ms=each(lambda t: t.for_ms if key.timed else 0),  # silence knows neither
        hold_ms=each(lambda t: t.hold_ms if key.timed else 0),
        severity=each(lambda t: t.severity),
        timed=key.timed,
        offsets=offsets,
        soonest=soonest,
        levels=tuple(levels),
        flaps=key.flaps,
        timetable=Timetable(key.schedule) if key.schedule else None,
    )


def reach_ms(plan: Plan) -> int:
    """How far back of a moment the plan's functions look."""
    return max((call.reach_ms for call in _calls(plan)), default=0)


def _calls(plan: Plan) -> list[Call]:
    conditions = (plan.raises, plan.clears, *(level.condition for level in plan.levels))
    return [call for condition in conditions if condition is not None for call in calls(condition)]


def _offsets(conditions: Sequence[tuple[Condition, Float64s]]) -> Int64s:
    """int64[timers, rows]: see `Plan.offsets`."""
    rows = conditions[0][1].shape[1]
    found = [call for condition, _ in conditions for call in calls(condition)]
    empties = {after for call in found if (after := call.function.empties_ms(call.arguments)) is not None}
    if empties and len(conditions) == 1 and not any(call.function.when_empty == 0 for call in found):
        # Where the last of the windows has emptied, each of them is unknown, and unknown moves nothing. Before that
        # the others have lost samples, and may say something new; count() says 0; and a raise that has become unknown
        # no longer beats a clear of its own.
        empties.remove(max(empties))
    out = [np.full(rows, after, np.int64) for after in sorted(empties)]
    for condition, columns in conditions:
        for part in parts(condition):
            if isinstance(part, Compare) and (is_clock(part.left) or is_clock(part.right)):
                out += age_edges(part, columns)
    stacked = np.sort(np.array(out, np.int64).reshape(len(out), rows), axis=0)
    if len(out) > 1:
        stacked[1:][stacked[1:] == stacked[:-1]] = FAR
    return stacked


def age_edges(compare: Compare, columns: Float64s) -> list[Int64s]:
    """When after a reading the comparison of its age changes its truth; both edges are the same for either side."""
    swapped = is_clock(compare.right)
    side = compare.left if swapped else compare.right
    limit = columns[side.index] if hasattr(side, "index") else np.empty(0)
    operator = compare.operator
    if swapped:
        operator = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
    reaches, passes = _first_ms(limit, strict=False), _first_ms(limit, strict=True)
    match operator:
        case ">=" | "<":
            return [reaches]
        case ">" | "<=":
            return [passes]
        case _:
            return [reaches, passes]


def _first_ms(hours: Float64s, *, strict: bool) -> Int64s:
    """int64[n]: the first age in ms that is ≥ (strict: >) so many hours by the arithmetic of `age()`; else `FAR`."""
    usable = np.isfinite(hours) & (hours < FAR / HOUR_MS / 2) & (hours >= 0)
    safe = np.where(usable, hours, 0.0)
    near = np.floor(safe * HOUR_MS).astype(np.int64) - 2
    found = np.full(len(hours), FAR, np.int64)
    for step in range(5, -1, -1):  # products and quotients round, by less than a millisecond either way
        age = (near + step) / HOUR_MS
        found = np.where(age > safe if strict else age >= safe, near + step, found)
    return np.where(usable & (found > 0), found, FAR)
