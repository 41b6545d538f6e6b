"""MQTT 3.1.1 as a source: a persistent session, QoS 1, and every acknowledgement given by hand.

An asyncio protocol with our own framing, because most of a client's cost is wake-ups: it reads at most every 2 ms and
writes the acknowledgements of a turn in one piece (docs/adr/0002-mqtt-client.md has the figures).
"""

import asyncio
import logging
import random
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, cast

import msgspec

from city.clock import Clock
from city.delivery import Delivery
from city.errors import UnavailableError
from city.wire.mqtt import (
    DISCONNECT,
    MAX_PACKET_ID,
    PINGREQ,
    Connack,
    Connect,
    MqttError,
    Puback,
    Publish,
    Suback,
    encode_pubacks,
)
from city.wire.mqtt_parser import MqttParser
from ingest.inbox import Inbox
from ingest.sources.subscriptions import NOTHING_BEYOND, Beyond, Subscriptions

READ_EVERY_S: Final = 0.002  # coalesces: a seventh of the CPU per message, for 2 ms of 150 allowed
BULK_BYTES: Final = 64 * 1024  # after so much in one read more is waiting: go on at once
KEEPALIVE_S: Final = 30  # the broker drops a silent client after 1.5 times this
PING_EVERY_S: Final = KEEPALIVE_S / 2  # a half-open connection is found within 1.5 times this
ANSWER_TIMEOUT_S: Final = (
    10.0  # to connect, for CONNACK and SUBACK each: a broker that loads a large queue takes seconds
)
FAREWELL_TIMEOUT_S: Final = 2.0  # for the broker to close after DISCONNECT; acknowledgements were written before
BACKOFF_FIRST_S: Final = 0.1  # a broker that restarts is back in less than a second
BACKOFF_MOST_S: Final = 10.0  # so long a returned broker may wait for the city
UNCONFIRMED: Final = 256  # publishes without PUBACK: several milliseconds of receipts, far from the 65,535 packet ids

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, and who we are to it. `client_id` names the session that outlives the connection."""

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None


class _Ack(msgspec.Struct, gc=False):
    """A delivery's acknowledgement: calling it marks it, and the connection writes those that are due in one piece."""

    connection: "_Connection"
    packet_id: int
    given: bool = False

    def __call__(self) -> None:
        self.given = True
        if not self.connection.flush_due:
            self.connection.acknowledge_soon()


def _nothing() -> None:
    """The acknowledgement of QoS 0."""


