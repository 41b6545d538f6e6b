"""A simulated device with light firmware, of which ten thousand run in one process: a spool in memory, no threads.

What it does on the network is what the real agent does (`firmware_sim/whole.py` runs that); a contract test holds them
to the same readings.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from city.clock import Clock
from city.reading import SeriesKey
from city.wire.command import Command, decode_command
from city.wire.errors import WireError
from city.wire.mqtt import Will
from city.wire.receipt import decode_receipt
from city.wire.state import ClockState, DeviceState, Presence
from city.wire.topic import Kind, Topic
from edge.agent import Standing
from edge.device_clock import Moment
from firmware_sim.actuators import Answer
from firmware_sim.books import Books
from firmware_sim.faults.fault import Reach
from firmware_sim.firmware import Firmware
from firmware_sim.link import Address, Link
from firmware_sim.message import Message
from firmware_sim.obedience import Obedience
from firmware_sim.spool import Spool

VERSION: Final = "sim-1"  # of the firmware, as told in `state`
STATE_EVERY_MS: Final = 3_600_000  # an hour: its spool and its clock are for people to look at, not for rules
FIRST_BACKOFF_S: Final = 0.5
LONGEST_BACKOFF_S: Final = 60.0
MOST_RUBBISH: Final = 64  # waiting for a connection; nobody misses what is lost of it
GOODBYE_S: Final = 2.0  # for the last acknowledgements when the simulation ends

Connect = Callable[[Callable[[], Link]], Awaitable[Link]]


class LightDevice:
    """One device. Everything here runs on the event loop.

    connect: gives a connection, not yet ready; rng: of the jitter of reconnecting
    clock: simulated time; network_clock, steady_s: of the machine, by which the network is judged
    changed: called whenever something was settled or acknowledged
    """

    def __init__(
        self,
        firmware: Firmware,
        root: str,
        clock: Clock,
        steady_s: Callable[[], float],
        books: Books,
        changed: Callable[[], None],
        first_delay_s: float,
        connect: Connect,
        network_clock: Clock,
        rng: random.Random,
    ) -> None:
        device = firmware.fate.plan.device
        self.firmware = firmware
        self.spool = Spool(first_delay_s)
        self._up = Topic(root, device.zone, device.id, Kind.UP)
        self._state = str(self._up.beside(Kind.STATE))
        self._cmd = str(self._up.beside(Kind.CMD))
        self._obedience = Obedience(firmware.fate.actuators)
        self._clock = clock
        self._steady_s = steady_s
        self._books = books
        self._changed = changed
        self._connect = connect
        self._network_clock = network_clock
        self._rng = rng
        self._rubbish: deque[bytes] = deque(maxlen=MOST_RUBBISH)
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._link: Link | None = None
        self._told: tuple[ClockState, int] | None = None  # clock and simulated time of the last state

    @property
    def name(self) -> str:
        """The device's."""
        return self._up.device

    @property
    def offset_ms(self) -> int:
        """When, within the sampling interval, it takes its readings."""
        return self.firmware.fate.offset_ms

    @property
    def connected(self) -> bool:
        """Whether the broker has it."""
        return self._link is not None and self._link.is_ready

    @property
    def standing(self) -> Standing:
        """Of its spool."""
        spool = self.spool
        return Standing(not self.busy, len(spool), spool.aside, spool.resent, spool.overflowed)

    @property
    def busy(self) -> bool:
        """Whether a message still wants its receipt or its acknowledgement."""
        return bool(self.spool or self._rubbish or (self._link is not None and self._link.under_way))

    async def sample(self, time_ms: int) -> None:
        """Takes readings of the simulated `time_ms` and sends what can be sent."""
        output = self.firmware.sample(time_ms)
        for message in output.messages:
            self.spool.append(message)
        if output.reach is not Reach.UP:
            self._wanted.clear()
            self._leave()
            return
        if output.rubbish is not None:
            self._rubbish.append(output.rubbish)
        self._wanted.set()
        self.send()
        if output.cut and self._link is not None:
            self._link.cut()

    async def resume(self) -> None:
        """Ends whatever keeps the device silent, so that its spool can empty."""
        for message in self.firmware.release():
            self.spool.append(message)
        self._wanted.set()
        self.send()

    def send(self) -> None:
        """Sends what the spool says is due, if there is a connection."""
        link = self._link
        if link is None or not link.usable:
            return
        now_ms = self._clock.now_ms()
        self._tell_state(link, now_ms)
        topic = str(self._up)
        while self._rubbish:
            link.publish(topic, self._rubbish.popleft(), 1)
        for message in self.spool.to_send(self._steady_s()):
            self._note(message)
            link.publish(topic, message.payload(now_ms, self.firmware.fate.form), len(message.measurements))

    def pulse(self) -> None:
        """Sends what has waited long enough; keeps the connection alive."""
        if self._link is not None:
            self._link.pulse()
            if self.spool or self._rubbish:
                self.send()

    async def live(self) -> None:
        """Connects whenever the device has a network, until cancelled; then says goodbye and returns."""
        backoff_s = FIRST_BACKOFF_S
        try:
            while True:
                await self._wanted.wait()
                try:
                    link = await self._connect(self._new_link)
                except OSError:
                    self._link = None
                    await self._network_clock.sleep(backoff_s * self._rng.uniform(0.5, 1.5))
                    backoff_s = min(LONGEST_BACKOFF_S, 2 * backoff_s)
                    continue
                await self._until_lost(link)
                backoff_s = FIRST_BACKOFF_S if link.served else min(LONGEST_BACKOFF_S, 2 * backoff_s)
                await self._network_clock.sleep(backoff_s * self._rng.uniform(0.1, 1.0))
        finally:
            await self._say_goodbye()

    def ready(self) -> None:
        """The connection stands: everything without receipt goes out."""
        self.spool.reconnected()
        self._told = None
        self.send()

    def received(self, topic: str, payload: bytes) -> None:
        """A receipt or a command; anything else on their topics is ignored, as firmware does."""
        try:
            if topic == self._cmd:
                self._obey(decode_command(payload))
                return
            receipt = decode_receipt(payload)
        except WireError:
            return
        self.spool.settle(receipt)
        self.send()
        self._changed()

    def acknowledged(self, readings: int) -> None:
        """The broker has it."""
        self._books.published += readings
        self._books.messages += readings > 0
        self._changed()

    def unsure(self, readings: int) -> None:
        """The broker may have it."""
        self._books.unsure += readings
        self._changed()

    def _new_link(self) -> Link:
        will = DeviceState(Presence.OFFLINE, boot=self.firmware.fate.boot).encode()
        address = Address(
            self._up.device, Will(self._state, will), (str(self._up.beside(Kind.RECEIPT)), *self._heard())
        )
        self._link = Link(address, self, self._steady_s)  # at once: the broker may answer before `connect` returns
        return self._link

    def _heard(self) -> tuple[str, ...]:
        """Commands, where there is something to command: ten thousand that have nothing need no subscription more."""
        actuators = self.firmware.fate.actuators
        return (self._cmd,) if actuators.outputs and actuators.manner.answer is not Answer.SILENT else ()

    def _obey(self, command: Command) -> None:
        """Or refuse."""
        fate, now_ms = self.firmware.fate, self._clock.now_ms()
        ack = self._obedience.came(command, Moment(fate.wall_ms(now_ms), fate.synced), now_ms)
        if self._link is not None and self._link.usable:
            self._link.publish(str(self._up.beside(Kind.CMD_ACK)), ack.encode(), 0)
            self._told = None
            self._tell_state(self._link, now_ms)

    async def _until_lost(self, link: Link) -> None:
        """Waits for the end of the connection."""
        if not self._wanted.is_set():
            self._leave()
        await asyncio.wait([link.lost])  # not the future itself: who is cancelled while he awaits one cancels it too
        self._link = None

    def _leave(self) -> None:
        if self._link is not None:
            self._link.leave(self._state, DeviceState(Presence.OFFLINE, boot=self.firmware.fate.boot).encode())

    async def _say_goodbye(self) -> None:
        link = self._link
        if link is None or link.lost.done():
            return
        self._leave()
        await asyncio.wait([link.lost], timeout=GOODBYE_S)
        link.cut()

    def _tell_state(self, link: Link, now_ms: int) -> None:
        clock = ClockState.OK if self.firmware.fate.synced else ClockState.UNSYNCED
        if self._told is not None and self._told[0] is clock and now_ms - self._told[1] < STATE_EVERY_MS:
            return
        self._told = clock, now_ms
        fate = self.firmware.fate
        outputs = dict(fate.actuators.values)
        state = DeviceState(Presence.ONLINE, VERSION, len(self.spool), clock, fate.boot, outputs=outputs)
        link.publish(self._state, state.encode(), 0, retain=True)

    def _note(self, message: Message) -> None:
        """When it is first sent; times of a device without a clock mean nothing to others."""
        if message.synced:
            moment_s = self._steady_s()
            for one in message.measurements:
                self._books.publishing(SeriesKey(self._up.device, one.name), one.time_ms, moment_s)
