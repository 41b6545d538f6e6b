"""One-time links: somebody sets their password, for the first time or anew."""

from fastapi import APIRouter, Request, Response

from api.entrance import Entrance, address_of
from api.ports import View
from api.problem import ProblemError, problems
from api.routes.sign_in import Password
from city.errors import UserError
from city.session import Refused


def routes(view: View) -> APIRouter:
    """`/sign-in/link/{secret}`."""
    router = APIRouter(prefix="/sign-in/link", tags=["sign-in"])
    entrance, doors = Entrance(view), view.access.doors

    @router.get("/{secret}", summary="The page of a one-time link", responses=problems(404))
    def link(request: Request, secret: str) -> Response:
        """Asks for a password. Looking at it uses nothing up: mail programs look, too."""
        return linked(request, secret)

    def linked(request: Request, secret: str, wrong: UserError | None = None) -> Response:
        name = doors.owner_of(secret)
        if name is None:
            raise ProblemError(404, "access.link-over")
        return entrance.link_form(request, secret, name, wrong)

    @router.post("/{secret}", summary="Set a password by a one-time link", responses=problems(400, 403, 404))
    def redeem(request: Request, secret: str, password: Password) -> Response:
        """Opens a session; the link is used up, and sessions of before are over."""
        try:
            outcome = doors.redeem(secret, password, address_of(request))
        except UserError as error:
            return linked(request, secret, error)
        if isinstance(outcome, Refused):
            raise ProblemError(404, "access.link-over")
        return entrance.outcome(request, outcome, "/", "access.refused")

    return router
