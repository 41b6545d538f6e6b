"""The language of conditions: its nodes, and reading them from text.

Text is read by Python's own parser in expression mode, after `alerts/tokens.py` let only our tokens through, and turned
into the nodes below; nothing is ever evaluated by Python.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isfinite
from typing import Final

from alerts.function import Function, Parameter, Takes
from alerts.functions import FUNCTIONS
from alerts.moments import Arguments
from alerts.tokens import MAX_DEPTH, Fault, Tokens, read_tokens

LOOKUPS: Final = ("level", "attr")
LATER: Final = frozenset(
    [
        "any",
        "all",
        "at_least",
        "max_over",
        "sum_over",
        "of",
    ]
)  # rules.md has them; this version does not yet


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Lookup:
    """`level("name")` or `attr("name")`: a number that the catalog gives each sensor, NaN where it gives none."""

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


Numeric = Number | Lookup | Column | Call | Negative | Arithmetic
Condition = Compare | And | Or | Not
Expression = Numeric | Condition

_ARITHMETIC: Final = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE: Final = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


class _FaultError(Exception):
    """Carries a fault out of the nest of readers."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault)


def read_condition(text: str) -> Condition | Fault:
    """The condition that `text` says, or the first thing wrong in it."""
    expression = read_expression(text)
    if isinstance(expression, Number | Lookup | Column | Call | Negative | Arithmetic):
        return Fault.at(1, "alerts.expression_not_condition")
    return expression


def read_expression(text: str) -> Expression | Fault:
    """The condition or number that `text` says, or the first thing wrong in it. Raises nothing."""
    tokens = read_tokens(text)
    if isinstance(tokens, Fault):
        return tokens
    body = tokens.text.lstrip()
    indent = len(tokens.text) - len(body)
    if not body:
        return Fault.at(1, "alerts.expression_empty")
    try:
        tree = ast.parse(body, mode="eval").body
        return _Reader(tokens, indent).expression(tree, 0)
    except _FaultError as error:
        return error.fault
    except SyntaxError as error:
        # Python names no column where the text ends too early.
        column = indent + error.offset if error.offset else len(text) + 1
        return Fault.at(min(column, len(text) + 1), "alerts.expression_syntax")
    except (RecursionError, MemoryError):
        return Fault.at(1, "alerts.expression_too_deep", limit=MAX_DEPTH)


