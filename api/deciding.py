"""Deciding about alerts: which are meant, whether who asks may, and the same once under its key."""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from fastapi import Header, Request
from pydantic import Field

from api.admission import require
from api.ports import View, Written
from api.problem import ProblemError
from city.alert import NO_DATA
from city.decision import Act, AlertName, Decision
from city.right import Right
from city.rule import Rule

Decided = TypeVar("Decided", bound=Act)
KEY_AT_MOST: Final = 64
# As many as the body of a request holds (64 KB) with the longest names, and more than a person looks through.
ALERTS_AT_ONCE: Final = 200
By = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=64,
        description="For whom a program decides. Who signed in decides in their own name.",
        examples=["鯖江 太郎"],
    ),
]
Words = Annotated[str, Field(max_length=2_000, description="In their words.")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=KEY_AT_MOST,
        description="Chosen by the caller: sent again under its key, a decision is the same one.",
    ),
]


@dataclass(frozen=True, slots=True)
class Meant:
    """The alert that somebody means. raised_ms: None: the newest of its rule and subject."""

    rule: str
    subject: str
    raised_ms: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one of several. name: None where there is no such alert; written: None where it was refused.

    against: why it was not done
    """

    meant: Meant
    name: AlertName | None
    written: Written | None
    against: ProblemError | None = None


def owner_of(rule: str, rules: Mapping[str, Rule]) -> str | None:
    """The department whose rule raised an alert; None for the city's own."""
    found = rules.get(rule.removesuffix(NO_DATA))
    return None if found is None else found.owner


def require_act(request: Request, rule: str, view: View) -> None:
    """That they may act on alerts of this rule; on what the city says of itself everybody may. Raises ProblemError."""
    if (owner := owner_of(rule, view.rules())) is not None:
        require(request, Right.ACT, owner, view.catalog())


def found_alert(view: View, meant: Meant) -> AlertName:
    """The alert that is meant. Raises ProblemError (404)."""
    alert = view.decisions.alert(meant.rule, meant.subject, meant.raised_ms)
    if alert is None:
        raise ProblemError(404, "decisions.no-alert", rule=meant.rule, subject=meant.subject)
    return AlertName(alert.rule, alert.subject, alert.raised_ms)


def decide_each(
    view: View,
    several: Sequence[Meant],
    act: Callable[[AlertName, str], Decided],
    may: Callable[[Decided], None],
    by: str,
    text: str,
    key: str | None,
) -> Sequence[Outcome]:
    """Decides about each alert by itself: that one is refused or unknown keeps no other back.

    act: what is decided, of the alert and the key under which it is; may: raises ProblemError where it may not be
    key: each decision's own follows from it and from what the caller meant, so that the same request again is the same
    Durable on return.
    """
    key = key or secrets.token_hex(16)
    outcomes: list[Outcome] = []
    decisions: list[Decision] = []
    for meant in several:
        name, own_key = None, key_of(key, meant.rule, meant.subject, str(meant.raised_ms))
        try:
            name = found_alert(view, meant)
            wanted = act(name, own_key)
            may(wanted)
        except ProblemError as error:
            outcomes.append(Outcome(meant, name, None, error))
            continue
        outcomes.append(Outcome(meant, name, None))
        decisions.append(Decision(own_key, by, wanted, text))
    written = iter(view.decisions.decide_all(decisions))
    return [outcome if outcome.against else Outcome(outcome.meant, outcome.name, next(written)) for outcome in outcomes]


def key_of(*parts: str) -> str:
    """A key that is the same for the same parts, and another for others."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:KEY_AT_MOST]
