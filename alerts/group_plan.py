"""Rules across series that share the shape of their expressions, compiled: rows are (rule, subject) pairs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alerts.constants import column_of, number_of
from alerts.expression import Call, Compare, Condition, Numeric, Of, goes_across, is_clock
from alerts.grouping import Subject, subjects
from alerts.plan import FAR, age_edges, conditions_of
from alerts.scope import Scope, scoped
from alerts.shape import Shape, levels_of, shape_of
from alerts.terms import terms
from city.catalog import Catalog
from city.reading import Bools, Float64s, Int64s
from city.rule import Flaps, QualityView, Rule
from city.schedule import Schedule
from city.timetable import Timetable


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A condition with its columns.

    columns: float64[columns, rows]; members: float64[columns, members]
    neighbours: int64[neighbours, rows], series of each
    """

    condition: Condition
    columns: Float64s
    members: Float64s
    neighbours: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class GroupLevel:
    """A severity that an alert has while a condition is true."""

    severity: int
    side: Side


@dataclass(frozen=True, slots=True, eq=False)
class GroupPlan:
    """Rows are ordered by rule, then subject; each looks at its links: members, neighbours, the subject's own series.

    rules: those that share the plan; rule: int64[rows], index into them; subjects: of each row
    own: int64[rows], series of the subject, −1 where it is a group
    member: int64[members], series; first_member: int64[rows + 1], those of a row one after the other, ascending
    link: int64[links], series; first_link: int64[rows + 1], those of a row one after the other, ascending, each once
    counts: bool[links], whether its readings are the subject's own, not only a neighbour's: for evidence and peak
    offsets: int64[timers, links], how long after a reading of it the row must be looked at although nothing came,
        `FAR` where there is none
    timetable: when the rules look; None: always
    levels: severities with a condition each, ascending; `severity` is then the lowest
    for_ms, hold_ms, severity: int64[rows], with what the catalog overrides for a subject that is a sensor
    delay_ms: int64[rows], of the slowest link
    flaps: when its rules hold what comes and goes, None: never
    timed: whether any row has a `for` or `hold`, or flaps are held
    """

    view: QualityView
    rules: tuple[Rule, ...]
    rule: Int64s
    subjects: tuple[str, ...]
    own: Int64s
    member: Int64s
    first_member: Int64s
    link: Int64s
    first_link: Int64s
    counts: Bools
    raises: Side
    clears: Side | None
    levels: tuple[GroupLevel, ...]
    for_ms: Int64s
    hold_ms: Int64s
    severity: Int64s
    delay_ms: Int64s
    flaps: Flaps | None
    timed: bool
    offsets: Int64s
    timetable: Timetable | None

    @property
    def sides(self) -> tuple[Side, ...]:
        """What raises, what clears where that is another condition, and what its severities depend on."""
        clears = () if self.clears is None else (self.clears,)
        return (self.raises, *clears, *(level.side for level in self.levels))

    def __len__(self) -> int:
        return len(self.rule)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row before its columns: `neighbours` and `links` are series."""

    rule: int
    subject: Subject
    neighbours: tuple[tuple[int, ...], ...]
    links: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Key:
    raises: Condition
    clears: Condition | None
    view: QualityView
    schedule: tuple[Schedule, ...]
    flaps: Flaps | None
    levels: tuple[tuple[int, Condition], ...]


_Group = Sequence[tuple[Rule, tuple[Shape, ...]]]  # rules that share a plan


def make_group_plans(rules: Iterable[Rule], catalog: Catalog) -> tuple[GroupPlan, ...]:
    """The plans of those rules, which were checked, that go across series.

    A rule that names a neighbour which is not in the catalog (any more) has no rows, like one that selects nothing.
    """
    found: dict[_Key, list[tuple[Rule, tuple[Shape, ...]]]] = defaultdict(list)
    known = {str(key): series for key, series in catalog.index.items()}
    for rule in rules:
        conditions = conditions_of(rule)
        if any(goes_across(condition) for condition in conditions):
            shapes = tuple(shape_of(condition) for condition in conditions)
            if any(name not in known for shape in shapes for name in shape.neighbours):
                continue
            clears = shapes[1].condition if rule.clear is not None else None
            levels = levels_of(rule, shapes)
            key = _Key(shapes[0].condition, clears, rule.quality, rule.schedule, rule.flaps, levels)
            found[key].append((rule, shapes))
    plans = (_plan(key, group, catalog, known) for key, group in found.items())
    return tuple(plan for plan in plans if plan is not None)


def _plan(key: _Key, group: _Group, catalog: Catalog, known: Mapping[str, int]) -> GroupPlan | None:
    rows = [row for index, (rule, shapes) in enumerate(group) for row in _rows(index, rule, shapes, catalog, known)]
    if not rows:
        return None
    rules = tuple(rule for rule, _ in group)
    first_link = _first([len(row.links) for row in rows])
    first_member = _first([len(row.subject.members) for row in rows])
    delays = np.array([sensor.delay_ms for sensor in catalog.sensors], np.int64)
    link = np.array([series for row in rows for series in row.links], np.int64)
    rule = np.array([row.rule for row in rows], np.int64)
    own = [
        terms(rules[row.rule], None if row.subject.own is None else catalog.sensors[row.subject.own]) for row in rows
    ]
    sides = [_side(group, rows, which, catalog) for which in range(len(group[0][1]))]
    beside = 1 if key.clears is None else 2
    levels = [GroupLevel(level, side) for (level, _), side in zip(key.levels, sides[beside:], strict=True)]
    return GroupPlan(
        view=key.view,
        rules=rules,
        rule=rule,
        subjects=tuple(row.subject.name for row in rows),
        own=np.array([-1 if row.subject.own is None else row.subject.own for row in rows], np.int64),
        member=np.array([series for row in rows for series in row.subject.members], np.int64),
        first_member=first_member,
        link=link,
        first_link=first_link,
        counts=np.array([s == row.subject.own or s in row.subject.members for row in rows for s in row.links]),
        raises=sides[0],
        clears=sides[1] if key.clears else None,
        levels=tuple(levels),
        for_ms=np.array([term.for_ms for term in own], np.int64),
        hold_ms=np.array([term.hold_ms for term in own], np.int64),
        severity=np.array([term.severity for term in own], np.int64),
        delay_ms=np.maximum.reduceat(delays[link], first_link[:-1]),
        flaps=key.flaps,
        timed=key.flaps is not None or any(term.for_ms or term.hold_ms for term in own),
        offsets=_offsets(sides, rows, first_member, first_link, link),
        timetable=Timetable(key.schedule) if key.schedule else None,
    )


def _rows(
    index: int, rule: Rule, shapes: Sequence[Shape], catalog: Catalog, known: Mapping[str, int]
) -> Iterator[_Row]:
    near = tuple(tuple(known[name] for name in shape.neighbours) for shape in shapes)
    for subject in subjects(rule, [shape.condition for shape in shapes], catalog):
        own = () if subject.own is None else (subject.own,)
        links = {*own, *subject.members, *(series for side in near for series in side)}
        yield _Row(index, subject, near, tuple(sorted(links)))


def _first(lengths: Sequence[int]) -> Int64s:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(lengths, np.int64))])


def _side(group: Sequence[tuple[Rule, tuple[Shape, ...]]], rows: Sequence[_Row], which: int, catalog: Catalog) -> Side:
    sensors = catalog.sensors
    rules, shapes = [rule for rule, _ in group], [shapes[which] for _, shapes in group]
    first = shapes[0]
    columns = np.full((len(first.constants), len(rows)), np.nan)
    for k in range(len(first.constants)):
        for place, row in enumerate(rows):
            constant = shapes[row.rule].constants[k]
            series = row.subject.own if constant.neighbour is None else row.neighbours[which][constant.neighbour]
            sensor = None if series is None else sensors[series]
            columns[k, place] = number_of(constant.number, sensor, rules[row.rule])
    members = [
        np.concatenate(
            [
                column_of(shapes[row.rule].members[k], [sensors[s] for s in row.subject.members], rules[row.rule])
                for row in rows
            ]
        )
        for k in range(len(first.members))
    ]
    count = sum(len(row.subject.members) for row in rows)
    near = [[row.neighbours[which][k] for row in rows] for k in range(len(first.neighbours))]
    return Side(
        first.condition,
        columns,
        np.array(members).reshape(len(members), count),
        np.array(near, np.int64).reshape(len(near), len(rows)),
    )


def reach_ms(plan: GroupPlan) -> int:
    """How far back of a moment the plan's functions look."""
    calls = (part for side in plan.sides for part, _ in scoped(side.condition) if isinstance(part, Call))
    return max((call.reach_ms for call in calls), default=0)


