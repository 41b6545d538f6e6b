"""The page of an approval: everything that it rests on, and the answer, two taps from its link.

It carries the digest of what it shows. Where that has changed meanwhile nothing is answered, and the page shows how it
is now.
"""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import run_acts
from api.actor import Actors
from api.admission import principal_of
from api.approval_ports import Approval
from api.incident_reach import approval_within_reach, incident_within_reach
from api.incident_view import mark_shown, tell_file
from api.language import language_of
from api.page import Pages
from api.ports import View
from api.problem import ProblemError
from api.routes.approvals import ApprovalId
from city.errors import UserError
from city.principal import reaches
from city.run import Answer
from city.subject import subject_of

NAMED_AT_MOST: Final = 8  # of those who can answer
_OVERTAKEN: Final = "runs.approval_changed"


def routes(view: View) -> APIRouter:
    """`/approvals/{id}`."""
    router = APIRouter(prefix="/approvals", tags=["pages"])
    pages = Pages(view.notice)

    def shown(request: Request, ident: str, wrong: ProblemError | None = None, reason: str = "") -> Response:
        asked = approval_within_reach(request, view, ident)
        now = view.incidents.asked_instead(ident) or asked
        found = incident_within_reach(request, view, now.incident)
        catalog, rules, lang, actors = view.catalog(), view.rules(), language_of(request), Actors.of(view)
        opener = found.incident.opened_by
        stands = now.answered_ms is None
        refusal = view.runs.refusal(now, opener, principal_of(request)) if stands else None
        return pages.page(
            request,
            "approval.html",
            catalog,
            status=200 if wrong is None else wrong.status,
            asked=now,
            was=asked if now is not asked else None,
            found=found,
            told=tell_file(found, catalog, rules),
            alerts=[
                (one, mark_shown(one, found, rules), subject_of(one.subject, catalog).place(catalog))
                for one in now.evidence.alerts
            ],
            stands=stands,
            mine=refusal is None,
            refusal=refusal,
            holders=holders(view, now) if stands else (),
            wrong=said(wrong, now if now is not asked else None, asked),
            reason=reason,
            name=lambda by: actors.name(by, lang),
            now_ms=view.clock.now_ms(),
        )

    @router.get("/{ident}", summary="Page: an approval")
    def one(request: Request, ident: ApprovalId) -> Response:
        """The question in full, what it rests on, and two buttons."""
        return shown(request, ident)

    @router.post("/{ident}", summary="Form: answer an approval")
    def answer(
        request: Request,
        ident: ApprovalId,
        answer: Annotated[str, Form(max_length=20)],
        digest: Annotated[str, Form(max_length=64)],
        reason: Annotated[str, Form(max_length=2_000)] = "",
    ) -> Response:
        """Back to the page, which says what became of it; or the page as it is now, where it has changed."""
        given = answer_of(answer)
        try:
            why = run_acts.reason_given(reason) if given is Answer.RETURNED else reason.strip()
            run_acts.answer(request, view, ident, digest, given, why)
        except ProblemError as error:
            if error.status not in {400, 403, 409}:
                raise
            return shown(request, ident, error, reason)
        return RedirectResponse(f"/approvals/{ident}", 303)

    return router


def answer_of(text: str) -> Answer:
    """What a person can answer. Raises ProblemError."""
    known = {one.value: one for one in (Answer.APPROVED, Answer.REJECTED, Answer.RETURNED)}
    if text not in known:
        raise ProblemError(400, "business.reason-needed")
    return known[text]


def said(wrong: ProblemError | None, instead: Approval | None, asked: Approval) -> UserError | None:
    """What stands above: what was against it; of one that was overtaken, by what."""
    if wrong is None or wrong.key != _OVERTAKEN:
        return wrong
    return UserError(
        "business.approval-quicker" if instead is None and asked.answered_by else "business.approval-changed"
    )


def holders(view: View, asked: Approval) -> Sequence[str]:
    """The names of those who hold a role that is asked, at its place."""
    tree = view.catalog().departments
    return [
        person.name
        for person in view.access.people.all()
        if person.disabled_ms is None
        and any(office.role in asked.roles and reaches(office, asked.unit, tree) for office in person.offices)
    ][:NAMED_AT_MOST]
