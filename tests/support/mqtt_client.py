"""A plain MQTT client for tests: publishes with a window, and keeps what it is sent."""

import asyncio
from collections.abc import Iterable

from city.wire.mqtt import (
    DISCONNECT,
    MAX_PACKET_ID,
    Connack,
    Connect,
    Puback,
    Publish,
    Suback,
    Subscribe,
)
from city.wire.mqtt_parser import MqttParser

WINDOW = 100  # publishes without PUBACK
DEADLINE_S = 60.0  # only ends a test that would hang


class MqttClient:
    """Connected by `open`. `received` is what came in, acknowledged on the spot."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._reading = asyncio.create_task(self._read(), name="reading")
        self.received: asyncio.Queue[Publish] = asyncio.Queue()
        self._answers: asyncio.Queue[Connack | Suback | Puback] = asyncio.Queue()
        self._last_id = 0

    @classmethod
    async def open(cls, port: int, client_id: str, *filters: str) -> "MqttClient":
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        client._writer.write(Connect(client_id).encode())
        connack = await client._answer()
        assert isinstance(connack, Connack)
        assert connack.code == 0
        if filters:
            client._writer.write(Subscribe(1, tuple((f, 1) for f in filters)).encode())
            assert isinstance(await client._answer(), Suback)
        return client

    async def publish(self, messages: Iterable[tuple[str, bytes]]) -> int:
        """Publishes all, QoS 1; returns when each has its PUBACK, with their number."""
        count = confirmed = 0
        for topic, payload in messages:
            self._last_id = self._last_id % MAX_PACKET_ID + 1
            self._writer.write(Publish(topic, payload, 1, self._last_id).encode())
            count += 1
            if count - confirmed >= WINDOW:
                await self._answer()
                confirmed += 1
        while confirmed < count:
            await self._answer()
            confirmed += 1
        return count

    async def close(self) -> None:
        self._writer.write(DISCONNECT)
        self._writer.close()
        await asyncio.wait([self._reading])

    async def _answer(self) -> Connack | Suback | Puback:
        async with asyncio.timeout(DEADLINE_S):
            return await self._answers.get()

    async def _read(self) -> None:
        parser = MqttParser()
        try:
            while chunk := await self._reader.read(65_536):
                for packet in parser.feed(chunk):
                    if isinstance(packet, Publish):
                        if packet.qos:
                            self._writer.write(Puback(packet.packet_id).encode())
                        self.received.put_nowait(packet)
                    elif isinstance(packet, Connack | Suback | Puback):
                        self._answers.put_nowait(packet)
        except OSError:
            return  # the broker was killed: what a test wants to see it sees elsewhere
