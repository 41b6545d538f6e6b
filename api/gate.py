"""What every request passes before it reaches a route, and every answer on its way out.

The Host header must be a name of ours (DNS rebinding), what changes something must come from our own pages or from a
program, and whoever asks for what is not open must be known (`api/admission.py`).
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access_ports import Access
from api.admission import SAFE, found, identify, stranger
from api.problem import refuse
from api.safe_headers import SAFE_HEADERS
from city.security_event import SecurityKind, TellSecurity, tell_nobody

# A year, for this name alone: what else the city hall has under its domain is not ours to decide.
HTTPS_ONLY: Final = "max-age=31536000"
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class Gate:
    """ASGI middleware. `hosts`: names under which we may be called besides the loopback's; `*` takes any."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], access: Access, tell: TellSecurity = tell_nobody) -> None:
        self._app = app
        self._access = access
        self._tell = tell
        self._hosts = frozenset(host.lower() for host in (*LOOPBACK, *hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses, or passes on and adds the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        request = Request(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
                # What somebody was shown is gone with their session; the files of pages are the same for everybody.
                if not request.url.path.startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
                if request.url.scheme == "https":
                    headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
            await send(message)

        if not self._ours(request.headers.get("host", "")):
            self._note(request, "its host is no name of ours")
            refusal = refuse(request, 400, "api.unknown-host", {"host": request.headers.get("host", "")[:100]})
            await refusal(scope, receive, send_with_headers)
        elif scope["method"] not in SAFE and not same_origin(request.headers):
            self._note(request, "it comes from another origin")
            await refuse(request, 403, "api.other-origin", {})(scope, receive, send_with_headers)
        else:
            await identify(request, self._access)
            if found(request) is None and "authorization" in request.headers:
                self._tell(SecurityKind.TOKEN_REFUSED, "", _whence(request))
            await (stranger(request) or self._app)(scope, receive, send_with_headers)

    def _note(self, request: Request, why: str) -> None:
        asked = f"{request.method} {request.url.path[:60]!r}"
        self._tell(SecurityKind.REQUEST_REFUSED, "", f"{_whence(request)}: {asked}: {why}")

    def _ours(self, host: str) -> bool:
        return "*" in self._hosts or _name(host) in self._hosts


def same_origin(headers: Headers) -> bool:
    """Whether a request comes from a page of ours, or from a program that is no browser (it sends neither header)."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _whence(request: Request) -> str:
    return request.client.host if request.client else "this machine"


def _name(host: str) -> str:
    """The host without its port, lower case; empty where it cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
