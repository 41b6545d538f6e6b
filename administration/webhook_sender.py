"""Signed POSTs, and what the answers mean. Nothing that a receiver does gets further than this file."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import Final, NamedTuple, Self

import httpcore
import httpx

from administration.cloud_event import CONTENT_TYPE
from administration.outcome import Delivered, Outcome, Reason, Rejected, RetryAfter
from administration.ports import Address, Addresses
from administration.signature import PREFIX, signed_headers
from city.clock import Clock

# Standard Webhooks asks senders to wait 15 to 30 s; a receiver that needs longer should answer first and work later.
ATTEMPT_S: Final = 15.0
CONNECT_S: Final = 5.0  # three SYNs; who is not there by then is not there
ANSWER_BYTES: Final = 1024  # enough for a person to see what is wrong over there, too little to fill our disk
IDLE_S: Final = 30.0  # below what most servers and firewalls keep an idle connection for

_TIMEOUTS: Final = {"timeout": httpx.Timeout(ATTEMPT_S, connect=CONNECT_S).as_dict()}
_SECRET: Final = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9+/=_-]+|v1,[A-Za-z0-9+/=]+")
_SECONDS: Final = re.compile(r"\d{1,9}", re.ASCII)


class WebhookSender:
    """Implements `administration.ports.Sender`. Async context manager: leaving it closes its connections.

    wall: timestamps in signatures are the wall's, since receivers refuse old ones
    tls: certificates to trust, those of the system where it is None
    """

    def __init__(self, addresses: Addresses, wall: Clock, tls: ssl.SSLContext | None = None) -> None:
        self._addresses = addresses
        self._wall = wall
        self._tls = tls or ssl.create_default_context()
        # Connections of httpcore, one by one. A pool looks through all of its own for each request, and then again for
        # each, and endpoints shared it: with 32 of them that took 10 ms of a core a webhook; one pool to a connection
        # still took twice as long as the connection alone. And not a client, which would log each URL, and with it the
        # keys that many services put there.
        self._idle: dict[str, list[httpcore.AsyncHTTPConnection]] = {}  # by origin
        self._places: dict[str, _Place] = {}  # of each address as written; few: the settings name them

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in chain.from_iterable(self._idle.values()):
            await connection.aclose()
        self._idle.clear()

    async def send(self, endpoint: str, key: str, body: bytes) -> Outcome:
        """One attempt to the endpoint's address as the settings name it now."""
        address = self._addresses.address(endpoint)
        return Rejected(Reason.NO_ADDRESS) if address is None else await self.post(address, key, body)

    async def post(self, address: Address, key: str, body: bytes) -> Outcome:
        """One attempt to an address; over after 15 s of the wall's time, whatever the other side does."""
        timestamp_s = self._wall.now_ms() // 1000
        headers = {
            "content-type": CONTENT_TYPE,
            "content-length": str(len(body)),
            "accept-encoding": "identity",  # so that the beginning of an answer can be shown
            "user-agent": "megane",
            **signed_headers(address.secrets, key, timestamp_s, body),
        }
        try:
            place = self._place(address.url)
            lines = [("host", place.host), *headers.items()]
            request = httpcore.Request("POST", place.url, headers=lines, content=body, extensions=_TIMEOUTS)
            async with asyncio.timeout(ATTEMPT_S), self._connection(place) as connection:
                response = await connection.handle_async_request(request)
                async with aclosing(response):
                    return self._meaning(response, await _beginning(response))
        except (TimeoutError, httpcore.TimeoutException):
            return RetryAfter(Reason.TIMEOUT)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as e:
            return Rejected(Reason.NO_ADDRESS, answer=type(e).__name__)
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as e:
            return RetryAfter(Reason.UNREACHABLE, answer=_fit(f"{type(e).__name__}: {e}"))

    def _place(self, url: str) -> "_Place":
        """The address, taken apart. Raises httpx.InvalidURL, httpx.UnsupportedProtocol."""
        known = self._places.get(url)
        if known is None:
            parsed = httpx.URL(url)
            if parsed.scheme not in {"http", "https"} or not parsed.host:
                raise httpx.UnsupportedProtocol(parsed.scheme)
            core = httpcore.URL(
                scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port, target=parsed.raw_path
            )
            known = self._places[url] = _Place(core, str(core.origin), parsed.netloc.decode("ascii"))
        return known

    @asynccontextmanager
    async def _connection(self, place: "_Place") -> AsyncIterator[httpcore.AsyncHTTPConnection]:
        """A connection of one's own to a place: the one used last, so that few stay open, or a new one.

        Whoever sends bounds how many there are (`claims.AT_ONCE` for each endpoint). Proxies and certificates from the
        environment are not taken: where alarms go is said in the settings alone.
        """
        idle = self._idle.setdefault(place.origin, [])
        while idle and idle[-1].has_expired():
            await idle.pop().aclose()
        connection = idle.pop() if idle else self._new(place)
        try:
            yield connection
        finally:
            if connection.is_idle() and not connection.is_closed():
                idle.append(connection)
            else:
                await connection.aclose()

    def _new(self, place: "_Place") -> httpcore.AsyncHTTPConnection:
        return httpcore.AsyncHTTPConnection(place.url.origin, ssl_context=self._tls, keepalive_expiry=IDLE_S)

    def _meaning(self, response: httpcore.Response, answer: str) -> Outcome:
        """formats.md: 2xx delivered; 410 disables; 408, 429 and 5xx retry; anything else is a dead letter."""
        status = response.status
        if 200 <= status < 300:  # noqa: PLR2004 - the classes of HTTP statuses
            return Delivered(status, answer)
        if status == httpx.codes.GONE:
            return Rejected(Reason.GONE, status, answer)
        if status in {httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS}:
            return RetryAfter(Reason.LATER, status, answer, self._asked_s(response))
        if status >= 500:  # noqa: PLR2004 - the same
            return RetryAfter(Reason.SERVER_ERROR, status, answer, self._asked_s(response))
        if 300 <= status < 400:  # noqa: PLR2004 - the same
            return Rejected(Reason.REDIRECT, status, answer)
        return Rejected(Reason.REFUSED, status, answer)

    def _asked_s(self, response: httpcore.Response) -> float | None:
        """Retry-After in seconds (RFC 9110, 10.2.3: a number or a date); None where it says nothing."""
        found = (value for name, value in response.headers if name.lower() == b"retry-after")
        written = next(found, b"").decode("latin-1").strip()
        if _SECONDS.fullmatch(written):
            return float(written)
        try:
            date = parsedate_to_datetime(written)
        except (ValueError, OverflowError):  # a year of twenty digits overflows
            return None
        at = date if date.tzinfo else date.replace(tzinfo=UTC)  # `-0000` is UTC too
        return max(0.0, at.timestamp() - self._wall.now_ms() / 1000)


class _Place(NamedTuple):
    """An address, taken apart. host: as its header has it, the port within."""

    url: httpcore.URL
    origin: str
    host: str


async def _beginning(response: httpcore.Response) -> str:
    """At most the first kilobyte of the body; a longer one is not read on, at the cost of the connection."""
    body = bytearray()
    async for chunk in response.aiter_stream():
        body += chunk
        if len(body) > ANSWER_BYTES:
            break
    return _fit(body[:ANSWER_BYTES].decode(errors="replace"))


def _fit(text: str) -> str:
    """Fit to be kept: no secret or signature sent back to us, no NUL (PostgreSQL takes none), a kilobyte at most."""
    clean = _SECRET.sub("…", text).replace("\0", "")
    return clean.encode()[:ANSWER_BYTES].decode(errors="ignore")
