"""One connection of the load generator: writes what was made ready, and counts acknowledgements."""

import asyncio
from collections.abc import Iterator
from typing import Final, cast

from city.wire.mqtt import DISCONNECT, Connect

ACK_BYTES: Final = 4  # of a PUBACK; CONNACK has four too, and nothing else comes


class Sender(asyncio.Protocol):
    """One connection, which counts acknowledgements by their bytes.

    connected, done: set when the broker has accepted it, and when everything is acknowledged; both fail when the
        connection breaks before.
    """

    def __init__(self, client_id: str, written: Iterator[tuple[int, bytes]], messages: int, window: int) -> None:
        """Writes what `written` gives, in blocks of (messages, bytes), `messages` in all; it is asked as they go."""
        loop = asyncio.get_running_loop()
        self.connected: asyncio.Future[None] = loop.create_future()
        self.done: asyncio.Future[None] = loop.create_future()
        self._client_id = client_id
        self._blocks = written
        self._held: tuple[int, bytes] | None = None  # asked for, but the window had no room
        self._messages = messages
        self._may_go = 0  # blocks
        self._window = window
        self._sent = 0
        self._bytes = 0
        self._transport: asyncio.Transport | None = None

    @property
    def messages(self) -> int:
        """To be sent, in all."""
        return self._messages

    def release(self, blocks: int) -> None:
        """Lets so many more blocks go, as far as there are any and the window lets them."""
        self._may_go += blocks
        self._pump()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Introduces itself."""
        # The transports of uvloop are no subclasses of asyncio.Transport.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(Connect(self._client_id, keepalive_s=0).encode())

    def data_received(self, data: bytes) -> None:
        """CONNACK first, then nothing but PUBACKs."""
        self._bytes += len(data)
        if self._bytes < ACK_BYTES:
            return
        if not self.connected.done():
            if data[:2] != b"\x20\x02" or data[3]:
                self.connected.set_exception(ConnectionRefusedError(f"the broker refused: {data[:4]!r}"))
                return
            self.connected.set_result(None)
        self._pump()
        if self._acknowledged >= self._messages and not self.done.done():
            self.done.set_result(None)
            assert self._transport is not None
            self._transport.write(DISCONNECT)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fails what is not done."""
        for future in (self.connected, self.done):
            if not future.done():
                future.set_exception(ConnectionResetError(f"the broker closed the connection: {exc}"))

    @property
    def _acknowledged(self) -> int:
        return self._bytes // ACK_BYTES - 1

    def _pump(self) -> None:
        assert self._transport is not None
        room = self._acknowledged + self._window
        going: list[bytes] = []
        while self._may_go:
            self._held = self._held or next(self._blocks, None)
            if self._held is None:
                break
            count, block = self._held
            if self._sent and self._sent + count > room:
                break
            going.append(block)
            self._sent += count
            self._may_go -= 1
            self._held = None
        if going:
            self._transport.write(b"".join(going))
