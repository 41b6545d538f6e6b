"""The semantics of rules across series once more, slow and obvious: one subject at a time, one moment at a time.

As `tests/support/scalar_rules.py`, of which it goes on with the state machine and the functions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from alerts.expression import (
    And,
    Arithmetic,
    Call,
    Compare,
    Condition,
    Expression,
    Holds,
    Lookup,
    Negative,
    Not,
    Numeric,
    Of,
    Or,
    Over,
    neighbours,
)
from city.catalog import Sensor
from city.rule import Rule
from tests.support.scalar_expressions import NAN, Sample, age_edges, arithmetic, empties, finite, number
from tests.support.scalar_rules import Row, edges, goes_across, in_force

Samples = dict[str, list[Sample]]


def number_across(node: Expression, about: Sensor | None, row: "GroupRow", now: int) -> float:
    """A numeric node about one sensor (a member, the subject, a neighbour), or about a group."""
    match node:
        case Lookup(kind="number", name=name):  # nothing is overridden where groups are tried
            return row.rule.numbers[name]
        case Of(series=series, operand=operand):
            return number_across(operand, row.sensors[series], row, now)
        case Over(function=function, operand=operand):
            found = [number_across(operand, member, row, now) for member in row.members]
            known = [one for one in found if one == one]  # noqa: PLR0124  NaN is not equal to itself
            return NAN if not known else max(known) if function == "max_over" else finite(sum(known))
        case Negative(operand=operand):
            return -number_across(operand, about, row, now)
        case Arithmetic(operator=operator, left=left, right=right):
            return arithmetic(operator, number_across(left, about, row, now), number_across(right, about, row, now))
        case _:
            sensor = about or row.members[0]  # of a group it is a number as written
            return number(node, sensor, row.known(str(sensor.key), now), now)


def kleene_across(node: Condition, about: Sensor | None, row: "GroupRow", now: int) -> bool | None:  # noqa: PLR0911  one each
    """A condition: true, false or None for unknown."""
    match node:
        case Holds(function=function, count=count, part=part):
            found = [kleene_across(part, member, row, now) for member in row.members]
            least = {"any": 1, "all": len(found), "at_least": count}[function]
            if found.count(True) >= least:
                return True
            return None if found.count(True) + found.count(None) >= least else False
        case Compare(operator=operator, left=left, right=right):
            a, b = number_across(left, about, row, now), number_across(right, about, row, now)
            if a != a or b != b:  # noqa: PLR0124
                return None
            return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[operator]
        case And(parts=parts):
            found = [kleene_across(part, about, row, now) for part in parts]
            return False if False in found else None if None in found else True
        case Or(parts=parts):
            found = [kleene_across(part, about, row, now) for part in parts]
            return True if True in found else None if None in found else False
        case Not(part=part):
            inner = kleene_across(part, about, row, now)
            return None if inner is None else not inner
    raise AssertionError(node)


def offsets(node: Expression, about: list[Sensor], row: "GroupRow") -> Iterator[tuple[str, int]]:  # noqa: C901, PLR0912  one branch a node
    """How long after which series' reading the clock alone may change what the node says."""
    match node:
        case Holds(part=part):
            yield from offsets(part, row.members, row)
        case Over(operand=operand):
            yield from offsets(operand, row.members, row)
        case Of(series=series, operand=operand):
            yield from offsets(operand, [row.sensors[series]], row)
        case Negative(operand=operand):
            yield from offsets(operand, about, row)
        case Not(part=part):
            yield from offsets(part, about, row)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from offsets(part, about, row)
        case Arithmetic(left=left, right=right):
            yield from offsets(left, about, row)
            yield from offsets(right, about, row)
        case Compare(operator=operator, left=left, right=right):
            yield from offsets(left, about, row)
            yield from offsets(right, about, row)
            bare = Compare(operator, _bare(left), _bare(right))
            whose = [side.series for side in (left, right) if isinstance(side, Of)]
            for sensor in about or row.members[:1]:
                if any(isinstance(side, Call) and side.function.name == "age" for side in (bare.left, bare.right)):
                    yield from ((whose[0] if whose else str(sensor.key), after) for after in age_edges([bare], sensor))
        case Call(arguments=arguments) if arguments:
            for sensor in about:
                yield str(sensor.key), empties(node)
        case _:
            pass


def _bare(node: Numeric) -> Numeric:
    return node.operand if isinstance(node, Of) else node


