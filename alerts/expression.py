"""The language of conditions: its nodes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from alerts.function import Function
from alerts.moments import Arguments


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Lookup:
    """`level("name")`, `attr("name")`: a number that the catalog gives each sensor, NaN where it gives none.

    `number("name")`: one that the rule gives, and the catalog may override for a sensor.
    """

    kind: str
    name: str
    column: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Column:
    """What a constant becomes in a plan: the index-th of its rows' columns. Never read from text."""

    index: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the series' past, with its arguments as written: durations in ms, and numbers."""

    function: Function
    arguments: Arguments = ()

    @property
    def reach_ms(self) -> int:
        """How far back of a moment it looks."""
        return self.function.reach_ms(self.arguments)


@dataclass(frozen=True, slots=True)
class Negative:
    """−operand."""

    operand: "Numeric"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """left operator right, the operator one of + - * /."""

    operator: str
    left: "Numeric"
    right: "Numeric"


@dataclass(frozen=True, slots=True)
class Compare:
    """left operator right, the operator one of < <= > >= == !=. A chain `a < b < c` is read as `a < b and b < c`."""

    operator: str
    left: "Numeric"
    right: "Numeric"


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary; of unknown, unknown."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Of:
    """`of("device:sensor", operand)`: a number of one named series, the neighbour, whatever the subject is."""

    series: str
    operand: "Numeric"
    column: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Over:
    """`max_over(operand)`, `sum_over(operand)`: one number over the members of a group."""

    function: str
    operand: "Numeric"


@dataclass(frozen=True, slots=True)
class Holds:
    """`any(part)`, `all(part)`, `at_least(count, part)`: for how many members of a group it must be true."""

    function: str
    count: int
    part: "Condition"


Numeric = Number | Lookup | Column | Call | Negative | Arithmetic | Of | Over
Condition = Compare | And | Or | Not | Holds
Expression = Numeric | Condition


def is_clock(node: Expression) -> bool:
    """Whether the node is a function that goes on changing with the clock (`age()`)."""
    return any(call.function.of_clock for call in calls(node))


def is_constant(node: Expression) -> bool:
    """Whether the node calls no function and looks at no other series: one number for each sensor."""
    return not any(isinstance(part, Call | Of | Over) for part in parts(node))


def parts(node: Expression) -> Iterator[Expression]:
    """The node and all below it."""
    yield node
    match node:
        case Negative(operand=inner) | Not(part=inner) | Of(operand=inner) | Over(operand=inner) | Holds(part=inner):
            yield from parts(inner)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            yield from parts(left)
            yield from parts(right)
        case And(parts=inside) | Or(parts=inside):
            for part in inside:
                yield from parts(part)
        case Number() | Lookup() | Column() | Call():
            pass


def calls(node: Expression) -> Iterator[Call]:
    """Every call of a function in it."""
    return (part for part in parts(node) if isinstance(part, Call))


def lookups(node: Expression) -> Iterator[Lookup]:
    """Every `level()` and `attr()` in it."""
    return (part for part in parts(node) if isinstance(part, Lookup))


def neighbours(node: Expression) -> Iterator[Of]:
    """Every `of()` in it."""
    return (part for part in parts(node) if isinstance(part, Of))


def is_group(node: Expression) -> bool:
    """Whether it is about a group: one of `any all at_least max_over sum_over` stands in it."""
    return any(isinstance(part, Holds | Over) for part in parts(node))


def goes_across(node: Expression) -> bool:
    """Whether it looks at more series than the subject's own."""
    return any(isinstance(part, Of | Holds | Over) for part in parts(node))
