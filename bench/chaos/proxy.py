"""A TCP proxy between devices and their broker, whose connections are delayed, stalled, half-opened and cut."""

import asyncio
import contextlib
import enum
import threading
from collections.abc import Coroutine
from typing import Any, Final, Self, TypeVar

T = TypeVar("T")

CHUNK_BYTES: Final = 64 * 1024


class Weather(enum.Enum):
    """What a line does to bytes. STALLED: none pass, in neither direction; HALF_OPEN: none come back."""

    CLEAR = "clear"
    DELAYED = "delayed"
    STALLED = "stalled"
    HALF_OPEN = "half_open"


class Line:
    """One device's way to the broker: a port of its own, and whatever weather it is given.

    Bytes are late or stay behind, never lost within a connection that goes on: that is what TCP promises.
    """

    def __init__(self, broker_port: int) -> None:
        self._broker_port = broker_port
        self._weather = Weather.CLEAR
        self._delay_s = 0.0
        self._changed = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        """Listens on a port that the system chooses."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Ends every connection and listens no more."""
        if self._server is not None:
            self._server.close()
        await self.cut()

    async def become(self, weather: Weather, delay_s: float = 0.0) -> None:
        """From now on, for connections that stand and those that come."""
        self._weather, self._delay_s = weather, delay_s
        self._changed.set()
        self._changed = asyncio.Event()

    async def cut(self) -> None:
        """Both ends of every connection are reset."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._broker_port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, back}
        self._writers |= ends
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, back, {Weather.STALLED}), name="up")
                group.create_task(self._carry(there, writer, {Weather.STALLED, Weather.HALF_OPEN}), name="down")
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, holding: set[Weather]) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                while self._weather in holding:
                    await self._changed.wait()
                if self._weather is Weather.DELAYED:
                    await asyncio.sleep(self._delay_s)
                writer.write(chunk)
                await writer.drain()
        for end in list(self._writers & {writer}):
            end.transport.abort()


class Lines:
    """The lines of a town, on a loop in a thread of their own."""

    def __init__(self, broker_port: int, count: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._broker_port, self._count = broker_port, count
        self._lines: list[Line] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self._lines = [Line(self._broker_port) for _ in range(self._count)]
        for line in self._lines:
            self._do(line.open())
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            self._do(line.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def port(self, line: int) -> int:
        """Where the device connects to."""
        return self._lines[line].port

    def become(self, line: int, weather: Weather, delay_s: float = 0.0) -> None:
        """See `Line.become`."""
        self._do(self._lines[line].become(weather, delay_s))

    def cut(self, line: int) -> None:
        """See `Line.cut`."""
        self._do(self._lines[line].cut())

    def _do(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)
