"""The page on which a person opens a case by hand."""

import secrets
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api.admission import principal_of, require
from api.page import Pages
from api.ports import View
from api.problem import ProblemError
from api.routes.cases import ITEMS_AT_OPENING, LINES, ONE_LINE, due_ms
from city.case import NewCase
from city.errors import UserError
from city.right import Right

KEY_AT_MOST: Final = 64
ITEM_AT_MOST: Final = 200  # characters: a line of a phone or two
Line = Annotated[str, Form(max_length=200, pattern=ONE_LINE)]
Long = Annotated[str, Form(max_length=2_000, pattern=LINES)]


def routes(view: View) -> APIRouter:
    """`/cases/new`, and the form of it."""
    router = APIRouter(prefix="/cases", tags=["pages"])
    pages = Pages(view.notice)

    def form(
        request: Request, filled: NewCase | None = None, due: str = "", wrong: UserError | None = None
    ) -> Response:
        catalog, who = view.catalog(), principal_of(request)
        return pages.page(
            request,
            "case-new.html",
            catalog,
            status=200 if wrong is None else wrong.status if isinstance(wrong, ProblemError) else 400,
            sections=[d for d in catalog.departments.values() if who.may(Right.ACT, d.id, catalog.departments)],
            filled=filled or NewCase("", ""),
            due=due,
            key=secrets.token_hex(16),  # sent twice by an impatient thumb, it opens one
            wrong=wrong,
        )

    @router.get("/new", summary="Page: open a case")
    def asks(request: Request) -> Response:
        """Of a section in which they work."""
        return form(request)

    @router.post("", summary="Form: open a case")
    def open_case(
        request: Request,
        section: Annotated[str, Form(max_length=64)],
        title: Line,
        key: Annotated[str, Form(min_length=1, max_length=KEY_AT_MOST)],
        assignee: Annotated[str, Form(max_length=64, pattern=ONE_LINE)] = "",
        due: Annotated[str, Form(max_length=64, pattern=ONE_LINE)] = "",
        checklist: Annotated[str, Form(max_length=20_000, pattern=LINES)] = "",
        text: Long = "",
    ) -> Response:
        """On to the case; or the page again, with what was against it."""
        items = tuple(line.strip() for line in checklist.splitlines() if line.strip())
        new = NewCase(section, title.strip(), items, None, assignee.strip() or None, text.strip())
        try:
            _check(new, view)
            require(request, Right.ACT, section, view.catalog())
            ends = due_ms(due.strip(), view.clock.now_ms()) if due.strip() else None
            opened = view.cases.open(msgspec.structs.replace(new, due_ms=ends), principal_of(request).name, key)
        except UserError as error:
            return form(request, new, due, error)
        return RedirectResponse(f"/cases/{opened.case.id}", 303)

    return router


def _check(new: NewCase, view: View) -> None:
    """What the API checks by its schema. Raises ProblemError."""
    if new.section not in view.catalog().departments:
        raise ProblemError(400, "business.case-new-section")
    if not new.title:
        raise ProblemError(400, "business.case-new-title")
    if len(new.checklist) > ITEMS_AT_OPENING or any(len(item) > ITEM_AT_MOST for item in new.checklist):
        raise ProblemError(400, "business.case-new-items", most=ITEMS_AT_OPENING, letters=ITEM_AT_MOST)
