"""One device's connection to the broker: MQTT 3.1.1 over asyncio, as little of it as firmware needs.

A connection is made, is lost, and is never used again. It does not reconnect and keeps no message: the spool does.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, cast

from city.wire.errors import WireError
from city.wire.mqtt import (
    DISCONNECT,
    MAX_PACKET_ID,
    PINGREQ,
    Connack,
    Connect,
    Puback,
    Publish,
    Suback,
    Subscribe,
    Will,
)
from city.wire.mqtt_parser import MqttParser

KEEPALIVE_S: Final = 120  # the broker takes a device for lost after 1.5 times that (3.1.2.10)
PATIENCE_S: Final = 30.0  # for an answer to CONNECT or PINGREQ
MAX_INCOMING_BYTES: Final = 64 * 1024  # receipts are small; a device refuses what it could not hold


class Owner(Protocol):
    """Whose connection it is."""

    def ready(self) -> None:
        """It is connected and subscribed; what is published now reaches the broker."""
        ...

    def received(self, topic: str, payload: bytes) -> None:
        """A message came on one of the subscribed topics."""
        ...

    def acknowledged(self, readings: int) -> None:
        """The broker has a message of `readings` readings."""
        ...

    def unsure(self, readings: int) -> None:
        """The connection is lost, and whether the broker has a message of `readings` readings is not known."""
        ...


@dataclass(frozen=True, slots=True)
class Address:
    """As whom a device connects: under `client_id`, with `will` for a last will, listening on `topics`."""

    client_id: str
    will: Will
    topics: tuple[str, ...]


class Link(asyncio.Protocol):
    """One connection.

    lost: done once it is gone, for whatever reason
    served: whether it was ever ready
    """

    def __init__(self, address: Address, owner: Owner, steady_s: Callable[[], float]) -> None:
        self._address = address
        self._owner = owner
        self._steady_s = steady_s
        self._parser = MqttParser(MAX_INCOMING_BYTES)
        self._transport: asyncio.Transport | None = None
        self._out: dict[int, int] = {}  # packet id → readings
        self._packet_id = 0
        self._wrote_s = steady_s()
        self._asked_s: float | None = self._wrote_s  # since when an answer is awaited, to CONNECT at first
        self._farewell: bytes | None = None
        self.is_ready = False
        self.served = False
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def under_way(self) -> int:
        """Messages sent and not acknowledged."""
        return len(self._out)

    @property
    def usable(self) -> bool:
        """Whether anything may be published now."""
        return self.is_ready and self._farewell is None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Introduces the device."""
        # The transports of uvloop are no subclasses of asyncio.Transport.
        self._transport = cast("asyncio.Transport", transport)
        address = self._address
        self._write(Connect(address.client_id, keepalive_s=KEEPALIVE_S, will=address.will).encode())

    def data_received(self, data: bytes) -> None:
        """Takes in what the broker says; a broker that does not speak MQTT 3.1.1 is left."""
        try:
            packets = self._parser.feed(data)
        except WireError:
            self.cut()
            return
        self._asked_s = None
        pubacks: list[bytes] = []
        for packet in packets:
            match packet:
                case Puback(packet_id):
                    readings = self._out.pop(packet_id, None)
                    if readings is not None:
                        self._owner.acknowledged(readings)
                case Publish():
                    if packet.qos:
                        pubacks.append(Puback(packet.packet_id).encode())
                    self._owner.received(packet.topic, packet.payload)
                case Connack(_, code):
                    if code:
                        self.cut()
                        return
                    self._write(
                        Subscribe(self._next_id(), tuple((topic, 1) for topic in self._address.topics)).encode()
                    )
                case Suback():
                    self.is_ready = self.served = True
                    self._owner.ready()
                case _:
                    pass  # PINGRESP: that something came is all there is to know
        if pubacks:
            self._write(b"".join(pubacks))
        self._leave_if_done()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 asyncio's signature; why does not matter
        """Says what is not known to have arrived."""
        self.is_ready = False
        for readings in self._out.values():
            self._owner.unsure(readings)
        self._out.clear()
        if not self.lost.done():
            self.lost.set_result(None)

    def publish(self, topic: str, payload: bytes, readings: int, *, retain: bool = False) -> None:
        """Sends with QoS 1. Only while `usable`."""
        packet_id = self._next_id()
        self._out[packet_id] = readings
        self._write(Publish(topic, payload, 1, packet_id, retain).encode())

    def leave(self, topic: str, farewell: bytes) -> None:
        """Says goodbye: `farewell` goes to `topic`, retained, and once all is acknowledged the connection ends."""
        if self._farewell is None and self.is_ready:
            self.publish(topic, farewell, 0, retain=True)
            self._farewell = farewell
        elif not self.is_ready:
            self.cut()

    def cut(self) -> None:
        """Breaks the connection off, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()

    def pulse(self) -> None:
        """Keeps the connection alive, or gives it up for dead; to be called every few seconds."""
        now_s = self._steady_s()
        if self._asked_s is not None and now_s - self._asked_s > PATIENCE_S:
            self.cut()
        elif now_s - self._wrote_s > KEEPALIVE_S / 2 and self._asked_s is None:
            self._asked_s = now_s
            self._write(PINGREQ)

    def _leave_if_done(self) -> None:
        if self._farewell is not None and not self._out and self._transport is not None:
            self._transport.write(DISCONNECT)
            self._transport.close()

    def _write(self, packet: bytes) -> None:
        assert self._transport is not None
        self._wrote_s = self._steady_s()
        self._transport.write(packet)

    def _next_id(self) -> int:
        """A packet id that is not under way; there are far fewer messages out than ids."""
        while True:
            self._packet_id = self._packet_id % MAX_PACKET_ID + 1
            if self._packet_id not in self._out:
                return self._packet_id
