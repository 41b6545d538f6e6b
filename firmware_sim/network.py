"""The network of one simulated device, between its agent and the broker, and the books of what went over it.

The agent's connection is the real one: it is told when it may begin, and what goes out passes here. Numbers of messages
are the broker's own (packet ids); what is told of them by other threads is put down on the event loop.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import Final

from city.reading import SeriesKey
from city.wire.config import BrokerAddress
from city.wire.errors import WireError
from city.wire.senml import decode_pack
from city.wire.topic import Kind, Topic
from edge.connection import Connection, Event
from edge.settings import Login, Tls
from firmware_sim.books import Books
from firmware_sim.faults.fault import Handing

_QOS: Final = 1


class Uplink(Connection):
    """A connection over a simulated network; begins when that is there."""

    def __init__(
        self,
        network: "Network",
        address: BrokerAddress,
        device: str,
        will: tuple[str, bytes],
        topics: Sequence[str],
        post: Callable[[Event], bool],
        *,
        tls: Tls | None = None,
        login: Login | None = None,
    ) -> None:
        self._network = network
        self.out: dict[int, int] = {}  # packet id → readings, of what is not acknowledged
        self.early: set[int] = set()  # acknowledged before it was put down that they went out
        super().__init__(address, device, will, network.heard(topics), post, tls=tls, login=login)

    def _begin(self) -> None:
        self._client.on_publish = lambda _, __, packet_id, *___: self._network.acknowledged(self, packet_id)
        self._network.connecting(self)

    @property
    def is_connected(self) -> bool:
        """Whether the broker has taken it."""
        return self._client.is_connected()

    def begin(self) -> None:
        """The network is there."""
        super()._begin()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Hands it to the network."""
        self._network.publish(self, topic, payload, retain=retain)

    def send(self, topic: str, payload: bytes, *, retain: bool) -> int:
        """Sends it; gives its packet id."""
        return self._client.publish(topic, payload, _QOS, retain).mid

    def cut(self) -> None:
        """Breaks it off, whatever is under way."""
        self._cut()

    def close(self) -> None:
        """As every connection."""
        super().close()
        self._network.ended(self)

    def drop(self) -> None:
        """As every connection."""
        super().drop()
        self._network.ended(self)


