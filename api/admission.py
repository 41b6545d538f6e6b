"""Who asks, and whether they may: found out once a request, before any route."""

from typing import Final
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.access_ports import Access
from api.needs import is_open, need
from api.problem import ProblemError, refuse
from city.catalog import Catalog
from city.principal import CITY, Principal
from city.right import Right, Scope
from city.session import Session

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# A browser takes this name only over https, for this host alone and for all of it; http is the loopback's.
SECURE_COOKIE: Final = "__Host-megane"
COOKIE: Final = "megane"
CSRF_HEADER: Final = "x-csrf-token"
CSRF_FIELD: Final = "csrf"
# Whoever may open the socket under the city's home could change its files as well: it may all, and is written down.
SOCKET: Final = Principal("socket:local", "megane", scope=Scope.ADMIN)
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


async def identify(request: Request, access: Access) -> None:
    """Notes with the request who it is from: `principal_of`, `csrf_of`."""
    state = request.scope.setdefault("state", {})
    state["session"], state["principal"] = None, access.visitor
    if not request.url.path.startswith("/static/"):
        state["session"], state["principal"] = await _who(request, access, used=True)


async def still_in(request: Request, access: Access) -> bool:
    """Whether who asked would be let in now, too: for an answer that goes on. It keeps no session alive."""
    _, principal = await _who(request, access, used=False)
    right = need(request.method, template_of(request))
    return principal is not None and right is not None and principal.may(right)


async def _who(request: Request, access: Access, *, used: bool) -> tuple[Session | None, Principal | None]:
    server = request.scope.get("server")
    if server is not None and server[1] is None:  # a socket of the file system has no port
        return None, SOCKET
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return None, await run_in_threadpool(access.doors.token, token.strip())
    secret = request.cookies.get(cookie_name(request))
    session = await run_in_threadpool(access.doors.session, secret, used=used) if secret else None
    return session, access.visitor if session is None else session.principal


def cookie_name(request: Request) -> str:
    """Under which the session's secret comes."""
    return SECURE_COOKIE if request.url.scheme == "https" else COOKIE


def stranger(request: Request) -> Response | None:
    """What is answered to who is not known and asks for what is not open: browsers are led to sign in."""
    if found(request) is not None or is_open(request.url.path):
        return None
    part_of = request.headers.get("hx-current-url")  # a script asks for a part of this page: the page itself is led on
    if part_of is None and request.method in SAFE and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(sign_in_path(str(request.url)), 303)
    refusal = refuse(request, 401, "access.sign-in", {})
    refusal.headers["WWW-Authenticate"] = 'Bearer realm="megane"'
    if part_of is not None:
        refusal.headers["HX-Redirect"] = sign_in_path(part_of)
    return refusal


def sign_in_path(url: str) -> str:
    """The page of sign-in that leads on to where `url` is in the city."""
    parts = urlsplit(url)
    wanted = parts.path + (f"?{parts.query}" if parts.query else "")
    return f"/sign-in?next={quote(wanted, safe='')}"


async def admit(request: Request) -> None:
    """Before every route: whether they may, and that a form of a signed-in person is ours. Raises ProblemError.

    What changes something is written into the audit log before it is done.
    """
    if is_open(request.url.path):
        return
    principal, path = principal_of(request), template_of(request)
    right = need(request.method, path)
    if right is None or not principal.may(right):
        raise ProblemError(403, "access.forbidden", name=principal.name)
    if request.method in SAFE or path.startswith("/prometheus/"):
        return
    session = session_of(request)
    if session is not None and await _csrf(request) != session.csrf:
        raise ProblemError(403, "access.csrf")
    access: Access = request.app.state.access
    await run_in_threadpool(access.doors.note, principal, f"{request.method} {path}", request.url.path)


def found(request: Request) -> Principal | None:
    """Who asks, where that is known. Nobody is while the gate still looks at where they come from."""
    principal: Principal | None = request.scope.get("state", {}).get("principal")
    return principal


def principal_of(request: Request) -> Principal:
    """Who asks. Raises ProblemError where that is not known."""
    principal = found(request)
    if principal is None:
        raise ProblemError(401, "access.sign-in")
    return principal


def session_of(request: Request) -> Session | None:
    """The session by which they ask; None for programs, the socket and visitors."""
    session: Session | None = request.scope.get("state", {}).get("session")
    return session


def require(request: Request, right: Right, unit: str | None, catalog: Catalog) -> None:
    """That they have the right at this department. unit: None is the city itself. Raises ProblemError."""
    principal = principal_of(request)
    if principal.may(right, unit or CITY, catalog.departments):
        return
    department = catalog.departments.get(unit or CITY)
    title = department.title if department is not None else catalog.title
    raise ProblemError(403, "access.elsewhere", name=principal.name, place=title)


def name_of(request: Request, said: str | None) -> str:
    """Under which name something is written down.

    A person's is their own. A program, or whoever is at the city's own machine, may say for whom it acts.
    """
    principal = principal_of(request)
    if said is None or said == principal.name:
        return principal.name
    if principal.is_person and session_of(request) is not None:
        raise ProblemError(403, "access.own-name", name=principal.name, said=said)
    return said


def template_of(request: Request) -> str:
    """The path of the route, as it is described: `/v1/people/{ident}`."""
    route = request.scope.get("route")
    return str(getattr(route, "path_format", request.url.path))


async def _csrf(request: Request) -> str | None:
    sent = request.headers.get(CSRF_HEADER)
    if sent is not None or not _is_form(request.headers):
        return sent
    field = (await request.form()).get(CSRF_FIELD)
    return field if isinstance(field, str) else None


def _is_form(headers: Headers) -> bool:
    return headers.get("content-type", "").startswith(_FORMS)
