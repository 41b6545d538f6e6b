"""Reading conditions from text.

Text is read by Python's own parser in expression mode, after `alerts/tokens.py` let only our tokens through, and turned
into the nodes of `alerts/expression.py`; nothing is ever evaluated by Python.
"""

import ast
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite
from typing import Final

from alerts.across import ACROSS, AcrossFunction
from alerts.dimensions import clash
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
    Number,
    Numeric,
    Of,
    Or,
    Over,
    calls,
    is_clock,
    is_constant,
    is_group,
)
from alerts.function import Function, Parameter, Takes
from alerts.functions import FUNCTIONS
from alerts.scope import MEMBER, OWN, Scope
from alerts.tokens import MAX_DEPTH, Fault, Tokens, read_tokens

# A city has some hundred; each is asked for whenever plans are made, also for every run of a retroactive pass.
_KNOWN: Final = 1024
LOOKUPS: Final = ("level", "attr", "number")
_ARITHMETIC: Final = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE: Final = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


class _FaultError(Exception):
    """Carries a fault out of the nest of readers."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault)


@lru_cache(_KNOWN)
def read_condition(text: str) -> Condition | Fault:
    """The condition that `text` says, or the first thing wrong in it. What it gives never changes, and is read once."""
    expression = read_expression(text)
    if not isinstance(expression, Fault | Condition):
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
        return _Reader(tokens, indent).whole(tree)
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
        self._scope = OWN
        self._own: list[tuple[ast.expr, str]] = []  # what was called of the subject's own past

    def whole(self, node: ast.expr) -> Expression:
        """All of it. A group has no past of its own: what a rule says about one, it says over its members."""
        found = self.expression(node, 0)
        if self._own and is_group(found):
            call, name = self._own[0]
            raise self._fault(call, "alerts.expression_outside", function=name, example=f"any({name}(…) >= …)")
        return found

    def expression(self, node: ast.expr, depth: int) -> Expression:  # noqa: PLR0911  one return for each kind of node
        if depth > MAX_DEPTH:
            raise self._fault(node, "alerts.expression_too_deep", limit=MAX_DEPTH)
        match node:
            case ast.Constant():
                return self._number(node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(node, name, args, depth)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
                number = self._numeric(inner, depth)
                return self._without_clock(node, Negative(number) if isinstance(node.op, ast.USub) else number)
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                left, right = self._numeric(node.left, depth), self._numeric(node.right, depth)
                if isinstance(node.op, ast.Add | ast.Sub):
                    self._same_kind(node.right, left, right)
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
        if isinstance(found, Condition):
            raise self._fault(node, "alerts.expression_need_number")
        return found

    def _condition(self, node: ast.expr, depth: int) -> Condition:
        found = self.expression(node, depth + 1)
        if isinstance(found, Condition):
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

    def _call(self, node: ast.Call, name: str, args: list[ast.expr], depth: int) -> Expression:
        if name in ACROSS:
            return self._across(node, ACROSS[name], args, depth)
        if self._scope == OWN and name != "number":  # that one is the rule's
            self._own.append((node, name))
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
            raise self._wrong_arguments(node, function)
        pairs = zip(args, function.parameters, strict=True)
        return Call(function, tuple(self._argument(arg, parameter, function) for arg, parameter in pairs))

    def _across(self, node: ast.Call, function: AcrossFunction, args: list[ast.expr], depth: int) -> Expression:
        name = function.name
        if self._scope.neighbour is not None or (self._scope.member and name != "of"):
            raise self._fault(node, "alerts.expression_nested", function=name)
        if len(args) != function.parameters:
            raise self._wrong_arguments(node, function)
        before, self._scope = self._scope, MEMBER
        try:
            match name, args:
                case "of", [ast.Constant(value=str(series)) as written, inner]:
                    self._scope = Scope(neighbour=series)
                    number = Of(series, self._numeric(inner, depth), self._column(written))
                    return self._without_clock(node, number) if before.member else number
                case (("max_over" | "sum_over"), [inner]):
                    return self._without_clock(node, Over(name, self._numeric(inner, depth)))
                case (("any" | "all"), [inner]):
                    return Holds(name, 1, self._condition(inner, depth))
                case "at_least", [ast.Constant(value=int(count)) as written, inner] if (
                    self._column(written) - 1 not in self._durations and count >= 1
                ):
                    return Holds(name, count, self._condition(inner, depth))
                case _:
                    raise self._wrong_arguments(node, function)
        finally:
            self._scope = before

    def _wrong_arguments(self, node: ast.expr, function: AcrossFunction | Function) -> _FaultError:
        example = function.example if isinstance(function, AcrossFunction) else function.examples[0].expression
        return self._fault(
            node, "alerts.expression_arguments", function=function.name, signature=function.signature, example=example
        )

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
        for pair, comparator in zip(pairs, node.comparators, strict=True):
            if any(is_clock(side) for side in (pair.left, pair.right)) and not (
                is_constant(pair.left) or is_constant(pair.right)
            ):
                raise self._fault(node, "alerts.expression_clock")
            self._same_kind(comparator, pair.left, pair.right)
        return pairs[0] if len(pairs) == 1 else And(pairs)

    def _same_kind(self, node: ast.expr, left: Numeric, right: Numeric) -> None:
        names = clash(left, right)
        if names is not None:
            raise self._fault(node, "alerts.expression_dimensions", left=names[0], right=names[1])

    def _without_clock(self, node: ast.expr, found: Numeric) -> Numeric:
        if any(call.function.of_clock for call in calls(found)):
            raise self._fault(node, "alerts.expression_clock")
        return found

    def _unknown(self, node: ast.expr, name: str) -> _FaultError:
        known = (*FUNCTIONS, *LOOKUPS, *ACROSS)
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
