"""A broker that does and says just what a test tells it, packet by packet."""

import asyncio
from types import TracebackType
from typing import Self, TypeVar

from city.wire.mqtt import Connack, Connect, Packet, Pingreq, Pingresp, Publish, Suback, Subscribe, encode, join
from city.wire.mqtt_parser import MqttParser

P = TypeVar("P")
DEADLINE_S = 30.0  # only ends a test that would hang


class Conversation:
    """One client's connection. Pings are answered by the way unless `answers_pings` is off."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._parser = MqttParser()
        self._read: list[Packet] = []
        self.answers_pings = True

    async def packet(self) -> Packet | None:
        """The client's next packet; None where it closed."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                while not self._read:
                    chunk = await self._reader.read(65_536)
                    if not chunk:
                        return None
                    self._read = self._parser.feed(chunk)
                packet = self._read.pop(0)
                if not (isinstance(packet, Pingreq) and self.answers_pings):
                    return packet
                await self.say(Pingresp())

    async def expect(self, kind: type[P]) -> P:
        packet = await self.packet()
        assert isinstance(packet, kind), packet
        return packet

    async def say(self, *packets: Packet) -> None:
        await self.say_bytes(join(packets))

    async def say_bytes(self, octets: bytes) -> None:
        self._writer.write(octets)
        await self._writer.drain()

    async def welcome(self, *, session_present: bool = False) -> Connect:
        """CONNECT to SUBACK, as a client sees them that is let in."""
        connect = await self.expect(Connect)
        await self.say(Connack(session_present, 0))
        subscribe = await self.expect(Subscribe)
        await self.say(Suback(subscribe.packet_id, (1,)))
        return connect

    async def publish(self, packet_id: int, topic: str = "r/z/d/up", payload: bytes = b"x") -> None:
        await self.say_bytes(encode(Publish(topic, payload, 1, packet_id)))

    def hang_up(self) -> None:
        self._writer.transport.abort()


class ScriptedBroker:
    """Listens on a free port; each connection is handed to the test."""

    def __init__(self) -> None:
        self._calls: asyncio.Queue[Conversation] = asyncio.Queue()
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._call, "127.0.0.1", 0, limit=2**26)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Listens no more and hangs up on everybody."""
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self._calls.put_nowait(Conversation(reader, writer))

    async def conversation(self) -> Conversation:
        """The next client that connects."""
        async with asyncio.timeout(DEADLINE_S):
            return await self._calls.get()
