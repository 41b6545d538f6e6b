"""Signed POSTs, and what the answers mean. Nothing that a receiver does gets further than this file."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import Final, Self

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
_ONE: Final = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=IDLE_S)
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
        # A transport here is one connection. A pool of httpx looks through all of its connections for each request,
        # and then again for each: with 32 of them that took 10 ms of a core a webhook, and endpoints shared it.
        # And not a client, which would log each URL, and with it the keys that many services put there.
        self._idle: dict[str, list[httpx.AsyncHTTPTransport]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for transport in chain.from_iterable(self._idle.values()):
            await transport.aclose()
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
            "accept-encoding": "identity",  # so that the beginning of an answer can be shown
            "user-agent": "megane",
            **signed_headers(address.secrets, key, timestamp_s, body),
        }
        try:
            request = httpx.Request("POST", address.url, headers=headers, content=body, extensions=_TIMEOUTS)
            async with asyncio.timeout(ATTEMPT_S), self._connection(address.url) as connection:
                response = await connection.handle_async_request(request)
                async with aclosing(response):
                    return self._meaning(response, await _beginning(response))
        except (TimeoutError, httpx.TimeoutException):
            return RetryAfter(Reason.TIMEOUT)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as e:
            return Rejected(Reason.NO_ADDRESS, answer=type(e).__name__)
        except (httpx.HTTPError, OSError) as e:
            return RetryAfter(Reason.UNREACHABLE, answer=_fit(f"{type(e).__name__}: {e}"))

    @asynccontextmanager
    async def _connection(self, url: str) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        """A connection of one's own to `url`: the one used last, so that few stay open, or a new one.

        Whoever sends bounds how many there are (`claims.AT_ONCE` for each endpoint). Proxies and certificates from the
        environment are not taken: where alarms go is said in the settings alone.
        """
        idle = self._idle.setdefault(url, [])
        connection = idle.pop() if idle else httpx.AsyncHTTPTransport(verify=self._tls, limits=_ONE, trust_env=False)
        try:
            yield connection
        finally:
            idle.append(connection)

    def _meaning(self, response: httpx.Response, answer: str) -> Outcome:
        """formats.md: 2xx delivered; 410 disables; 408, 429 and 5xx retry; anything else is a dead letter."""
        status = response.status_code
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

    def _asked_s(self, response: httpx.Response) -> float | None:
        """Retry-After in seconds (RFC 9110, 10.2.3: a number or a date); None where it says nothing."""
        written = response.headers.get("retry-after", "").strip()
        if _SECONDS.fullmatch(written):
            return float(written)
        try:
            date = parsedate_to_datetime(written)
        except (ValueError, OverflowError):  # a year of twenty digits overflows
            return None
        at = date if date.tzinfo else date.replace(tzinfo=UTC)  # `-0000` is UTC too
        return max(0.0, at.timestamp() - self._wall.now_ms() / 1000)


async def _beginning(response: httpx.Response) -> str:
    """At most the first kilobyte of the body; a longer one is not read on, at the cost of the connection."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > ANSWER_BYTES:
            break
    return _fit(body[:ANSWER_BYTES].decode(errors="replace"))


def _fit(text: str) -> str:
    """Fit to be kept: no secret or signature sent back to us, no NUL (PostgreSQL takes none), a kilobyte at most."""
    clean = _SECRET.sub("…", text).replace("\0", "")
    return clean.encode()[:ANSWER_BYTES].decode(errors="ignore")
