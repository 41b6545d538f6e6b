"""The fleet: every device of a scenario, each on a connection of its own, in one process.

Light devices are a page of state each on one event loop. Whole ones are the real agent with its threads, and as many of
them as there are threads for: both speak to the broker as the city's own would.
"""

import asyncio
import heapq
import math
import random
import resource
import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from city.clock import Clock
from city.errors import UserError
from city.wire.config import BrokerAddress
from edge.agent import Standing
from edge.outbox import FIRST_DELAY_S
from firmware_sim.books import Books
from firmware_sim.fate import Fate
from firmware_sim.firmware import Firmware
from firmware_sim.light import LightDevice
from firmware_sim.link import Link
from firmware_sim.scenario import DevicePlan, Scenario
from firmware_sim.whole import WholeDevice

CONNECTING: Final = 50  # at the same time: brokers keep about 100 in their backlog
PULSE_S: Final = 1.0  # how often a device looks whether something has waited too long
FILES_BESIDE: Final = 256  # open files that a process needs for everything else
# Each has two threads, and syncs the disk by itself: with many more, one interpreter does little but switch between
# them. paho waits by `select`, which takes no file beyond 1,024: (1,024 - FILES_BESIDE) / FILES_WHOLE.
MOST_WHOLE: Final = 120
FILES_WHOLE: Final = 6  # of a whole device: its folder's lock, its spool, its connection and what wakes that
BREATH: Final = 100  # devices sampled or looked at before others on the event loop get their turn


class TooManyConnectionsError(UserError):
    """The process may not open as many connections as there are devices."""

    def __init__(self, needed: int, limit: int) -> None:
        super().__init__("sim.too_many_connections", needed=needed, limit=limit)


class TooManyWholeError(UserError):
    """There are more devices than agents that one process can be."""

    def __init__(self, wanted: int) -> None:
        super().__init__("sim.too_many_whole", wanted=wanted, most=MOST_WHOLE)


class Device(Protocol):
    """A simulated device, light or whole."""

    @property
    def name(self) -> str:
        """The device's id."""
        ...

    @property
    def offset_ms(self) -> int:
        """When, within the sampling interval, it takes its readings."""
        ...

    @property
    def connected(self) -> bool:
        """Whether the broker has it."""
        ...

    @property
    def standing(self) -> Standing:
        """Of its spool."""
        ...

    @property
    def busy(self) -> bool:
        """Whether a message still wants its receipt or its acknowledgement."""
        ...

    async def sample(self, time_ms: int) -> None:
        """Takes readings of the simulated time; times must not decrease."""
        ...

    async def resume(self) -> None:
        """Ends whatever keeps the device silent, so that its spool can empty."""
        ...

    def pulse(self) -> None:
        """A second has gone by, about."""
        ...

    async def live(self) -> None:
        """Keeps a connection until cancelled; then says goodbye and returns."""
        ...


