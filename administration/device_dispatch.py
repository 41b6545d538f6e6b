"""Brings what people want of devices to them, over the broker, until each has said what it made of it.

A configuration is retained by the broker, so that a device has it with every connection; it is sent again where the
device goes on reporting another revision. A command is sent again until the device answers or it is late.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Final, Protocol, TypeVar

from administration.device_desk import DeviceDesk
from city.clock import Clock
from city.errors import UnavailableError
from city.wire.command import CommandAck
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

    reported: of devices that said it, the revision that each runs
    thread: where the database is written
    """

    def __init__(
        self,
        desk: DeviceDesk,
        publish: Publish,
        reported: Callable[[], Mapping[str, int]],
        root: str,
        clock: Clock,
        thread: Executor,
    ) -> None:
        self._desk = desk
        self._publish = publish
        self._reported = reported
        self._root = root
        self._clock = clock
        self._thread = thread
        self._answers: asyncio.Queue[tuple[str, CommandAck]] = asyncio.Queue(ANSWERS)
        self._wanted = asyncio.Event()
        self._told: dict[str, int] = {}  # by device, the revision that was sent since this start

    def wake(self) -> None:
        """There is something new. On the event loop."""
        self._wanted.set()

    def hear(self, device: str, ack: CommandAck) -> None:
        """A device answered. On the event loop. One too many at once is dropped: its command expires."""
        try:
            self._answers.put_nowait((device, ack))
        except asyncio.QueueFull:
            _log.warning("%s: its answer to %s was one too many", device, ack.id)
        self._wanted.set()

    async def run(self) -> None:
        """Works until it is cancelled."""
        while True:
            self._wanted.clear()
            try:
                await self._write_answers()
                await self._send()
            except UnavailableError as error:
                _log.warning("devices wait: %s", error)
            waiting = [
                asyncio.create_task(self._wanted.wait(), name="devices: something new"),
                asyncio.create_task(self._clock.sleep(AGAIN_S), name="devices: again"),
            ]
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)

    async def _write_answers(self) -> None:
        while not self._answers.empty():
            device, ack = self._answers.get_nowait()
            await self._in_thread(partial(self._desk.answered, device, ack))

    async def _send(self) -> None:
        reported = self._reported()
        for each in await self._in_thread(self._desk.configured):
            revision = each.config.revision
            if self._told.get(each.device) != revision or reported.get(each.device, revision) != revision:
                self._told[each.device] = revision
                topic = Topic(self._root, each.zone, each.device, Kind.CONFIG)
                await self._publish(str(topic), each.config.encode(), retain=True)
        for command in await self._in_thread(self._desk.open_commands):
            topic = Topic(self._root, command.zone, command.device, Kind.CMD)
            await self._publish(str(topic), command.command.encode())

    async def _in_thread(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
