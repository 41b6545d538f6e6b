"""Approvals 決裁: what is asked, and the answer to exactly what was shown. No program answers: that is a person's."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from api import run_acts
from api.admission import principal_of
from api.approval_shown import ApprovalShown, approval_shown
from api.incident_reach import approval_within_reach, sees
from api.ports import View
from api.problem import problems
from api.routes.cases import LINES, ONE_LINE
from api.routes.incidents import ACT_PROBLEMS, can_answer
from city.run import Answer

ApprovalId = Annotated[str, Path(max_length=64, pattern=ONE_LINE)]


class Answered(BaseModel):
    """An answer to what was shown."""

    answer: Literal["approved", "rejected", "returned"]
    digest: Annotated[str, Field(max_length=64, pattern="^[0-9a-f]{64}$", description="Of what you were looking at.")]
    reason: Annotated[str, Field(max_length=2_000, pattern=LINES)] = ""


class ApprovalsAsked(BaseModel):
    """Those that stand, the oldest first."""

    approvals: list[ApprovalShown]


def routes(view: View) -> APIRouter:
    """`/v1/approvals`."""
    router = APIRouter(prefix="/v1/approvals", tags=["runs"])

    @router.get("", summary="Approvals that stand", responses=problems(400, 503))
    def approvals(
        request: Request,
        yours: Annotated[bool | None, Query(description="Only those that you can answer, or that you cannot.")] = None,
    ) -> ApprovalsAsked:
        """Those of incidents that you see; each says whether you can answer it."""
        who, catalog = principal_of(request), view.catalog()
        seen = [one for one in view.incidents.asked() if sees(who, one.unit, catalog)]
        openers = view.incidents.opened_by({one.incident for one in seen})
        told = [approval_shown(one, yours=can_answer(request, view, one, openers.get(one.incident))) for one in seen]
        return ApprovalsAsked(approvals=[one for one in told if yours in {None, one.yours}])

    def shown(request: Request, ident: str) -> ApprovalShown:
        found = approval_within_reach(request, view, ident)
        opener = view.incidents.opened_by([found.incident]).get(found.incident)
        return approval_shown(found, yours=can_answer(request, view, found, opener))

    @router.get("/{ident}", summary="One approval", responses=problems(400, 404, 503))
    def one(request: Request, ident: ApprovalId) -> ApprovalShown:
        """Whatever became of it."""
        return shown(request, ident)

    @router.post("/{ident}/answer", summary="Answer an approval", responses=ACT_PROBLEMS)
    def answer(request: Request, ident: ApprovalId, answered: Answered) -> ApprovalShown:
        """The first answer decides; 409 where somebody was quicker, or what was shown has changed."""
        run_acts.answer(request, view, ident, answered.digest, Answer(answered.answer), answered.reason)
        return shown(request, ident)

    return router