class Network:
    """Of one device, through all its connections. What is sent while it is not there goes nowhere."""

    def __init__(
        self, up: Topic, books: Books, changed: Callable[[], None], steady_s: Callable[[], float], *, deaf: bool = False
    ) -> None:
        """To be made on the event loop. changed: called whenever something was acknowledged; deaf: to commands."""
        self._up = str(up)
        self._unheard = {str(up.beside(Kind.CMD))} if deaf else set()
        self._device = up.device
        self._books = books
        self._changed = changed
        self._steady_s = steady_s
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._is_there = True
        self._uplink: Uplink | None = None
        self._begun = False
        self._handing = Handing.ONCE
        self._held: tuple[Uplink, bytes] | None = None
        self._cuts = False
        self._left: Callable[[], None] | None = None

    @property
    def connected(self) -> bool:
        """Whether the broker has the device."""
        return self._uplink is not None and self._uplink.is_connected

    @property
    def under_way(self) -> int:
        """Messages sent and not acknowledged."""
        return len(self._uplink.out) if self._uplink is not None else 0

    # -- of its faults, on the event loop -----------------------------------------------------------------------------

    def next_message(self, handing: Handing, *, cuts: bool) -> None:
        """How the next message is handed on, and whether the connection breaks then."""
        with self._lock:
            self._handing = handing
            self._cuts = self._cuts or cuts

    def leave(self, left: Callable[[], None] | None = None) -> None:
        """Nothing goes out from now on; once all that did is acknowledged the connection breaks, and `left` is called.

        So the books stay exact.
        """
        with self._lock:
            self._is_there = False
        self._left = left or _nothing
        self._leave_if_done()

    def come_back(self) -> None:
        """It is there."""
        self._left = None
        with self._lock:
            self._is_there = True
            waiting = self._uplink if not self._begun else None
            self._begun = True
        if waiting is not None:
            waiting.begin()

    def release(self) -> None:
        """Hands on what it held back."""
        with self._lock:
            if self._is_there:
                self._send_held()

    def send_rubbish(self, payload: bytes) -> None:
        """Beside the agent's own messages; lost where there is no connection."""
        with self._lock:
            if self._uplink is not None and self._is_there and self._uplink.is_connected:
                self._send(self._uplink, self._up, payload, 1)

    # -- of the agent's connection, in its threads --------------------------------------------------------------------

    def heard(self, topics: Sequence[str]) -> list[str]:
        """Of those topics, what reaches the device."""
        return [topic for topic in topics if topic not in self._unheard]

    def connecting(self, uplink: Uplink) -> None:
        """A new connection."""
        with self._lock:
            self._uplink = uplink
            self._held = None
            self._begun = self._is_there
        if self._begun:
            uplink.begin()

    def publish(self, uplink: Uplink, topic: str, payload: bytes, *, retain: bool) -> None:
        """Hands a message on, as its faults will have it."""
        with self._lock:
            if not self._is_there:
                return
            if topic != self._up:
                self._send(uplink, topic, payload, 0, retain=retain)
                return
            handing, self._handing = self._handing, Handing.ONCE
            if handing is Handing.AFTER_NEXT and self._held is None:
                self._held = uplink, payload
                return
            for _ in range(2 if handing is Handing.TWICE else 1):
                self._send_readings(uplink, payload)
            self._send_held()
            if self._cuts:
                self._cuts = False
                uplink.cut()

    def acknowledged(self, uplink: Uplink, packet_id: int) -> None:
        """The broker has it."""
        self._tell(self._note_acknowledged, uplink, packet_id)

    def ended(self, uplink: Uplink) -> None:
        """What is out over it may have arrived, or not."""
        self._tell(self._note_ended, uplink)

    def _send_held(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._send_readings(*held)

    def _send_readings(self, uplink: Uplink, payload: bytes) -> None:
        moment_s = self._steady_s()
        try:
            pack = decode_pack(payload, 0)
        except WireError:  # the agent writes none such
            self._send(uplink, self._up, payload, 1)
            return
        self._send(uplink, self._up, payload, len(pack.measurements))
        if pack.uptime_now_ms is None:  # times of a device without a clock mean nothing to others
            times = [(SeriesKey(self._device, one.name), one.time_ms) for one in pack.measurements]
            self._tell(self._note_sent, times, moment_s)

    def _send(self, uplink: Uplink, topic: str, payload: bytes, readings: int, *, retain: bool = False) -> None:
        self._tell(self._note_out, uplink, uplink.send(topic, payload, retain=retain), readings)

    def _tell(self, note: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # a loop that is closed keeps no books
            self._loop.call_soon_threadsafe(note, *arguments)

    # -- the books, on the event loop ---------------------------------------------------------------------------------

    def _note_sent(self, times: list[tuple[SeriesKey, int]], moment_s: float) -> None:
        for series, time_ms in times:
            self._books.publishing(series, time_ms, moment_s)

    def _note_out(self, uplink: Uplink, packet_id: int, readings: int) -> None:
        if packet_id in uplink.early:
            uplink.early.discard(packet_id)
            self._note_arrived(readings)
        else:
            uplink.out[packet_id] = readings

    def _note_acknowledged(self, uplink: Uplink, packet_id: int) -> None:
        readings = uplink.out.pop(packet_id, None)
        if readings is None:
            uplink.early.add(packet_id)
        else:
            self._note_arrived(readings)

    def _note_arrived(self, readings: int) -> None:
        self._books.published += readings
        self._books.messages += readings > 0
        self._changed()
        self._leave_if_done()

    def _note_ended(self, uplink: Uplink) -> None:
        self._books.unsure += sum(uplink.out.values())
        uplink.out.clear()
        self._changed()
        self._leave_if_done()

    def _leave_if_done(self) -> None:
        if self._left is None or self.under_way:
            return
        left, self._left = self._left, None
        if self._uplink is not None:
            self._uplink.cut()
        left()


def _nothing() -> None:
    """Nobody waits."""
