"""What rules have in common: an expression with its constants lifted out into columns, one value a row.

Of rules across series neighbours are lifted out too, and there are two kinds of columns: those over rows hold the
subject's constants and the neighbours', those over members what each member of a group has for itself. Inside `any()`
and its like a `Column` is one of the latter, inside `of()` and everywhere else one of the former.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from alerts.expression import (
    And,
    Arithmetic,
    Call,
    Column,
    Compare,
    Condition,
    Holds,
    Lookup,
    Negative,
    Not,
    Number,
    Numeric,
    Of,
    Or,
    Over,
    is_constant,
    parts,
)
from alerts.scope import MEMBER, OWN, Scope
from city.rule import Rule

_NOWHERE: Final = 0  # of an `Of` that was lifted: where it stood is of no account


@dataclass(frozen=True, slots=True)
class Constant:
    """A number of each row: by the subject's own sensor, or by that of its k-th neighbour."""

    number: Numeric
    neighbour: int | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A condition over columns, and what one rule has in their places.

    constants, members: of each column over rows, and over members
    neighbours: `device:sensor` of each `of()`, which names its place here instead (`Of.series` is its number)
    """

    condition: Condition
    constants: tuple[Constant, ...]
    members: tuple[Numeric, ...]
    neighbours: tuple[str, ...]


def shape_of(condition: Condition) -> Shape:
    """Lifts every largest part without a function, and every neighbour, in the order of reading."""
    lift = _Lift()
    lifted = lift.condition(condition, OWN)
    return Shape(lifted, tuple(lift.constants), tuple(lift.members), tuple(lift.neighbours))


def levels_of(rule: Rule, shapes: Sequence[Shape]) -> tuple[tuple[int, Condition], ...]:
    """The rule's severities with their conditions lifted; shapes: of all its conditions, those of severity last."""
    named = shapes[len(shapes) - len(rule.severities) :]
    return tuple((level, shape.condition) for (level, _), shape in zip(rule.severities, named, strict=True))


def _cheap_first(found: Sequence[Condition]) -> tuple[Condition, ...]:
    """What decides without a window comes first: mostly the rest need not be looked at (alerts/conditions.py)."""
    return tuple(sorted(found, key=_cost))


def _cost(condition: Condition) -> int:
    """0: newest readings alone; 1: windows; 2: across series."""
    inside = list(parts(condition))
    if any(isinstance(part, Holds | Of | Over) for part in inside):
        return 2
    return int(any(isinstance(part, Call) and part.function.parameters for part in inside))


class _Lift:
    def __init__(self) -> None:
        self.constants: list[Constant] = []
        self.members: list[Numeric] = []
        self.neighbours: list[str] = []

    def condition(self, node: Condition, scope: Scope) -> Condition:
        match node:
            case Compare(operator=operator, left=left, right=right):
                return Compare(operator, self.number(left, scope), self.number(right, scope))
            case And(parts=inside):
                return And(_cheap_first([self.condition(part, scope) for part in inside]))
            case Or(parts=inside):
                return Or(_cheap_first([self.condition(part, scope) for part in inside]))
            case Not(part=part):
                return Not(self.condition(part, scope))
            case Holds(function=function, count=count, part=part):
                return Holds(function, count, self.condition(part, MEMBER))
            case _:
                assert_never(node)

    def number(self, node: Numeric, scope: Scope) -> Numeric:
        if is_constant(node):
            return self._column(node, scope)
        match node:
            case Negative(operand=operand):
                return Negative(self.number(operand, scope))
            case Arithmetic(operator=operator, left=left, right=right):
                return Arithmetic(operator, self.number(left, scope), self.number(right, scope))
            case Over(function=function, operand=operand):
                return Over(function, self.number(operand, MEMBER))
            case Of(series=series, operand=operand):
                self.neighbours.append(series)
                name = str(len(self.neighbours) - 1)
                return Of(name, self.number(operand, Scope(neighbour=name)), _NOWHERE)
            case Call() | Number() | Lookup() | Column():
                return node
            case _:
                assert_never(node)

    def _column(self, node: Numeric, scope: Scope) -> Column:
        if scope.member:
            self.members.append(node)
            return Column(len(self.members) - 1)
        self.constants.append(Constant(node, None if scope.neighbour is None else int(scope.neighbour)))
        return Column(len(self.constants) - 1)
