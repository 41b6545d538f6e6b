"""The sections' receivers as a process of its own: `python -m bench.storm.receivers NAME…`.

It says where each listens, and then answers a line a line: `ill` makes those of the ill sections slow (an answer after
two seconds), dead (the port is closed) and broken (500); `count` tells how many each has taken; `tell` tells all of it.
"""

import asyncio
import sys
import time
from contextlib import suppress
from datetime import datetime
from typing import Final

import msgspec

from bench.storm.town import ILL, SECTIONS, endpoint

SLOW_S: Final = 2.0
SLOW, DEAD, BROKEN = (endpoint(section, ILL) for section in SECTIONS)
ANSWERS: Final = {True: b"HTTP/1.1 204 OK\r\n\r\n", False: b"HTTP/1.1 500 Broken\r\ncontent-length: 0\r\n\r\n"}


class _Decided(msgspec.Struct):
    decided_at: datetime
    subject: str
    rule: str


class _Event(msgspec.Struct):
    id: str
    data: _Decided


class Taken(msgspec.Struct, frozen=True):
    """One webhook that was answered with 2xx. late_ms: from the engine's decision to its arrival, by one clock."""

    endpoint: str
    key: str
    event: str
    subject: str
    rule: str
    arrived_ms: float
    late_ms: float


class Receivers:
    """All endpoints of the town."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self._ill = False
        self._servers: dict[str, asyncio.Server] = {}
        self._open: set[asyncio.StreamWriter] = set()

    async def listen(self, names: list[str]) -> dict[str, str]:
        """Where each is."""
        for name in names:

            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str = name) -> None:
                await self._serve(name, reader, writer)

            self._servers[name] = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1_000)
        ports = {name: server.sockets[0].getsockname()[1] for name, server in self._servers.items()}
        return {name: f"http://127.0.0.1:{port}/" for name, port in ports.items()}

    def fall_ill(self) -> None:
        """From now on a third is slow, dead or broken."""
        self._ill = True
        self._servers[DEAD].close()

    async def _serve(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while not (self._ill and name == DEAD):
                head = await reader.readuntil(b"\r\n\r\n")
                headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
                body = await reader.readexactly(int(headers[b"content-length"]))
                arrived_s = time.time()
                if self._ill and name == DEAD:
                    break
                if self._ill and name == SLOW:
                    await asyncio.sleep(SLOW_S)
                well = not (self._ill and name == BROKEN)
                if well:
                    self._take(name, headers[b"webhook-id"].decode(), body, arrived_s)
                writer.write(ANSWERS[well])
                await writer.drain()
        writer.close()

    def _take(self, name: str, key: str, body: bytes, arrived_s: float) -> None:
        event = msgspec.json.decode(body, type=_Event)
        late_ms = (arrived_s - event.data.decided_at.timestamp()) * 1_000
        taken = Taken(name, key, event.id, event.data.subject, event.data.rule, arrived_s * 1_000, late_ms)
        self.taken.append(taken)


async def main(names: list[str]) -> None:
    receivers = Receivers()
    _say(await receivers.listen(names))
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match line.strip():
            case "ill":
                receivers.fall_ill()
                _say(None)
            case "count":
                counts = dict.fromkeys(names, 0)
                for one in receivers.taken:
                    counts[one.endpoint] += 1
                _say(counts)
            case "tell":
                _say(receivers.taken)
            case unknown:
                raise ValueError(unknown)


def _say(what: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
