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

LETTERS: Final = 100  # on a page: who has more sends all of an endpoint's again
CHANNEL: Final = "notify:"  # what begins the ids of people's contacts, beside departments' endpoints
_NO_DATA: Final = ":no-data"
Ident = Annotated[str, Path(max_length=128)]


@dataclass(frozen=True, slots=True)
class Shown:
    """An endpoint on the page. title: its department's and its own; health: None where nothing was ever sent to it."""

    id: str
    title: Text
    unit: Text | None
    health: EndpointHealth | None

    @property
    def state(self) -> str:
        """How it is, in one of the page's words."""
        health = self.health
        if health is None:
            return "unused"
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
        departments, channels = shown(catalog, view.endpoints.health())
        return pages.page(
            request,
            "endpoints.html",
            catalog,
            status=200 if wrong is None else 404,
            departments=departments,
            channels=channels,
            names={one.id: one.title for one in (*departments, *channels)},
            letters=letters[:LETTERS],
            more=len(letters) > LETTERS,
            title_of=_title_of(view.rules()),
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
        departments, channels = shown(catalog, view.endpoints.health())
        return pages.page(
            request,
            "letter.html",
            catalog,
            letter=one,
            attempts=attempts,
            body=body,
            names={each.id: each.title for each in (*departments, *channels)},
            title_of=_title_of(view.rules()),
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


def shown(catalog: Catalog, health: Sequence[EndpointHealth]) -> tuple[list[Shown], list[Shown]]:
    """Departments' endpoints, those of the catalog first; and people's contacts."""
    known = {one.id: one for one in health}
    departments = [
        Shown(endpoint.id, endpoint.title, department.title, known.pop(endpoint.id, None))
        for department in catalog.departments.values()
        for endpoint in department.endpoints
    ]
    channels = [Shown(name, _plain(name.removeprefix(CHANNEL)), None, known[name]) for name in known if _channel(name)]
    gone = [Shown(name, _plain(name), None, known[name]) for name in known if not _channel(name)]
    return [*departments, *gone], channels


def _channel(name: str) -> bool:
    return name.startswith(CHANNEL)


def _plain(name: str) -> Text:
    return Text(name, name)


def _title_of(rules: Mapping[str, Rule]) -> Callable[[DeadLetter], Text | None]:
    """What a letter is about, as its rule calls it; None where there is no such rule (any more)."""

    def title(letter: DeadLetter) -> Text | None:
        rule = rules.get(letter.rule.removesuffix(_NO_DATA))
        return None if rule is None else rule.title

    return title
