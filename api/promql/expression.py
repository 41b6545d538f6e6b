"""What a query is once it is read: a closed tree."""

from dataclasses import dataclass
from typing import Literal

from api.promql.matcher import Matcher

Operator = Literal["+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class Number:
    """The same at every moment."""

    value: float


@dataclass(frozen=True, slots=True)
class Selector:
    """The newest sample, not older than the lookback, of every series that all of `matchers` fit."""

    matchers: tuple[Matcher, ...]


@dataclass(frozen=True, slots=True)
class OverTime:
    """`<function>_over_time`: all samples of the last `range_ms`, made one."""

    function: str
    selector: Selector
    range_ms: int


@dataclass(frozen=True, slots=True)
class Aggregation:
    """One value out of those of all series that agree in the labels of `by`."""

    function: str
    by: tuple[str, ...]
    of: "Expression"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two operands; series meet where they agree in all labels but the name."""

    operator: Operator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Negation:
    """Unary minus."""

    of: "Expression"


Expression = Number | Selector | OverTime | Aggregation | Arithmetic | Negation