@dataclass
class GroupRow(Row):
    """One alert: a rule on a group of members, or on a series that it sees beside named neighbours."""

    name_of_group: str | None = None
    members: list[Sensor] = field(default_factory=list)
    sensors: dict[str, Sensor] = field(default_factory=dict)
    pasts: Samples = field(default_factory=dict)
    heard: list[Sample] = field(default_factory=list)  # the subject's own readings that were moments

    def __post_init__(self) -> None:
        self.read()
        own = [] if self.name_of_group is not None else [self.sensor]
        conditions: list[Condition] = [self.raised, self.cleared, *(c for _, c in self.levels)]  # type: ignore[list-item]  # no fault
        self.timers_of = {found for condition in conditions for found in offsets(condition, own, self)}
        near = {str(self.sensors[series].key) for condition in conditions for series in _named(condition)}
        self.counted = {str(sensor.key) for sensor in [*own, *self.members]}
        self.pasts = {series: [] for series in self.counted | near}
        self.delay_ms = max(self.sensors[series].delay_ms for series in self.pasts)

    @property
    def subject(self) -> str:
        return super().subject if self.name_of_group is None else self.name_of_group

    def looks_at(self, series: str) -> bool:
        return series in self.pasts

    def known(self, series: str, now: int) -> list[Sample]:
        """What had been measured by then, of what has arrived."""
        return [s for s in self.pasts[series] if s.time <= now]

    def reading(self, sample: Sample, series: str = "") -> None:
        """Kept; what it brings about is seen when engine time has come to it."""
        past = self.pasts[series]
        if self.sees(sample.quality) and not (past and sample.time <= past[-1].time):
            past.append(sample)

    def clock(self, now: int) -> None:
        """All that has happened up to the group's engine time."""
        until = now - self.delay_ms
        while (due := self.next_moment()) is not None and due <= until:
            self.seen = due
            came = [s for series in self.counted for s in self.pasts[series] if s.time == due]
            self.heard += came
            self.moment(due, None)
        self.seen = until if self.seen is None else max(self.seen, until)

    def next_moment(self) -> int | None:
        due = [s.time for past in self.pasts.values() for s in past]
        if due:
            due += edges(self.rule.schedule, min(due) if self.seen is None else max(self.seen, min(due)))
        due += self.changes_alone()
        if self.state == "pending":
            due.append(self.since + self.rule.for_ms)
        due += self.released()
        return min((t for t in due if self.seen is None or t > self.seen), default=None)

    def is_own(self, now: int) -> bool:
        """Whether anything that it looks at came then, or a condition may change."""
        schedule = self.rule.schedule
        edge = bool(schedule) and in_force(schedule, now) != in_force(schedule, now - 1)
        came = any(s.time == now for past in self.pasts.values() for s in past)
        return edge or came or now in self.changes_alone()

    def changes_alone(self) -> list[int]:
        """When the clock alone may change what a condition says, as things stand."""
        found = []
        for series, after in self.timers_of:
            times = [s.time for s in self.pasts[series]]
            found += [t + after for t in times if not any(t < other <= t + after for other in times)]
        return found

    def truth(self, condition: Condition, now: int) -> bool | None:
        return kleene_across(condition, self.sensor if self.name_of_group is None else None, self, now)

    def peak(self, raised: int, at: int) -> float | None:
        return max((s.value for s in self.heard if raised <= s.time < at), default=None)

    def evidence(self, sample: Sample | None) -> int | None:  # noqa: ARG002  never one alone
        assert self.seen is not None
        return max((s.time for series in self.counted for s in self.known(series, self.seen)), default=None)


def _named(node: Expression) -> set[str]:
    return {of.series for of in neighbours(node)}


def group_rows(city: str, sensors: Sequence[Sensor], rules: Sequence[Rule]) -> list[Row]:
    """The rows of those rules that look across series."""
    named = {str(sensor.key): sensor for sensor in sensors}
    rows: list[Row] = []
    for rule in filter(goes_across, rules):
        chosen = [sensor for sensor in sensors if sensor.quantity.id == rule.select.quantity]
        text = rule.raise_.text + (rule.clear.text if rule.clear else "")
        if any(word in text for word in ("any(", "all(", "at_least(", "_over(")):
            groups: dict[str, list[Sensor]] = {}
            for sensor in chosen:
                value = None if rule.by is None else getattr(sensor, rule.by)
                if rule.by is None or value is not None:
                    groups.setdefault(sensor.zone if rule.by is None else f"{rule.by}/{value}", []).append(sensor)
            rows += [
                GroupRow(city, rule, each[0], 0, name_of_group=name, members=each, sensors=named)
                for name, each in groups.items()
            ]
        else:
            rows += [GroupRow(city, rule, sensor, 0, sensors=named) for sensor in chosen]
    return rows
