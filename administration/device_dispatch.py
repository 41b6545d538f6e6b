"""Brings what people want of devices to them, over the broker, until each has said what it made of it.

A configuration is retained by the broker, so that a device has it with every connection; it is sent again where the
device goes on reporting another revision. A command is sent again until the device answers or it is late.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Final, Protocol, TypeVar

from administration.bell import Bell
from administration.device_desk import DeviceDesk
from city.clock import Clock
from city.errors import UnavailableError
from city.security_event import SecurityKind, TellSecurity, tell_nobody
from city.wire.command import CommandAck, Refusal
from city.wire.topic import Kind, Topic

_log = logging.getLogger(__name__)
R = TypeVar("R")

AGAIN_S: Final = 30.0  # a device on a slow modem answers within some seconds; one that was away has it from the broker
ANSWERS: Final = 1_000  # that wait to be written down: more than all devices of a city give in a second


class Publish(Protocol):
    """Sends to a device; may drop it while there is no broker."""

    def __call__(self, topic: str, payload: bytes, *, retain: bool = False) -> Awaitable[None]:
        """QoS 1."""
        ...


class DeviceDispatch:
    """One task of the city.

    bell: rung when the desk has something new
    reported: of devices that said it, the revision that each runs
    thread: where the database is written
    tell: of commands that devices refused since they came late, or oftener than the city sent them
    """

    def __init__(
        self,
        desk: DeviceDesk,
        bell: Bell,
        publish: Publish,
        reported: Callable[[], Mapping[str, int]],
        root: str,
        clock: Clock,
        thread: Executor,
        tell: TellSecurity = tell_nobody,
    ) -> None:
        self._desk = desk
        self._publish = publish
        self._reported = reported
        self._root = root
        self._clock = clock
        self._thread = thread
        self._answers: deque[tuple[str, CommandAck]] = deque()
        self._bell = bell
        self._tell = tell
        self._sent: dict[str, int] = {}  # by command, how often it went out and was not answered with `seen`
        self._on_answer: Callable[[], None] = lambda: None
        self._told: dict[str, int] = {}  # by device, the revision that was sent since this start

    def on_answer(self, call: Callable[[], None]) -> None:
        """From now on `call` is told when an answer is written down. On the event loop."""
        self._on_answer = call

    def hear(self, device: str, ack: CommandAck) -> None:
        """A device answered. On the event loop. One too many at once is dropped: its command expires."""
        self._look(device, ack)
        if len(self._answers) < ANSWERS:
            self._answers.append((device, ack))
            self._bell.ring()
        else:
            _log.warning("%s: its answer to %s was one too many", device, ack.id)

    async def run(self) -> None:
        """Works until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ring_again(), name="devices: again")
            while True:
                try:
                    await self._write_answers()
                    await self._send()
                except UnavailableError as error:
                    _log.warning("devices wait: %s", error)
                await self._bell.wait()

    async def _ring_again(self) -> None:
        while True:
            await self._clock.sleep(AGAIN_S)
            self._bell.ring()

    async def _write_answers(self) -> None:
        """An answer leaves the row once it is written: while the database is away it waits."""
        while self._answers:
            await self._in_thread(partial(self._desk.answered, *self._answers[0]))
            self._answers.popleft()
            self._on_answer()

    async def _send(self) -> None:
        reported = self._reported()
        for each in await self._in_thread(self._desk.configured):
            if (
                self._told.get(each.device) != each.revision
                or reported.get(each.device, each.revision) != each.revision
            ):
                self._told[each.device] = each.revision
                topic = Topic(self._root, each.zone, each.device, Kind.CONFIG)
                await self._publish(str(topic), each.body, retain=True)
        for command in await self._in_thread(self._desk.open_commands):
            topic = Topic(self._root, command.zone, command.device, Kind.CMD)
            await self._publish(str(topic), command.command.encode())
            self._note_sent(command.command.id)

    def _note_sent(self, id_: str) -> None:
        self._sent[id_] = self._sent.pop(id_, 0) + 1
        while len(self._sent) > ANSWERS:
            del self._sent[next(iter(self._sent))]

    def _look(self, device: str, ack: CommandAck) -> None:
        """The city sends a command again until it is answered, so a device may have seen it but once less."""
        if ack.reason is Refusal.LATE:
            self._tell(SecurityKind.COMMAND_LATE, device, f"command {ack.id}")
        elif ack.reason is Refusal.SEEN:
            if self._sent.get(ack.id, 0) > 1:
                self._sent[ack.id] -= 1
            else:
                self._tell(SecurityKind.COMMAND_REPLAYED, device, f"command {ack.id}")

    async def _in_thread(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
