"""The page on which a person starts a playbook: from a telephone report, or as an exercise 訓練."""

import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import run_acts
from api.admission import principal_of
from api.page import Pages
from api.ports import View
from api.problem import ProblemError
from city.errors import UserError
from city.right import Right
from city.run import Report

KEY_AT_MOST: Final = 64
Line = Annotated[str, Form(max_length=200)]


def routes(view: View) -> APIRouter:
    """`/runs/start`."""
    router = APIRouter(prefix="/runs", tags=["pages"])
    pages = Pages(view.notice)

    def form(request: Request, filled: Report | None = None, wrong: UserError | None = None) -> Response:
        catalog, who = view.catalog(), principal_of(request)
        sections = [d for d in catalog.departments.values() if who.may(Right.START, d.id, catalog.departments)]
        return pages.page(
            request,
            "run-start.html",
            catalog,
            status=200 if wrong is None else wrong.status if isinstance(wrong, ProblemError) else 400,
            playbooks=view.playbooks.playbooks(),
            sections=sections,
            filled=filled or Report("", "", "", 3, ""),
            key=secrets.token_hex(16),  # sent twice by an impatient thumb, it starts one
            wrong=wrong,
        )

    @router.get("/start", summary="Page: start a playbook")
    def asks(request: Request) -> Response:
        """For real, or as an exercise."""
        return form(request)

    @router.post("/start", summary="Form: start a playbook")
    def start(
        request: Request,
        playbook: Line,
        title: Line,
        section: Line,
        severity: Annotated[int, Form(ge=1, le=5)],
        how: Annotated[str, Form(max_length=10)],
        key: Annotated[str, Form(min_length=1, max_length=KEY_AT_MOST)],
        text: Annotated[str, Form(max_length=2_000)] = "",
    ) -> Response:
        """On to its incident; or the page again, with what was against it."""
        report = Report(playbook, title.strip(), section, severity, text, drill=how != "real")
        try:
            ident = run_acts.start(request, view, report, key)
        except ProblemError as error:
            if error.status not in {403, 422}:
                raise
            return form(request, report, error)
        return RedirectResponse(f"/incidents/{ident}", 303)

    return router
