"""Decisions about many alerts at once, each with an outcome of its own."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.admission import name_of
from api.deciding import ALERTS_AT_ONCE, Key, Meant, Outcome, decide_each, require_act
from api.moment import iso, iso_or_none
from api.ports import View
from api.problem import BothLanguages, in_both, problems
from api.routes.decisions import AcknowledgeAct, AssignAct, CloseAct, CommentAct, MeantAlert, about, raised_ms_of
from city.decision import AboutAlert, AlertName


class _AboutAlerts(BaseModel):
    alerts: Annotated[list[MeantAlert], Field(min_length=1, max_length=ALERTS_AT_ONCE)]


class AcknowledgeAlerts(_AboutAlerts, AcknowledgeAct):
    """Somebody has seen them and takes care."""


class AssignAlerts(_AboutAlerts, AssignAct):
    """It is `to` who takes care of them."""


class CommentAlerts(_AboutAlerts, CommentAct):
    """Words beside each."""


class CloseAlerts(_AboutAlerts, CloseAct):
    """They are over for a reason."""


BulkDecision = Annotated[AcknowledgeAlerts | AssignAlerts | CommentAlerts | CloseAlerts, Field(discriminator="kind")]


class OutcomeShown(BaseModel):
    """What came of one: done, refused (they may not, or it cannot be), unknown (there is no such alert)."""

    rule: str
    subject: str
    raised: Annotated[
        str | None, Field(description="When the alert was raised; null where it was not said and none is.")
    ]
    outcome: Literal["done", "refused", "unknown"]
    position: Annotated[int | None, Field(description="Journal entry that holds the decision; null where none does.")]
    applied: Annotated[bool, Field(description="False where the engine had not come to it yet; it will.")]
    problem: Annotated[BothLanguages | None, Field(description="Why it was not done.")]


class Outcomes(BaseModel):
    """In the order in which they were asked for."""

    done: Annotated[int, Field(description="How many were done.")]
    outcomes: list[OutcomeShown]


def routes(view: View) -> APIRouter:
    """`/v1/alerts/decisions/bulk`."""
    router = APIRouter(prefix="/v1/alerts", tags=["decisions"])

    @router.post("/decisions/bulk", summary="Decide about many alerts", responses=problems(400, 403, 503))
    def decide(request: Request, decision: BulkDecision, key: Key = None) -> Outcomes:
        """The same about up to 200 alerts. That one is refused or unknown keeps no other back.

        What is done stands in the journal when this answers; under the same key it is done once, however often it is
        sent.
        """

        def act(name: AlertName, _: str) -> AboutAlert:
            return about(decision, name)

        outcomes = decide_each(
            view,
            [Meant(one.rule, one.subject, raised_ms_of(one.raised)) for one in decision.alerts],
            act,
            lambda wanted: require_act(request, wanted.alert.rule, view),
            name_of(request, decision.by),
            decision.text,
            key,
        )
        return shown(outcomes)

    return router


def shown(outcomes: Sequence[Outcome]) -> Outcomes:
    """As the API tells them."""
    return Outcomes(done=sum(one.written is not None for one in outcomes), outcomes=[_shown(one) for one in outcomes])


def _shown(one: Outcome) -> OutcomeShown:
    meant, written, against = one.meant, one.written, one.against
    return OutcomeShown(
        rule=meant.rule,
        subject=meant.subject,
        raised=iso(one.name.raised_ms) if one.name is not None else iso_or_none(meant.raised_ms),
        outcome="done" if written is not None else "unknown" if one.name is None else "refused",
        position=None if written is None else written.position,
        applied=written is not None and written.applied,
        problem=None if against is None else in_both(against.key, against.fields),
    )
