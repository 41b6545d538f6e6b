"""The least of a city: takes readings in at a broker, and gives receipts as a test wants them."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable

from city.wire.errors import WireError
from city.wire.receipt import Receipt
from city.wire.senml import Pack, decode_pack
from city.wire.state import Presence, decode_state
from city.wire.topic import Kind, parse_topic
from tests.support.mqtt_client import MqttClient

ROOT = "megane"

Settles = Callable[[str, int], bool]


class FakeCity:
    """arrived: times that each (device, seq) came; readings: all that came, an undecodable payload being one.

    settles: whether (device, seq) gets its receipt when it comes; may be changed at any time
    """

    def __init__(self, client: MqttClient, settles: Settles) -> None:
        self._client = client
        self.settles = settles
        self.arrived: Counter[tuple[str, int]] = Counter()
        self.order: defaultdict[str, list[int]] = defaultdict(list)
        self.packs: list[tuple[str, Pack]] = []
        self.readings = 0
        self.undecodable = 0
        self.states: defaultdict[str, list[Presence]] = defaultdict(list)
        self._task = asyncio.create_task(self._take(), name="city")

    @classmethod
    async def open(cls, port: int, settles: Settles = lambda _device, _seq: True) -> "FakeCity":
        return cls(await MqttClient.open(port, "city", f"{ROOT}/#"), settles)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        await self._client.close()

    async def _take(self) -> None:
        while True:
            message = await self._client.received.get()
            topic = parse_topic(message.topic, ROOT)
            if topic.kind is Kind.STATE:
                self.states[topic.device].append(decode_state(message.payload).state)
            if topic.kind is Kind.UP:
                receipt = self._settled(topic.device, message.payload)
                if receipt is not None:
                    await self._client.publish([(str(topic.beside(Kind.RECEIPT)), receipt.encode())])

    def _settled(self, device: str, payload: bytes) -> Receipt | None:
        try:
            pack = decode_pack(payload, 0)
        except WireError:
            self.undecodable += 1
            self.readings += 1
            return None
        self.readings += len(pack.measurements) + sum(fault.count for fault in pack.faults)
        self.packs.append((device, pack))
        if pack.seq is None or pack.boot is None:
            return None
        self.arrived[device, pack.seq] += 1
        self.order[device].append(pack.seq)
        return Receipt(pack.boot, ((pack.seq, pack.seq),)) if self.settles(device, pack.seq) else None
