"""What people decide about alerts: acknowledged, assigned, commented, closed with a reason."""

import secrets
from collections.abc import Sequence
from typing import Annotated, Literal, assert_never

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from api.admission import name_of
from api.deciding import By, Key, Meant, Words, found_alert, require_act
from api.moment import iso, read_moment
from api.ports import View
from api.problem import ProblemError, problems
from api.routes.alerts import Alert, describe
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

Rule = Annotated[str, Field(min_length=1, max_length=80, examples=["river-danger"])]
Subject = Annotated[str, Field(min_length=1, max_length=140, examples=["rpi-toba:water_level"])]
Raised = Annotated[str | None, Field(max_length=64, description="When it was raised; default: the newest such alert.")]


class MeantAlert(BaseModel):
    """Which alert."""

    rule: Rule
    subject: Subject
    raised: Raised = None


class _Act(BaseModel):
    by: By = None
    text: Words = ""


class AcknowledgeAct(_Act):
    """Somebody has seen it and takes care."""

    kind: Literal["acknowledge"]


class AssignAct(_Act):
    """It is `to` who takes care of it."""

    kind: Literal["assign"]
    to: Annotated[str, Field(min_length=1, max_length=64)]


class CommentAct(_Act):
    """Words beside it."""

    kind: Literal["comment"]
    text: Annotated[str, Field(min_length=1, max_length=2_000)]


class CloseAct(_Act):
    """It is over for a reason, and not raised again while its condition holds on; one that resolved gets its reason."""

    kind: Literal["close"]
    reason: ClosingReason


Act = AcknowledgeAct | AssignAct | CommentAct | CloseAct


class AcknowledgeAlert(MeantAlert, AcknowledgeAct):
    """Somebody has seen it and takes care."""


class AssignAlert(MeantAlert, AssignAct):
    """It is `to` who takes care of it."""


class CommentAlert(MeantAlert, CommentAct):
    """Words beside it."""


class CloseAlert(MeantAlert, CloseAct):
    """It is over for a reason, and not raised again while its condition holds on; one that resolved gets its reason."""


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
        return found_alert(view, Meant(rule, subject, raised_ms_of(raised)))

    def shown(name: AlertName) -> Alert:
        alert = view.decisions.alert(name.rule, name.subject, name.raised_ms)
        if alert is None:
            raise ProblemError(404, "decisions.no-alert", rule=name.rule, subject=name.subject)
        return describe(alert, view.catalog(), view.rules())

    @router.post("/decisions", summary="Decide about an alert", responses=problems(400, 403, 404, 503))
    def decide(request: Request, decision: AlertDecision, key: Key = None) -> Decided:
        """Writes down what somebody decided. It stands in the journal when this answers."""
        name = found(decision.rule, decision.subject, decision.raised)
        require_act(request, name.rule, view)
        by = name_of(request, decision.by)
        made = Decision(key or secrets.token_hex(16), by, about(decision, name), decision.text)
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


def raised_ms_of(raised: str | None) -> int | None:
    """When the alert that is meant was raised; None: the newest."""
    return None if raised is None else read_moment("raised", raised)


def about(decision: Act, name: AlertName) -> AboutAlert:
    """What is decided about that alert."""
    match decision:
        case AcknowledgeAct():
            return Acknowledge(name)
        case AssignAct(to=to):
            return Assign(name, to)
        case CommentAct():
            return Comment(name)
        case CloseAct(reason=reason):
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
