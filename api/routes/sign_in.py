"""Signing in by password, and out. Forms, for people."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from api.admission import CSRF_FIELD, cookie_name, session_of
from api.entrance import Entrance, address_of, inside
from api.ports import View
from api.problem import ProblemError, problems

Login = Annotated[str, Form(min_length=1, max_length=254)]
Password = Annotated[str, Form(min_length=1, max_length=1_024)]
NextField = Annotated[str, Form(alias="next", max_length=2_000)]
Next = Annotated[str, Query(alias="next", max_length=2_000, description="A path of the city's to go on to.")]


def routes(view: View) -> APIRouter:
    """`/sign-in`, `/sign-in/out`."""
    router = APIRouter(prefix="/sign-in", tags=["sign-in"])
    entrance, doors = Entrance(view), view.access.doors

    @router.get("", summary="The page of sign-in", responses=problems(400))
    def page(request: Request, next_: Next = "/") -> Response:
        """Where somebody who is in already is led on."""
        if session_of(request) is not None:
            return RedirectResponse(inside(next_), 303)
        return entrance.form(request, next_)

    @router.post("", summary="Sign in by password", responses=problems(400, 403))
    def sign_in(request: Request, login: Login, password: Password, next_: NextField = "/") -> Response:
        """Opens a session and leads on; 401 where it is not them, 429 where it was tried too often."""
        outcome = doors.sign_in(login, password, address_of(request))
        return entrance.outcome(request, outcome, next_, "access.refused")

    @router.post("/out", summary="Sign out", responses=problems(403))
    async def sign_out(request: Request) -> Response:
        """The session is over, here and for whoever copied its cookie."""
        session, name = session_of(request), cookie_name(request)
        if session is not None:
            if (await request.form()).get(CSRF_FIELD) != session.csrf:
                raise ProblemError(403, "access.csrf")
            await run_in_threadpool(doors.sign_out, request.cookies[name])
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(name, path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax")
        return answer

    return router
