"""What people decide about alerts: acknowledged, assigned, commented, closed with a reason."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal, assert_never

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, Field

from api.admission import name_of, require
from api.moment import iso, read_moment
from api.ports import View
from api.problem import ProblemError, problems
from api.routes.alerts import Alert, describe
from city import rule as city_rule
from city.alert import NO_DATA
from city.decision import (
    AboutAlert,
    Acknowledge,
    AlertName,
    Assign,
    Close,
    ClosingReason,
    Comment,
    Decision,
)
from city.entry import DecisionEntry
from city.right import Right

KEY_AT_MOST: Final = 64
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
Rule = Annotated[str, Field(min_length=1, max_length=80, examples=["river-danger"])]
Subject = Annotated[str, Field(min_length=1, max_length=140, examples=["rpi-toba:water_level"])]
Raised = Annotated[str | None, Field(max_length=64, description="When it was raised; default: the newest such alert.")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=KEY_AT_MOST,
        description="Chosen by the caller: sent again under its key, a decision is the same one.",
    ),
]


class _AboutAlert(BaseModel):
    rule: Rule
    subject: Subject
    raised: Raised = None
    by: By = None
    text: Words = ""


class AcknowledgeAlert(_AboutAlert):
    """Somebody has seen it and takes care."""

    kind: Literal["acknowledge"]


class AssignAlert(_AboutAlert):
    """It is `to` who takes care of it."""

    kind: Literal["assign"]
    to: Annotated[str, Field(min_length=1, max_length=64)]


class CommentAlert(_AboutAlert):
    """Words beside it."""

    kind: Literal["comment"]
    text: Annotated[str, Field(min_length=1, max_length=2_000)]


class CloseAlert(_AboutAlert):
    """It is over for a reason, and not raised again while its condition holds on; one that resolved gets its reason."""

    kind: Literal["close"]
    reason: ClosingReason


AlertDecision = Annotated[AcknowledgeAlert | AssignAlert | CommentAlert | CloseAlert, Field(discriminator="kind")]


class Decided(BaseModel):
    """The alert with the decision. `applied`: false where the engine had not come to it yet; it will."""

    position: Annotated[int, Field(description="Journal entry that holds the decision.")]
    applied: bool
    alert: Alert


class DecisionMade(BaseModel):
    """A decision of before."""

    position: int
    at: str
    by: str
    kind: Annotated[str, Field(examples=["close"])]
    to: str | None
    reason: ClosingReason | None
    text: str


class DecisionsMade(BaseModel):
    """What was decided about one alert, in order."""

    alert: Alert
    decisions: list[DecisionMade]


def routes(view: View) -> APIRouter:
    """`/v1/alerts/decisions`."""
    router = APIRouter(prefix="/v1/alerts", tags=["decisions"])

    def found(rule: str, subject: str, raised: str | None) -> AlertName:
        alert = view.decisions.alert(rule, subject, None if raised is None else read_moment("raised", raised))
        if alert is None:
            raise ProblemError(404, "decisions.no-alert", rule=rule, subject=subject)
        return AlertName(alert.rule, alert.subject, alert.raised_ms)

    def shown(name: AlertName) -> Alert:
        alert = view.decisions.alert(name.rule, name.subject, name.raised_ms)
        if alert is None:
            raise ProblemError(404, "decisions.no-alert", rule=name.rule, subject=name.subject)
        return describe(alert, view.catalog(), view.rules())

    @router.post("/decisions", summary="Decide about an alert", responses=problems(400, 403, 404, 503))
    def decide(request: Request, decision: AlertDecision, key: Key = None) -> Decided:
        """Writes down what somebody decided. It stands in the journal when this answers."""
        name = found(decision.rule, decision.subject, decision.raised)
        if (owner := owner_of(name.rule, view.rules())) is not None:  # what the city says of itself is everybody's
            require(request, Right.ACT, owner, view.catalog())
        by = name_of(request, decision.by)
        made = Decision(key or secrets.token_hex(16), by, _act(decision, name), decision.text)
        written = view.decisions.decide(made)
        return Decided(position=written.position, applied=written.applied, alert=shown(name))

    @router.get("/decisions", summary="What was decided about an alert", responses=problems(400, 404, 503))
    def decisions(
        rule: Annotated[str, Query(max_length=80)],
        subject: Annotated[str, Query(max_length=140)],
        raised: Annotated[str | None, Query(max_length=64, description="Default: the newest such alert.")] = None,
    ) -> DecisionsMade:
        """In the order in which it was decided."""
        name = found(rule, subject, raised)
        return DecisionsMade(alert=shown(name), decisions=_made(view.decisions.decisions_of(name)))

    return router


def owner_of(rule: str, rules: Mapping[str, city_rule.Rule]) -> str | None:
    """The department whose rule raised an alert; None for the city's own."""
    found = rules.get(rule.removesuffix(NO_DATA))
    return None if found is None else found.owner


def _act(decision: AcknowledgeAlert | AssignAlert | CommentAlert | CloseAlert, name: AlertName) -> AboutAlert:
    match decision:
        case AcknowledgeAlert():
            return Acknowledge(name)
        case AssignAlert(to=to):
            return Assign(name, to)
        case CommentAlert():
            return Comment(name)
        case CloseAlert(reason=reason):
            return Close(name, reason)
        case never:
            assert_never(never)


def _made(entries: Sequence[DecisionEntry]) -> list[DecisionMade]:
    return [
        DecisionMade(
            position=entry.position,
            at=iso(entry.at_ms),
            by=entry.decision.by,
            kind=str(entry.decision.act.__struct_config__.tag),
            to=entry.decision.act.to if isinstance(entry.decision.act, Assign) else None,
            reason=entry.decision.act.reason if isinstance(entry.decision.act, Close) else None,
            text=entry.decision.text,
        )
        for entry in entries
    ]
