"""Reads a query: recursive descent over its tokens, deepest first. What is outside the subset is refused by name."""

from typing import Final, cast

from api.promql.expression import Aggregation, Arithmetic, Expression, Negation, Number, Operator, OverTime, Selector
from api.promql.matcher import NAME, OPERATORS, Matcher
from api.promql.refusal import RefusedQueryError
from api.promql.tokens import Token, duration_ms, string_of, tokens

AGGREGATIONS: Final = ("avg", "min", "max", "sum", "count")
OVER_TIME: Final = ("avg", "min", "max", "sum", "count", "last")
# Deeper than any query that a person writes, and far from Python's own limit.
DEPTH_AT_MOST: Final = 50
# Each is one level of the tree, and each operand may ask the store once more.
OPERATORS_AT_MOST: Final = 100
_SUFFIX: Final = "_over_time"
_CONSTANTS: Final = {"inf": float("inf"), "nan": float("nan")}


def parse(query: str) -> Expression:
    """The expression that `query` is. Raises RefusedQueryError naming the column and what would be right."""
    parser = _Parser(query)
    expression = parser.sum()
    parser.end()
    return expression


def parse_selector(text: str) -> Selector:
    """The selector that `text` is (`match[]`). Raises RefusedQueryError where it is anything else."""
    match parse(text):
        case Selector() as selector:
            return selector
        case _:
            raise RefusedQueryError("promql.selector-expected", given=text[:100])


class _Parser:
    def __init__(self, query: str) -> None:
        self._tokens = list(tokens(query))
        self._at = 0
        self._depth = 0
        self._operators = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _is(self, *texts: str) -> bool:
        return self._next.kind in {"sign", "name"} and self._next.text in texts

    def _expect(self, text: str) -> None:
        if not self._is(text):
            raise self._unexpected(f"`{text}`")
        self._take()

    def _unexpected(self, expected: str) -> RefusedQueryError:
        token = self._next
        return RefusedQueryError(
            "promql.unexpected", column=token.column, given=token.text[:40] or "end", expected=expected
        )

    def _outside(self, token: Token) -> RefusedQueryError:
        return RefusedQueryError("promql.outside", column=token.column, given=token.text[:40])

    def end(self) -> None:
        """Nothing may be left over."""
        if self._next.kind == "end":
            return
        known = {"%", "^", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless", "offset", "@", "[", "bool"}
        if self._next.text in known:
            raise self._outside(self._next)
        raise self._unexpected("end")

    def sum(self) -> Expression:
        """Terms joined by + and -."""
        left = self._product()
        while self._is("+", "-"):
            left = Arithmetic(self._operator(), left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._signed()
        while self._is("*", "/"):
            left = Arithmetic(self._operator(), left, self._signed())
        return left

    def _operator(self) -> Operator:
        token = self._take()
        self._operators += 1
        if self._operators > OPERATORS_AT_MOST:
            raise RefusedQueryError("promql.operators", column=token.column, limit=OPERATORS_AT_MOST)
        return cast("Operator", token.text)

    def _signed(self) -> Expression:
        self._depth += 1
        if self._depth > DEPTH_AT_MOST:
            raise RefusedQueryError("promql.deep", column=self._next.column, limit=DEPTH_AT_MOST)
        try:
            if self._is("-"):
                self._take()
                return Negation(self._signed())
            if self._is("+"):
                self._take()
                return self._signed()
            return self._atom()
        finally:
            self._depth -= 1

    def _atom(self) -> Expression:
        token = self._next
        if token.kind == "number":
            return Number(float(self._take().text))
        if self._is("("):
            self._take()
            inner = self.sum()
            if not self._is(")"):
                self.end()
            self._expect(")")
            return inner
        if self._is("{"):
            return self._selector(None)
        if token.kind == "name":
            return self._named(self._take())
        if token.kind in {"string", "duration"}:
            raise self._outside(token)
        raise self._unexpected("…")

    def _named(self, name: Token) -> Expression:
        """What begins with a word: an aggregation, a function of a window, a constant, or a metric."""
        if name.text in AGGREGATIONS and self._is("(", "by", "without"):
            return self._aggregation(name)
        if self._is("("):
            function = name.text.removesuffix(_SUFFIX)
            if name.text.endswith(_SUFFIX) and function in OVER_TIME:
                return self._over_time(function)
            raise self._outside(name)
        if name.text.lower() in _CONSTANTS and not self._is("{"):
            return Number(_CONSTANTS[name.text.lower()])
        if self._is("by", "without"):  # an aggregation of PromQL's that is not here, like `topk by (…) (…)`
            raise self._outside(name)
        return self._selector(name)

    def _aggregation(self, name: Token) -> Expression:
        by = self._by()
        self._expect("(")
        of = self.sum()
        if not self._is(")"):
            self.end()
        self._expect(")")
        return Aggregation(name.text, by or self._by() or (), of)

    def _by(self) -> tuple[str, ...] | None:
        if self._is("without"):
            raise self._outside(self._next)
        if not self._is("by"):
            return None
        self._take()
        self._expect("(")
        labels: list[str] = []
        while not self._is(")"):
            if self._next.kind != "name":
                raise self._unexpected("label")
            labels.append(self._take().text)
            if not self._is(")"):
                self._expect(",")
        self._take()
        return tuple(dict.fromkeys(labels))

    def _over_time(self, function: str) -> Expression:
        self._expect("(")
        if self._next.kind != "name" and not self._is("{"):
            raise self._unexpected("selector[5m]")
        selector = self._selector(self._take() if self._next.kind == "name" else None)
        self._expect("[")
        token = self._take()
        range_ms = duration_ms(token.text) if token.kind == "duration" else 0
        if range_ms <= 0:
            raise RefusedQueryError("promql.unexpected", column=token.column, given=token.text[:40], expected="5m")
        if self._is(":"):
            raise self._outside(self._next)  # a subquery
        self._expect("]")
        if self._is("offset", "@"):
            raise self._outside(self._next)
        self._expect(")")
        return OverTime(function, selector, range_ms)

    def _selector(self, name: Token | None) -> Selector:
        column = name.column if name else self._next.column
        matchers = [Matcher(NAME, "=", name.text)] if name else []
        if self._is("{"):
            self._take()
            while not self._is("}"):
                matchers.append(self._matcher())
                if not self._is("}"):
                    self._expect(",")
            self._take()
        if not any(matcher.needs_something for matcher in matchers):
            raise RefusedQueryError("promql.selects-all", column=column)
        return Selector(tuple(matchers))

    def _matcher(self) -> Matcher:
        if self._next.kind != "name":
            raise self._unexpected("label")
        label = self._take().text
        if not self._is(*OPERATORS):
            raise self._unexpected("= != =~ !~")
        operator = self._take().text
        if self._next.kind != "string":
            raise self._unexpected('"…"')
        return Matcher(label, operator, string_of(self._take()))
