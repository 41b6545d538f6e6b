"""The page of sign-in, and what follows from an attempt: led on with a cookie, or told what was wrong."""

from typing import Final, assert_never
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.admission import cookie_name
from api.page import Pages
from api.ports import View
from city.errors import UserError
from city.session import Refused, SignedIn, SignIn, Throttled

# The longest that a session lasts; the city decides within that.
COOKIE_S: Final = 7 * 86_400


class Entrance:
    """Answers of the routes below `/sign-in`."""

    def __init__(self, view: View) -> None:
        self._pages = Pages(view.notice)
        self._catalog = view.catalog
        self._provider = view.access.provider

    def form(self, request: Request, next_: str, *, wrong: UserError | None = None, status: int = 200) -> Response:
        """The page itself; next: where it leads on to."""
        title = None if self._provider is None else self._provider.title
        fields = {"next": inside(next_), "provider": title, "wrong": wrong}
        return self._pages.page(request, "sign-in.html", self._catalog(), status=status, **fields)

    def link_form(self, request: Request, secret: str, name: str, wrong: UserError | None = None) -> Response:
        """The page on which somebody sets a password by a one-time link."""
        fields = {"name": name, "secret": secret, "wrong": wrong}
        return self._pages.page(request, "link.html", self._catalog(), status=200 if wrong is None else 400, **fields)

    def outcome(self, request: Request, outcome: SignIn, next_: str, refusal: str) -> Response:
        """In, or the page again with what was wrong: 401 refused, 429 too often."""
        match outcome:
            case SignedIn(secret=secret):
                answer: Response = RedirectResponse(inside(next_), 303)
                keep(request, answer, cookie_name(request), secret, COOKIE_S, "/")
                return answer
            case Refused():
                return self.form(request, next_, wrong=UserError(refusal), status=401)
            case Throttled(wait_s=wait_s):
                wrong = UserError("access.throttled", seconds=wait_s)
                answer = self.form(request, next_, wrong=wrong, status=429)
                answer.headers["Retry-After"] = str(wait_s)
                return answer
            case never:
                assert_never(never)


def keep(request: Request, answer: Response, name: str, value: str, age_s: int, path: str) -> None:
    """A cookie that scripts cannot read, and that other sites' forms do not send along."""
    secure = request.url.scheme == "https"
    answer.set_cookie(name, value, max_age=age_s, path=path, secure=secure, httponly=True, samesite="lax")


def inside(path: str) -> str:
    """A path of ours to go on to; `/` for whatever would lead away."""
    parsed = urlsplit(path)
    # Browsers read `/\\` as `//`, and drop tabs and line breaks.
    odd = any(mark in path for mark in "\\\t\r\n") or not path.startswith("/") or path.startswith("//")
    return "/" if odd or parsed.scheme or parsed.netloc else path


def address_of(request: Request) -> str:
    """Where somebody comes from, for throttling and the audit log."""
    return request.client.host if request.client is not None else "socket"
