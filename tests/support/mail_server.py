"""A mail server and an HTTP receiver for `notify`: real ones, that keep what came."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession


@dataclass
class MailServer:
    """SMTP on the loopback. Async context manager. answer: what it says to a message, in place of taking it."""

    answer: str | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, _: SMTP, __: SmtpSession, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        if self.answer is not None:
            return self.answer
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        make: Callable[[], SMTP] = lambda: SMTP(self, hostname="localhost", loop=loop)  # noqa: E731
        self._server = await loop.create_server(make, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()


@dataclass
class ChatServer:
    """HTTP on the loopback, for `json://`. Async context manager.

    status: what it answers; hold: it waits for this before it answers
    """

    status: int = 200
    hold: asyncio.Event | None = None
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> Self:
        self._came = asyncio.Condition()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._server.close()

    async def came(self, count: int) -> None:
        """Returns when so many requests have come."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.requests) >= count)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:]
        headers = {k.lower(): v for line in head if line for k, _, v in [line.partition(": ")]}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        async with self._came:
            self.requests.append((headers, body))
            self._came.notify_all()
        if self.hold is not None:
            await self.hold.wait()
        writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