class Fleet:
    """Simulated devices that speak to a broker as the city's own would.

    clock: simulated time, which must begin at `scenario.start_ms`; weather and samplings follow it
    network_clock: of the machine: broker and network are real, so waiting for them takes real seconds
    steady_s: seconds of a steady clock, for the moments in `books`
    first_delay_s: real seconds after which a message without receipt is sent again, doubling from there
    end_ms: simulated time from which on nothing is sampled; `sampled` is set when all before it was
    folder: where the devices of a scenario of whole ones keep what they keep; without it all are light
    trusts: by device, the TLS that it comes with; without it they come without

    Raises TooManyWholeError.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        clock: Clock,
        network_clock: Clock,
        steady_s: Callable[[], float],
        host: str,
        port: int,
        root: str,
        first_delay_s: float = FIRST_DELAY_S,
        end_ms: int | None = None,
        folder: Path | None = None,
        trusts: Callable[[str], ssl.SSLContext] | None = None,
    ) -> None:
        self.scenario = scenario
        self.books = Books()
        self.sampled = asyncio.Event()
        self._end_ms = math.inf if end_ms is None else end_ms
        self._root = root
        self._clock = clock
        self._network_clock = network_clock
        self._steady_s = steady_s
        self._host = host
        self._port = port
        self._first_delay_s = first_delay_s
        self._trusts = trusts
        self._rng = random.Random(scenario.seed)  # noqa: S311 jitter of reconnecting, no secret
        self._gate = asyncio.Semaphore(CONNECTING)
        self._change = asyncio.Event()
        self._sampling = True
        self._may_sample = asyncio.Event()
        self._may_sample.set()
        self._taking = asyncio.Lock()  # somebody's readings
        whole = [plan for plan in scenario.devices if folder is not None and scenario.whole and not _is_foreign(plan)]
        if len(whole) > MOST_WHOLE:
            raise TooManyWholeError(len(whole))
        self._whole = len(whole)
        self._devices: list[Device] = [
            self._new_whole(plan, folder) if folder is not None and plan in whole else self._new_light(plan)
            for plan in scenario.devices
        ]

    @property
    def connected(self) -> int:
        """Devices that the broker has."""
        return sum(device.connected for device in self._devices)

    @property
    def waiting(self) -> int:
        """Messages that still want a receipt."""
        return sum(device.standing.waiting for device in self._devices)

    @property
    def set_aside(self) -> int:
        """Messages set aside."""
        return sum(device.standing.aside for device in self._devices)

    @property
    def resent(self) -> int:
        """How often a message was sent again."""
        return sum(device.standing.resent for device in self._devices)

    @property
    def lost(self) -> int:
        """Messages that full spools let go, or did not take."""
        return sum(device.standing.refused for device in self._devices)

    def hold(self) -> None:
        """Before `run`: devices connect, and take no readings before `begin`."""
        self._may_sample.clear()

    def begin(self) -> None:
        """From now on devices take readings; what was due before is left out."""
        self._may_sample.set()

    async def run(self) -> None:
        """Samples and sends until cancelled; then every device says goodbye.

        Raises TooManyConnectionsError where the process may not open that many.
        """
        _allow_files(len(self._devices) + (FILES_WHOLE - 1) * self._whole)
        async with asyncio.TaskGroup() as tasks:
            for device in self._devices:
                tasks.create_task(device.live(), name=f"life of {device.name}")
            tasks.create_task(self._sample(), name="sampling")
            tasks.create_task(self._pulse(), name="pulse")

    async def quiesce(self, timeout_s: float) -> int:
        """Stops sampling, ends every outage, and waits until all spools are empty or set aside.

        Gives the number of devices that still wait for something after `timeout_s` real seconds: 0 when all is quiet.
        """
        self._sampling = False
        async with self._taking:
            for device in self._devices:
                await device.resume()
        try:
            async with asyncio.timeout(timeout_s):
                while any(device.busy for device in self._devices):
                    for device in self._devices:  # one after the other: all of them at every change would be n² looks
                        while device.busy:
                            self._change.clear()
                            await self._change.wait()
        except TimeoutError:
            return sum(device.busy for device in self._devices)
        return 0

    async def _sample(self) -> None:
        """Every device at its own moments on the grid of simulated time; a late one is taken at its own time still."""
        start_ms, every_ms = self.scenario.start_ms, self.scenario.sampling_ms
        if not self._may_sample.is_set():
            await self._may_sample.wait()
            start_ms += -(-(self._clock.now_ms() - start_ms) // every_ms) * every_ms
        due = [(start_ms + device.offset_ms, i) for i, device in enumerate(self._devices)]
        heapq.heapify(due)
        done = 0
        while due and self._sampling:
            time_ms, i = due[0]
            if time_ms >= self._end_ms:
                break
            ahead_ms = time_ms - self._clock.now_ms()
            if ahead_ms > 0:
                await self._clock.sleep(ahead_ms / 1_000)
                continue
            async with self._taking:
                await self._devices[i].sample(time_ms)
            heapq.heapreplace(due, (time_ms + every_ms, i))
            done += 1
            if not done % BREATH:
                await asyncio.sleep(0)
        self.sampled.set()

    async def _pulse(self) -> None:
        while True:
            await self._network_clock.sleep(PULSE_S)
            for done, device in enumerate(self._devices):
                device.pulse()
                if not done % BREATH:
                    await asyncio.sleep(0)

    def _new_light(self, plan: DevicePlan) -> LightDevice:
        scenario = self.scenario
        return LightDevice(
            Firmware(plan, scenario.start_ms, scenario.sampling_ms),
            self._root,
            self._clock,
            self._steady_s,
            self.books,
            self._change.set,
            self._first_delay_s,
            partial(self._connect, plan.device.id),
            self._network_clock,
            self._rng,
        )

    def _new_whole(self, plan: DevicePlan, folder: Path) -> WholeDevice:
        scenario = self.scenario
        return WholeDevice(
            Fate(plan, scenario.start_ms, scenario.sampling_ms),
            self._root,
            BrokerAddress(self._host, self._port),
            self._clock,
            self._steady_s,
            self.books,
            self._change.set,
            folder,
            scenario.sampling_ms,
        )

    async def _connect(self, device: str, new_link: Callable[[], Link]) -> Link:
        """A connection, not yet ready. Raises OSError where there is none to be had."""
        async with self._gate:
            _, link = await asyncio.get_running_loop().create_connection(
                new_link, self._host, self._port, ssl=self._trusts(device) if self._trusts else None
            )
        return link


def _is_foreign(plan: DevicePlan) -> bool:
    """Whether it says what our agent never says: then another firmware runs on it."""
    return any(fault.foreign for fault in plan.faults)


def _allow_files(count: int) -> None:
    """Lifts the limit of open files as far as this process may."""
    needed = count + FILES_BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        if hard != resource.RLIM_INFINITY and hard < needed:
            raise TooManyConnectionsError(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