def _offsets(
    sides: Sequence[Side], rows: Sequence[_Row], first_member: Int64s, first_link: Int64s, link: Int64s
) -> Int64s:
    """int64[timers, links]: see `GroupPlan.offsets`; each timer stands with the links that it is about."""
    row_of = np.repeat(np.arange(len(rows)), np.diff(first_link))
    keys = row_of * (int(link.max(initial=0)) + 1) + link  # ascending: to find a row's link of a series

    def links(side: Side, scope: Scope) -> Int64s:
        """The links that a scope is about: of every member, or one of every row."""
        span = int(link.max(initial=0)) + 1
        if scope.member:
            of = np.repeat(np.arange(len(rows)), np.diff(first_member))
            series = np.array([series for row in rows for series in row.subject.members], np.int64)
        elif scope.neighbour is not None:
            of, series = np.arange(len(rows)), side.neighbours[int(scope.neighbour)]
        else:
            of, series = np.arange(len(rows)), np.array([row.subject.own for row in rows], np.int64)
        return np.searchsorted(keys, of * span + series)

    found: list[tuple[Int64s, Int64s]] = []
    for side in sides:
        for part, scope in scoped(side.condition):
            if isinstance(part, Call):
                after = part.function.empties_ms(part.arguments)
                if after is not None:
                    mine = links(side, scope)
                    found.append((mine, np.full(len(mine), after, np.int64)))
            elif isinstance(part, Compare) and (is_clock(part.left) or is_clock(part.right)):
                mine = links(side, _clock_scope(part, scope))
                columns = side.members if scope.member else side.columns
                found += [(mine, edges) for edges in age_edges(part, columns)]
    out = np.full((len(found), len(link)), FAR, np.int64)
    for timer, (mine, offsets) in enumerate(found):
        out[timer, mine] = offsets
    return np.unique(out, axis=0)


def _clock_scope(compare: Compare, scope: Scope) -> Scope:
    """Whose age is compared."""
    side: Numeric = compare.left if is_clock(compare.left) else compare.right
    return Scope(neighbour=side.series) if isinstance(side, Of) else scope