class MqttSource:
    """Implements `Source`. One broker, one session, all of `{root}/#`, and what there is beyond it.

    A broker that refuses the city's own topics is none for it. What it refuses beyond them is in `refused`, and the
    city goes on without it.

    The domain's clock stamps arrivals and times the waits between attempts to connect; whether a connection lives is a
    matter of the machine's time, and goes by the event loop's.
    """

    def __init__(
        self,
        broker: Broker,
        root: str,
        clock: Clock,
        rng: random.Random,
        read_every_s: float = READ_EVERY_S,
        beyond: Beyond = NOTHING_BEYOND,
    ) -> None:
        self._broker = broker
        self._subscriptions = Subscriptions(root, beyond)
        self._host = beyond.host
        self._host_ms = 0  # of the last CONNECT: what is said of the host carries its time
        self._clock = clock
        self._rng = rng
        self._read_every_s = read_every_s
        self._connection: _Connection | None = None
        self._unconfirmed: dict[int, Publish] = {}
        self._last_id = 0
        self._progress = asyncio.Event()  # a publish was confirmed, or the connection changed
        self._taking = True
        self.problem: str | None = "not connected yet"
        self.connects = 0
        self.refused: Sequence[str] = ()

    @property
    def connected(self) -> bool:
        """Whether deliveries can come: subscribed, and not known to be lost. `problem` says why not."""
        return self._connection is not None

    def stop_taking(self) -> None:
        """Reads no more, for good; the connection stays, so that what is in hand can still be acknowledged."""
        self._taking = False
        if self._connection is not None:
            self._connection.stop_taking()

    async def run(self, inbox: Inbox) -> None:
        """Takes deliveries in until cancelled; reconnects by itself, waiting twice as long after each vain attempt."""
        attempt = 0
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            try:
                await self._converse(inbox)
            except (UnavailableError, MqttError, OSError, TimeoutError) as error:  # TLS errors are OSErrors
                self.problem = str(error) or type(error).__name__
            attempt = 0 if loop.time() - began_s > BACKOFF_MOST_S else attempt + 1
            wait_s = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2 ** min(attempt, 10)) * self._rng.uniform(0.5, 1)
            _log.warning("broker %s:%d: %s; trying again", self._broker.host, self._broker.port, self.problem)
            await self._clock.sleep(wait_s)

    async def publish_once(self, topic: str, payload: bytes) -> None:
        """Sends QoS 0; drops it silently while there is no connection."""
        if self._connection is not None and self._connection.writable:
            self._connection.write(Publish(topic, payload).encode())

    def hear_host(self, topic: str, payload: bytes) -> None:
        """What is said of a host of Sparkplug: that the city is not there is denied at once (section 5.1)."""
        if self._host is not None and self._host.denies(topic, payload):
            self._say_host()

    def _say_host(self) -> None:
        if self._host is not None and self._connection is not None:
            self._send_confirmed(self._connection, self._host.topic, self._host.state(self._host_ms, online=True))

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Sends QoS 1 once there is room among the unconfirmed; drops it silently while there is no connection."""
        while (connection := self._connection) is not None:
            if len(self._unconfirmed) < UNCONFIRMED and connection.writable:
                self._send_confirmed(connection, topic, payload, retain=retain)
                return
            self._progress.clear()
            await self._progress.wait()

    def _send_confirmed(self, connection: "_Connection", topic: str, payload: bytes, *, retain: bool = True) -> None:
        publish = Publish(topic, payload, qos=1, packet_id=self._next_id(), retain=retain)
        self._unconfirmed[publish.packet_id] = publish
        connection.write(publish.encode())

    async def _converse(self, inbox: Inbox) -> None:
        """One connection from its first byte to its last. Ends by an exception only."""
        broker = self._broker
        connection = _Connection(inbox, self._clock, self._read_every_s, self._unconfirmed, self._progress)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await loop.create_connection(lambda: connection, broker.host, broker.port, ssl=broker.tls)
        try:
            self._host_ms = self._clock.now_ms()
            will = None if self._host is None else self._host.will(self._host_ms)
            connect = Connect(broker.client_id, False, KEEPALIVE_S, will, broker.username, broker.password)
            connection.write(connect.encode())
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                connack = await connection.connack
            if connack.code:
                raise UnavailableError(f"refused the connection, code {connack.code}")
            if not connack.session_present:
                self._unconfirmed.clear()
            await self._subscribe(connection)
            for publish in self._unconfirmed.values():  # MQTT-4.4.0-1
                connection.write(msgspec.structs.replace(publish, dup=True).encode())
            self._connection, self.problem = connection, None
            self.connects += 1
            self._say_host()
            if not self._taking:
                connection.stop_taking()
            await connection.watch()
        finally:
            self._connection = None
            self._progress.set()
            await connection.farewell(self._last_words())

    async def _subscribe(self, connection: "_Connection") -> None:
        """Raises UnavailableError where the broker refuses the city's own topics."""
        connection.write(self._subscriptions.packets(self._next_id(), self._next_id()))
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            suback = await connection.suback
        self.refused = self._subscriptions.refused(suback)
        if self.refused:
            _log.warning("the broker refuses the subscription to %s", ", ".join(self.refused))

    def _last_words(self) -> bytes:
        """What is said before leaving in good order: of a host that leaves so the will is not published."""
        if self._host is None:
            return b""
        state = self._host.state(self._clock.now_ms(), online=False)
        return Publish(self._host.topic, state, qos=1, packet_id=self._next_id(), retain=True).encode()

    def _next_id(self) -> int:
        while True:
            self._last_id = self._last_id % MAX_PACKET_ID + 1
            if self._last_id not in self._unconfirmed:
                return self._last_id


