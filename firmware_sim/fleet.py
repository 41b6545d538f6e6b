"""The fleet: every device of a scenario, each on a connection of its own, in one asyncio process."""

import asyncio
import heapq
import math
import random
import resource
from collections.abc import Callable
from typing import Final

from city.clock import Clock
from city.errors import UserError
from edge.outbox import FIRST_DELAY_S
from firmware_sim.agent import Agent
from firmware_sim.books import Books
from firmware_sim.firmware import Firmware
from firmware_sim.link import Link
from firmware_sim.scenario import Scenario

CONNECTING: Final = 50  # at the same time: brokers keep about 100 in their backlog
PULSE_S: Final = 1.0  # how often a device looks whether something has waited too long
FILES_BESIDE: Final = 256  # open files that a process needs for everything else
BREATH: Final = 100  # devices sampled or looked at before others on the event loop get their turn


class TooManyConnectionsError(UserError):
    """The process may not open as many connections as there are devices."""

    def __init__(self, needed: int, limit: int) -> None:
        super().__init__("sim.too_many_connections", needed=needed, limit=limit)


class Fleet:
    """Simulated devices that speak to a broker as the city's own would.

    clock: simulated time, which must begin at `scenario.start_ms`; weather and samplings follow it
    network_clock: of the machine: broker and network are real, so waiting for them takes real seconds
    steady_s: seconds of a steady clock, for the moments in `books`
    first_delay_s: real seconds after which a message without receipt is sent again, doubling from there
    end_ms: simulated time from which on nothing is sampled; `sampled` is set when all before it was
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
    ) -> None:
        self.scenario = scenario
        self.books = Books()
        self.sampled = asyncio.Event()
        self._end_ms = math.inf if end_ms is None else end_ms
        self._clock = clock
        self._network_clock = network_clock
        self._host = host
        self._port = port
        self._rng = random.Random(scenario.seed)  # noqa: S311 jitter of reconnecting, no secret
        self._gate = asyncio.Semaphore(CONNECTING)
        self._change = asyncio.Event()
        self._sampling = True
        self._agents = [
            Agent(
                Firmware(plan, scenario.start_ms, scenario.sampling_ms),
                root,
                clock,
                steady_s,
                self.books,
                self._change.set,
                first_delay_s,
            )
            for plan in scenario.devices
        ]

    @property
    def waiting(self) -> int:
        """Messages that still want a receipt."""
        return sum(len(agent.spool) for agent in self._agents)

    @property
    def set_aside(self) -> int:
        """Messages set aside."""
        return sum(agent.spool.aside for agent in self._agents)

    @property
    def resent(self) -> int:
        """How often a message was sent again."""
        return sum(agent.spool.resent for agent in self._agents)

    @property
    def lost(self) -> int:
        """Messages that full spools let go."""
        return sum(agent.spool.overflowed for agent in self._agents)

    async def run(self) -> None:
        """Samples and sends until cancelled; then every device says goodbye.

        Raises TooManyConnectionsError where the process may not open that many.
        """
        _allow_connections(len(self._agents))
        async with asyncio.TaskGroup() as tasks:
            for agent in self._agents:
                device = agent.firmware.plan.device.id
                keeping = agent.keep_connected(self._connect, self._network_clock, self._rng)
                tasks.create_task(keeping, name=f"link of {device}")
            tasks.create_task(self._sample(), name="sampling")
            tasks.create_task(self._pulse(), name="pulse")

    async def quiesce(self, timeout_s: float) -> int:
        """Stops sampling, ends every outage, and waits until all spools are empty or set aside.

        Gives the number of devices that still wait for something after `timeout_s` real seconds: 0 when all is quiet.
        """
        self._sampling = False
        for agent in self._agents:
            agent.resume()
        try:
            async with asyncio.timeout(timeout_s):
                while any(agent.busy for agent in self._agents):
                    for agent in self._agents:  # one after the other: all of them at every change would be n² looks
                        while agent.busy:
                            self._change.clear()
                            await self._change.wait()
        except TimeoutError:
            return sum(agent.busy for agent in self._agents)
        return 0

    async def _sample(self) -> None:
        """Every device at its own moments on the grid of simulated time; a late one is taken at its own time still."""
        start_ms, every_ms = self.scenario.start_ms, self.scenario.sampling_ms
        due = [(start_ms + agent.firmware.offset_ms, i) for i, agent in enumerate(self._agents)]
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
            self._agents[i].sample(time_ms)
            heapq.heapreplace(due, (time_ms + every_ms, i))
            done += 1
            if not done % BREATH:
                await asyncio.sleep(0)
        self.sampled.set()

    async def _pulse(self) -> None:
        while True:
            await self._network_clock.sleep(PULSE_S)
            for done, agent in enumerate(self._agents):
                agent.pulse()
                if not done % BREATH:
                    await asyncio.sleep(0)

    async def _connect(self, new_link: Callable[[], Link]) -> Link:
        """A connection, not yet ready. Raises OSError where there is none to be had."""
        async with self._gate:
            _, link = await asyncio.get_running_loop().create_connection(new_link, self._host, self._port)
        return link


def _allow_connections(count: int) -> None:
    """Lifts the limit of open files as far as this process may."""
    needed = count + FILES_BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        if hard != resource.RLIM_INFINITY and hard < needed:
            raise TooManyConnectionsError(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
