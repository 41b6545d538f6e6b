"""The pages of endpoints: how each fares, what did not get through, and forms to send it again. No scripts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import RedirectResponse

from api.delivery_ports import DeadLetter, EndpointHealth
from api.page import Pages
from api.ports import View
from city.catalog import Catalog
from city.errors import UserError
from city.messages.text import Text
from city.rule import Rule
from city.subject import subject_of

LETTERS: Final = 100  # on a page: who has more sends all of an endpoint's again
CHANNEL: Final = "notify:"  # what begins the ids of people's contacts, beside departments' endpoints
_NO_DATA: Final = ":no-data"
Ident = Annotated[str, Path(max_length=128)]


@dataclass(frozen=True, slots=True)
class Shown:
    """An endpoint on the page, as people call it."""

    title: Text
    health: EndpointHealth

    @property
    def state(self) -> str:
        """How it is, in one of the page's words."""
        health = self.health
        if health.disabled_ms is not None:
            return "disabled"
        if health.retrying:
            return "trying"
        return "left" if health.dead else "well"


def routes(view: View) -> APIRouter:
    """`/endpoints`."""
    router = APIRouter(prefix="/endpoints", tags=["pages"])
    pages = Pages(view.notice)

    def page(request: Request, wrong: UserError | None = None) -> Response:
        catalog = view.catalog()
        letters = view.dead_letters.list(LETTERS + 1)
        departments, channels, unused = shown(catalog, view.endpoints.health())
        return pages.page(
            request,
            "endpoints.html",
            catalog,
            status=200 if wrong is None else 404,
            departments=departments,
            channels=channels,
            unused=unused,
            names=_names(departments, channels),
            letters=letters[:LETTERS],
            more=len(letters) > LETTERS,
            title_of=_title_of(view.rules(), catalog),
            wrong=wrong,
        )

    def done(request: Request, act: Callable[[], object]) -> Response:
        try:
            act()
        except UserError as error:
            return page(request, error)
        return RedirectResponse("/endpoints", 303)

    @router.get("", summary="Page: endpoints")
    def endpoints(request: Request) -> Response:
        """How each does, and what did not get through."""
        return page(request)

    @router.get("/letters/{id}", summary="Page: a dead letter")
    def letter(request: Request, id_: Annotated[str, Path(alias="id", max_length=128)]) -> Response:
        """Its body and its attempts."""
        try:
            one, attempts, body = view.dead_letters.show(id_)
        except UserError as error:
            return page(request, error)
        catalog = view.catalog()
        departments, channels, _ = shown(catalog, view.endpoints.health())
        return pages.page(
            request,
            "letter.html",
            catalog,
            letter=one,
            attempts=attempts,
            body=body,
            names=_names(departments, channels),
            title_of=_title_of(view.rules(), catalog),
        )

    @router.post("/letters/{id}/resend", summary="Form: send a dead letter again")
    def resend(request: Request, id_: Annotated[str, Path(alias="id", max_length=128)]) -> Response:
        """Back to the list."""
        return done(request, lambda: view.dead_letters.resend(id_))

    @router.post("/{endpoint}/resend", summary="Form: send all of an endpoint's again")
    def resend_all(request: Request, endpoint: Ident) -> Response:
        """Back to the list."""
        return done(request, lambda: view.dead_letters.resend_all(endpoint))

    @router.post("/{endpoint}/enable", summary="Form: enable an endpoint again")
    def enable(request: Request, endpoint: Ident) -> Response:
        """Back to the list."""
        return done(request, lambda: view.endpoints.enable(endpoint))

    return router


def shown(catalog: Catalog, health: Sequence[EndpointHealth]) -> tuple[list[Shown], list[Shown], list[Text]]:
    """Departments' endpoints and people's contacts that were ever sent something; the titles of all other endpoints."""
    titles = {
        endpoint.id: endpoint.title for department in catalog.departments.values() for endpoint in department.endpoints
    }
    departments: list[Shown] = []
    channels: list[Shown] = []
    for one in health:
        name = one.id.removeprefix(CHANNEL)
        (departments if name == one.id else channels).append(Shown(titles.pop(one.id, Text(name, name)), one))
    return departments, channels, list(titles.values())


def _names(*shown_ones: Sequence[Shown]) -> dict[str, Text]:
    return {one.health.id: one.title for ones in shown_ones for one in ones}


def _title_of(rules: Mapping[str, Rule], catalog: Catalog) -> Callable[[DeadLetter], tuple[Text, Text] | None]:
    """What a letter is about, as its rule calls it, and of what; None for words to people."""

    def title(letter: DeadLetter) -> tuple[Text, Text] | None:
        if not letter.rule:
            return None
        rule = rules.get(letter.rule.removesuffix(_NO_DATA))
        called = Text(letter.rule, letter.rule) if rule is None else rule.title
        return called, subject_of(letter.subject, catalog).title

    return title
