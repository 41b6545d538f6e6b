"""The pages of programs' tokens and of the audit log. They work without scripts."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from api.admission import principal_of
from api.audit_words import done_words
from api.language import language_of
from api.page import Pages
from api.ports import View
from city.errors import UserError
from city.right import Scope

LINES_A_PAGE: Final = 100


def routes(view: View) -> APIRouter:
    """`/tokens`, `/audit`."""
    router = APIRouter(tags=["pages"])
    pages, tokens = Pages(view.notice), view.access.tokens

    def page(request: Request, *, wrong: UserError | None = None, made: tuple[str, str] | None = None) -> Response:
        return pages.page(
            request,
            "tokens.html",
            view.catalog(),
            status=200 if wrong is None else 400,
            tokens=tokens.all(),
            scopes=list(Scope),
            now_ms=view.clock.now_ms(),
            wrong=wrong,
            made=made,
        )

    @router.get("/tokens", summary="Page: tokens of programs")
    def shown(request: Request) -> Response:
        """Every one, and a form for a new one."""
        return page(request)

    @router.post("/tokens", summary="Form: make a token")
    def make(
        request: Request,
        name: Annotated[str, Form(max_length=64)],
        scope: Annotated[Scope, Form()],
        days: Annotated[int, Form()],
    ) -> Response:
        """Answers with the page, on it the token."""
        try:
            made, secret = tokens.make(name, scope, days, principal_of(request))
        except UserError as error:
            return page(request, wrong=error)
        return page(request, made=(made.name, secret))

    @router.post("/tokens/{ident}/revoke", summary="Form: revoke a token")
    def revoke(request: Request, ident: str) -> Response:
        """Back to the list."""
        try:
            tokens.revoke(ident, principal_of(request))
        except UserError as error:
            return page(request, wrong=error)
        return RedirectResponse("/tokens", 303)

    @router.get("/audit", summary="Page: the audit log")
    def audit(request: Request, before: Annotated[int | None, Query(ge=1)] = None) -> Response:
        """The newest first."""
        lines = view.access.audit(before, LINES_A_PAGE)
        older = lines[-1].sequence if len(lines) == LINES_A_PAGE and lines[-1].sequence > 1 else None
        lang = language_of(request)
        return pages.page(
            request,
            "audit.html",
            view.catalog(),
            lines=lines,
            older=older,
            done=lambda what: done_words(what, lang),
        )

    return router
