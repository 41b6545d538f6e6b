"""A department's webhook receiver: a real HTTP server that answers as a test tells it to."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from standardwebhooks.webhooks import Webhook

SECRET = "whsec_" + "bWVnYW5lLXRlc3Qtc2VjcmV0LW9mLTI0LWJ5dGVz"


@dataclass(frozen=True)
class Received:
    """A request whose signature was checked by the reference library."""

    id: str
    headers: Mapping[str, str]
    event: dict[str, Any]

    @property
    def subject(self) -> str:
        return str(self.event["subject"])

    @property
    def state(self) -> str:
        return str(self.event["type"]).rsplit(".", 1)[1]


@dataclass(frozen=True)
class Answer:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    reset: bool = False  # cut the connection instead of answering


OK = Answer()
Behaviour = Callable[[Received], Awaitable[Answer]]


async def always_ok(_: Received) -> Answer:
    return OK


class Receiver:
    """Async context manager. `requests` holds everything that came, in order of arrival."""

    def __init__(self, behaviour: Behaviour = always_ok, secret: str = SECRET) -> None:
        self.behaviour = behaviour
        self.requests: list[Received] = []
        self.taken: list[Received] = []  # those that were answered 2xx, in order of the answer
        self._webhook = Webhook(secret)
        self._came = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=not-to-be-seen"

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1000)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def until(self, condition: Callable[[], bool], deadline_s: float = 120.0) -> None:
        """Returns once `condition` holds, looked at after every request."""
        async with asyncio.timeout(deadline_s), self._came:
            await self._came.wait_for(condition)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self._webhook.verify(body, headers)
        received = Received(headers["webhook-id"], headers, json.loads(body))
        async with self._came:
            self.requests.append(received)
            self._came.notify_all()
        answer = await self.behaviour(received)
        if answer.reset:
            writer.transport.abort()
            return False
        if 200 <= answer.status < 300:
            async with self._came:
                self.taken.append(received)
                self._came.notify_all()
        lines = [f"HTTP/1.1 {answer.status} Test", f"content-length: {len(answer.body)}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)
        await writer.drain()
        return True
