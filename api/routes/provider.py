"""Signing in through the city's identity provider: there and back."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from api.entrance import Entrance, address_of, inside, keep
from api.ports import View
from api.problem import ProblemError, problems
from api.routes.sign_in import Next
from city.errors import UserError
from city.security_event import SecurityKind

STATE_COOKIE: Final = "megane-state"
STATE_S: Final = 600  # as long as the provider's answer is waited for
PATH: Final = "/sign-in"


def routes(view: View) -> APIRouter:
    """`/sign-in/provider`, `/sign-in/callback`."""
    router = APIRouter(prefix=PATH, tags=["sign-in"])
    entrance, doors, provider = Entrance(view), view.access.doors, view.access.provider

    @router.get("/provider", summary="Sign in by the identity provider", responses=problems(400, 404))
    def by_provider(request: Request, next_: Next = "/") -> Response:
        """Leads the browser to the provider."""
        if provider is None:
            raise ProblemError(404, "access.no-provider")
        begun = provider.begin(f"{request.url.scheme}://{request.url.netloc}{PATH}/callback")
        answer = RedirectResponse(begun.url, 303)
        keep(request, answer, STATE_COOKIE, f"{begun.state} {inside(next_)}", STATE_S, PATH)
        return answer

    @router.get("/callback", summary="Back from the identity provider", responses=problems(400, 403, 404))
    def callback(
        request: Request,
        state: Annotated[str, Query(max_length=500)] = "",
        code: Annotated[str, Query(max_length=4_000)] = "",
    ) -> Response:
        """Opens a session for whom the provider names, in the browser in which it was begun."""
        if provider is None:
            raise ProblemError(404, "access.no-provider")
        begun, _, next_ = request.cookies.get(STATE_COOKIE, "").partition(" ")
        if not state or begun != state:
            view.security.note(SecurityKind.PROVIDER_REFUSED, "", f"{address_of(request)}: not begun in this browser")
            raise ProblemError(403, "access.other-browser")
        try:
            identity = provider.finish(state, code)
        except UserError as error:
            view.security.note(SecurityKind.PROVIDER_REFUSED, "", f"{address_of(request)}: {error}")
            raise
        outcome = doors.by_provider(identity.subject, identity.mail, address_of(request))
        answer = entrance.outcome(request, outcome, next_, "access.unknown-there")
        answer.delete_cookie(STATE_COOKIE, path=PATH)
        return answer

    return router