class _Connection(asyncio.Protocol):
    """One connection. Packet ids mean nothing beyond it, so neither do acknowledgements: given late, they are void."""

    def __init__(
        self, inbox: Inbox, clock: Clock, read_every_s: float, unconfirmed: dict[int, Publish], progress: asyncio.Event
    ) -> None:
        self._inbox = inbox
        self._clock = clock
        self._read_every_s = read_every_s
        self._unconfirmed = unconfirmed
        self._progress = progress
        self._loop = asyncio.get_running_loop()
        self._parser = MqttParser()
        self._transport: asyncio.Transport | None = None
        self._unacknowledged: deque[_Ack] = deque()  # in order of receipt
        self.flush_due = False
        self._taking = True
        self._paused = False
        self._heard_s = self._loop.time()
        self.connack: asyncio.Future[Connack] = self._loop.create_future()
        self.suback: asyncio.Future[Suback] = self._loop.create_future()
        self._lost: asyncio.Future[None] = self._loop.create_future()
        self.writable = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The transports of uvloop are no subclasses of asyncio.Transport.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._unacknowledged.clear()
        self._fail(UnavailableError(f"connection lost: {exc}" if exc else "connection closed"))

    def pause_writing(self) -> None:
        self.writable = False

    def resume_writing(self) -> None:
        self.writable = True
        self._progress.set()

    def data_received(self, data: bytes) -> None:
        self._heard_s = self._loop.time()
        try:
            packets = self._parser.feed(data)
        except MqttError as error:
            self._fail(error)
            return
        now_ms = self._clock.now_ms()
        deliveries: list[Delivery] = []
        unacknowledged = self._unacknowledged
        for p in packets:
            if type(p) is Publish:
                if not self._taking:
                    continue
                ack: Callable[[], None] = _nothing
                if p.qos:
                    ack = _Ack(self, p.packet_id)
                    unacknowledged.append(ack)
                deliveries.append(Delivery(p.topic, p.payload, now_ms, ack, p.retain))
            elif type(p) is Puback:
                self._unconfirmed.pop(p.packet_id, None)
                self._progress.set()
            elif isinstance(p, Connack) and not self.connack.done():
                self.connack.set_result(p)
            elif isinstance(p, Suback) and not self.suback.done():
                self.suback.set_result(p)
        self._inbox.extend(deliveries)
        if self._inbox.full or (self._read_every_s and len(data) < BULK_BYTES):
            self._rest()

    def _rest(self) -> None:
        """Reads nothing for a moment, or until the inbox has room."""
        if self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()
            self._loop.call_later(self._read_every_s or READ_EVERY_S, self._wake)

    def _wake(self) -> None:
        if self._transport is None:
            return
        if self._taking and self._inbox.full:
            self._loop.call_later(self._read_every_s or READ_EVERY_S, self._wake)
            return
        self._paused = False
        self._heard_s = self._loop.time()
        self._transport.resume_reading()

    def acknowledge_soon(self) -> None:
        """Writes what is due by then, after this turn of the loop."""
        self.flush_due = True
        self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        """Writes what was acknowledged, in order of receipt (MQTT-4.6.0-2): up to the first that is still missing."""
        self.flush_due = False
        due: list[int] = []
        unacknowledged = self._unacknowledged
        while unacknowledged and unacknowledged[0].given:
            due.append(unacknowledged.popleft().packet_id)
        if due:
            self.write(encode_pubacks(due))

    def write(self, packets: bytes) -> None:
        """Hands bytes to the connection; drops them where it is lost."""
        if self._transport is not None:
            self._transport.write(packets)

    def stop_taking(self) -> None:
        """From here on what is delivered is thrown away unacknowledged, and comes again in a later session."""
        self._taking = False

    async def watch(self) -> None:
        """Keeps the connection alive until it is lost, and raises why: nothing heard since the last ping is a loss."""
        pinged_s: float | None = None
        while True:
            await asyncio.wait({self._lost}, timeout=PING_EVERY_S)
            if self._lost.done():
                self._lost.result()
            if pinged_s is not None and self._heard_s < pinged_s and not self._paused:
                raise UnavailableError(f"no answer to a ping for {PING_EVERY_S:g} s")
            pinged_s = self._loop.time()
            self.write(PINGREQ)

    async def farewell(self, last_words: bytes) -> None:
        """Writes the acknowledgements already given, the last words and DISCONNECT, and waits for the broker to close.

        It goes on reading meanwhile: a socket closed with unread bytes resets the connection, and what was just written
        may be lost with it.
        """
        self._taking = False
        self._flush()
        self.write(last_words + DISCONNECT)
        try:
            await asyncio.wait({self._lost}, timeout=FAREWELL_TIMEOUT_S)
        finally:
            if self._transport is not None:
                self._transport.abort()

    def _fail(self, error: MqttError | UnavailableError) -> None:
        for answer in (self.connack, self.suback, self._lost):
            if not answer.done():
                answer.set_exception(error)
                answer.exception()  # seen: not everybody waits for each of them
        if self._transport is not None:
            self._transport.abort()
