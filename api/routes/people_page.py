"""The page of people and their offices, with forms to change them. It works without scripts."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api.admission import principal_of
from api.page import Pages
from api.ports import View
from api.routes.people import link_path
from city.errors import UserError
from city.principal import CITY, Office
from city.right import Role

OFFICES: Final = 3  # rows of the form: who has more than three offices is entered by the API
NO_ROLE: Final = ""
Line = Annotated[str, Form(max_length=254)]
Choices = Annotated[list[str] | None, Form(max_length=OFFICES)]


class PeoplePage:
    """The page, as it stands after whatever was asked."""

    def __init__(self, view: View) -> None:
        self._pages = Pages(view.notice)
        self._view = view

    def shown(self, request: Request, *, wrong: UserError | None = None) -> Response:
        """The list. wrong: what could not be done."""
        return self._answer(request, wrong, None)

    def with_link(self, request: Request, name: str, secret: str) -> Response:
        """The list, and above it a link that is shown only once."""
        return self._answer(request, None, (name, f"{request.url.scheme}://{request.url.netloc}{link_path(secret)}"))

    def _answer(self, request: Request, wrong: UserError | None, made: tuple[str, str] | None) -> Response:
        return self._pages.page(
            request,
            "people.html",
            self._view.catalog(),
            status=200 if wrong is None else 400,
            people=self._view.access.people.all(),
            roles=list(Role),
            places=OFFICES,
            wrong=wrong,
            made=made,
        )


def routes(view: View) -> APIRouter:
    """`/people`."""
    router = APIRouter(prefix="/people", tags=["pages"])
    page, people = PeoplePage(view), view.access.people

    @router.get("", summary="Page: people")
    def shown(request: Request) -> Response:
        """Everybody with their offices, and forms to change them."""
        return page.shown(request)

    @router.post("", summary="Form: add a person")
    def add(
        request: Request, login: Line, name: Line, mail: Line = "", role: Choices = None, unit: Choices = None
    ) -> Response:
        """Answers with the page, on it the link that they are given."""
        try:
            one, secret = people.add(login, name, mail or None, _offices(role, unit), principal_of(request))
        except UserError as error:
            return page.shown(request, wrong=error)
        return page.with_link(request, one.name, secret)

    @router.post("/{ident}", summary="Form: change a person")
    def change(
        request: Request, ident: str, name: Line, mail: Line = "", role: Choices = None, unit: Choices = None
    ) -> Response:
        """Back to the list."""
        try:
            people.change(ident, name, mail or None, _offices(role, unit), principal_of(request))
        except UserError as error:
            return page.shown(request, wrong=error)
        return RedirectResponse("/people", 303)

    @router.post("/{ident}/disable", summary="Form: disable a person")
    def disable(request: Request, ident: str) -> Response:
        """Back to the list."""
        try:
            people.disable(ident, principal_of(request))
        except UserError as error:
            return page.shown(request, wrong=error)
        return RedirectResponse("/people", 303)

    @router.post("/{ident}/link", summary="Form: a link for a new password")
    def new_link(request: Request, ident: str) -> Response:
        """Answers with the page, on it the link."""
        try:
            secret = people.new_link(ident, principal_of(request))
        except UserError as error:
            return page.shown(request, wrong=error)
        name = next((one.name for one in people.all() if one.id == ident), ident)
        return page.with_link(request, name, secret)

    return router


def _offices(roles: list[str] | None, units: list[str] | None) -> list[Office]:
    """The rows that were filled in. Raises UserError for a role that is none."""
    offices = []
    for role, unit in zip(roles or [], [*(units or []), *[CITY] * OFFICES], strict=False):
        if role == NO_ROLE:
            continue
        if role not in set(Role):
            raise UserError("people.unknown_role", role=role[:40], known=", ".join(Role))
        offices.append(Office(Role(role), unit))
    return offices