class _Reader:
    """Turns Python's tree into ours against the closed list of what may stand in it."""

    def __init__(self, tokens: Tokens, indent: int) -> None:
        self._text = tokens.text
        self._durations = tokens.durations
        self._indent = indent

    def expression(self, node: ast.expr, depth: int) -> Expression:  # noqa: PLR0911  one return for each kind of node
        if depth > MAX_DEPTH:
            raise self._fault(node, "alerts.expression_too_deep", limit=MAX_DEPTH)
        match node:
            case ast.Constant():
                return self._number(node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(node, name, args)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
                number = self._numeric(inner, depth)
                return self._without_clock(node, Negative(number) if isinstance(node.op, ast.USub) else number)
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                left, right = self._numeric(node.left, depth), self._numeric(node.right, depth)
                return self._without_clock(node, Arithmetic(_ARITHMETIC[type(node.op)], left, right))
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return Not(self._condition(inner, depth))
            case ast.BoolOp(op=op, values=values):
                parts = tuple(self._condition(value, depth) for value in values)
                return And(parts) if isinstance(op, ast.And) else Or(parts)
            case ast.Compare():
                return self._compare(node, depth)
            case ast.Name(id=name):
                raise self._unknown(node, name)
            case _:
                raise self._fault(node, "alerts.expression_syntax")

    def _numeric(self, node: ast.expr, depth: int) -> Numeric:
        found = self.expression(node, depth + 1)
        if isinstance(found, Compare | And | Or | Not):
            raise self._fault(node, "alerts.expression_need_number")
        return found

    def _condition(self, node: ast.expr, depth: int) -> Condition:
        found = self.expression(node, depth + 1)
        if isinstance(found, Compare | And | Or | Not):
            return found
        raise self._fault(node, "alerts.expression_need_condition")

    def _number(self, node: ast.Constant) -> Number:
        if self._column(node) - 1 in self._durations:
            raise self._fault(node, "alerts.expression_duration_alone")
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self._fault(node, "alerts.expression_text_alone")
        if not isfinite(float(node.value)):
            raise self._fault(node, "alerts.expression_number")
        return Number(float(node.value))

    def _call(self, node: ast.Call, name: str, args: list[ast.expr]) -> Numeric:
        if name in LOOKUPS:
            match args:
                case [ast.Constant(value=str(key))]:
                    return Lookup(name, key, self._column(args[0]))
                case _:
                    raise self._fault(node, "alerts.expression_lookup", function=name)
        function = FUNCTIONS.get(name)
        if function is None:
            raise self._unknown(node, name)
        if len(args) != len(function.parameters):
            example = function.examples[0].expression
            raise self._fault(
                node, "alerts.expression_arguments", function=name, signature=function.signature, example=example
            )
        pairs = zip(args, function.parameters, strict=True)
        return Call(function, tuple(self._argument(arg, parameter, function) for arg, parameter in pairs))

    def _argument(self, node: ast.expr, parameter: Parameter, function: Function) -> float:
        """Arguments are written out: a rule whose window hangs on a sensor could not be bounded at load."""
        duration = self._durations.get(self._column(node) - 1)
        match node, parameter.takes:
            case ast.Constant(), Takes.DURATION if duration is not None:
                return duration
            case ast.Constant(value=int() as value), Takes.WHOLE if duration is None and _within(value, parameter):
                return int(value)
            case ast.Constant(value=int() | float() as value), Takes.NUMBER if duration is None and _within(
                value, parameter
            ):
                return float(value)
            case _:
                raise self._fault(
                    node,
                    f"alerts.expression_{parameter.takes}_needed",
                    function=function.name,
                    parameter=parameter.name,
                    low=f"{parameter.low:g}",
                    high=f"{parameter.high:g}",
                    example=function.examples[0].expression,
                )

    def _compare(self, node: ast.Compare, depth: int) -> Condition:
        operands = [self._numeric(part, depth) for part in (node.left, *node.comparators)]
        pairs = tuple(
            Compare(_COMPARE[type(op)], left, right)
            for op, left, right in zip(node.ops, operands[:-1], operands[1:], strict=True)
        )
        for pair in pairs:
            if any(is_clock(side) for side in (pair.left, pair.right)) and not (
                is_constant(pair.left) or is_constant(pair.right)
            ):
                raise self._fault(node, "alerts.expression_clock")
        return pairs[0] if len(pairs) == 1 else And(pairs)

    def _without_clock(self, node: ast.expr, found: Numeric) -> Numeric:
        if any(call.function.of_clock for call in calls(found)):
            raise self._fault(node, "alerts.expression_clock")
        return found

    def _unknown(self, node: ast.expr, name: str) -> _FaultError:
        if name in LATER:
            return self._fault(node, "alerts.expression_later", function=name)
        known = (*FUNCTIONS, *LOOKUPS)
        near = get_close_matches(name, known, n=1)
        if near:
            return self._fault(node, "alerts.expression_unknown_near", function=name[:64], known=near[0])
        return self._fault(node, "alerts.expression_unknown", function=name[:64], known=", ".join(known))

    def _column(self, node: ast.expr) -> int:
        # Python counts columns in bytes of UTF-8; what stands before may be Japanese in quotes.
        before = self._text[self._indent :].encode()[: node.col_offset]
        return self._indent + len(before.decode(errors="ignore")) + 1

    def _fault(self, node: ast.expr, key: str, **fields: object) -> _FaultError:
        return _FaultError(Fault.at(self._column(node), key, **fields))


def _within(value: float, parameter: Parameter) -> bool:
    return not isinstance(value, bool) and parameter.low <= value <= parameter.high


def is_clock(node: Expression) -> bool:
    """Whether the node is a function that goes on changing with the clock (`age()`)."""
    return any(call.function.of_clock for call in calls(node))


def is_constant(node: Expression) -> bool:
    """Whether the node calls no function: one number for each sensor."""
    return next(calls(node), None) is None


def parts(node: Expression) -> Iterator[Expression]:
    """The node and all below it."""
    yield node
    match node:
        case Negative(operand=inner) | Not(part=inner):
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
