"""A simulated device on which the real agent runs: its spool on disk, its connection, its configuration, its commands.

Simulated are the machine and what is around it: the clock, the sensors, the network, the power. Readings are dated by
simulated time, and the agent waits by real time: broker and network are real.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from city.clock import Clock
from city.wire.config import BrokerAddress, SensorConfig
from city.wire.topic import Kind, Topic
from edge import station as sensing
from edge.agent import Agent, Standing
from edge.device_clock import DeviceClock
from edge.drivers.driver import Driver
from edge.message import Value
from edge.settings import Settings
from edge.station import Station
from edge.wiring import Machine, wire
from firmware_sim.actuators import DRIVER as OUTPUT_DRIVER
from firmware_sim.actuators import Answer, output_kind
from firmware_sim.books import Books
from firmware_sim.fate import Fate
from firmware_sim.faults.fault import Reach
from firmware_sim.network import Network, Uplink
from firmware_sim.sensors import DRIVER, driver_kind, first_config

END_S: Final = 30.0  # for an agent to end: it waits for a second or so on its connection


class SteppedStation(Station):
    """A station that is looked at when the simulation says so, and has no thread."""

    def __init__(
        self,
        among: list[Station],
        sensors: Sequence[SensorConfig],
        start: Callable[[], Driver],
        clock: DeviceClock,
        steady_s: Callable[[], float],
        post: Callable[[sensing.Event], None],
    ) -> None:
        self._among = among
        super().__init__(sensors, start, clock, steady_s, post)

    def start(self) -> None:
        """It is there."""
        self._among.append(self)

    def stop(self) -> None:
        """It is gone."""
        if self in self._among:
            self._among.remove(self)
        self.close()


class WholeDevice:
    """One device. Everything here is to be called on the event loop."""

    def __init__(
        self,
        fate: Fate,
        root: str,
        broker: BrokerAddress,
        clock: Clock,
        steady_s: Callable[[], float],
        books: Books,
        changed: Callable[[], None],
        folder: Path,
        sampling_ms: int,
    ) -> None:
        """clock: simulated time; folder: of the fleet, in which each device has its own."""
        device = fate.plan.device
        self._fate = fate
        self._clock = clock
        self._changed = changed
        self._settings = Settings(device.zone, device.id, str(folder / device.id), broker, root)
        deaf = fate.plan.manner.answer is Answer.SILENT
        self._network = Network(Topic(root, device.zone, device.id, Kind.UP), books, changed, steady_s, deaf=deaf)
        self._first = first_config(fate.plan, sampling_ms)
        self._shown: Mapping[str, Value] = {}
        self._stations: list[Station] = []
        self._booted_ms = self._sampled_ms = fate.booted_ms
        self._starting_ms: int | None = None
        self._power = asyncio.Lock()  # it goes on or off
        self._going: asyncio.Future[None] | None = None
        self._agent: Agent | None = None
        self._life: asyncio.Future[None] | None = None
        self._before = Standing()
        self._wants_power = asyncio.Event()

    @property
    def name(self) -> str:
        """The device's."""
        return self._fate.plan.device.id

    @property
    def offset_ms(self) -> int:
        """When, within the sampling interval, it takes its readings."""
        return self._fate.offset_ms

    @property
    def connected(self) -> bool:
        """Whether the broker has it."""
        return self._network.connected

    @property
    def standing(self) -> Standing:
        """Of its spool; what was counted before its last start is in it."""
        now, before = (Standing() if self._agent is None else self._agent.standing), self._before
        return Standing(now.rests, now.waiting, now.aside, before.resent + now.resent, before.refused + now.refused)

    @property
    def busy(self) -> bool:
        """Whether a message still wants its receipt or its acknowledgement."""
        return bool(self._network.under_way) or not self.standing.rests

    async def sample(self, time_ms: int) -> None:
        """Takes readings of the simulated `time_ms`, as far as there is power."""
        moment = self._fate.at(time_ms)
        if moment.reach is Reach.OFF:
            self._network.leave(self._lose_power)
            return
        if self._booted_ms != self._fate.booted_ms:
            await self._end(power_lost=True)  # where its last words were still under way
        await self._begin()
        if moment.reach is Reach.AWAY:
            self._network.leave()
        else:
            self._network.come_back()
        self._network.next_message(moment.handing, cuts=moment.cut)
        self._shown = {one.name: one.value for one in moment.measurements}
        self._sampled_ms = time_ms
        for station in list(self._stations):
            await asyncio.to_thread(station.turn)  # where its agent has much to do, it waits for room
        if moment.rubbish is not None:
            self._network.send_rubbish(moment.rubbish)

    async def resume(self) -> None:
        """Ends whatever keeps the device silent, so that its spool can empty."""
        await self._begin()
        self._network.come_back()
        self._network.release()

    def pulse(self) -> None:
        """How it stands changes in other threads."""
        self._changed()

    async def live(self) -> None:
        """Has power until cancelled; then says goodbye and returns. Raises what its agent died of."""
        try:
            await self._begin()
            while True:
                if self._life is None:
                    self._wants_power.clear()
                    await self._wants_power.wait()
                else:
                    life = self._life
                    await asyncio.wait([life])
                    life.result()
        finally:
            await self._end(power_lost=False)

    async def _begin(self) -> None:
        """Power: the agent starts over whatever lies in its folder."""
        async with self._power:
            if self._agent is not None:
                return
            self._booted_ms = self._fate.booted_ms
            self._agent = await asyncio.to_thread(self._wire)
            loop = asyncio.get_running_loop()
            self._life = life = loop.create_future()
            threading.Thread(target=self._run, args=(loop, life), name=f"agent {self.name}", daemon=True).start()
            self._wants_power.set()

    async def _end(self, *, power_lost: bool) -> None:
        """The agent's end, its own or that of its power."""
        async with self._power:
            agent, life = self._agent, self._life
            if agent is None or life is None:
                return
            await asyncio.to_thread(agent.stop, power_lost=power_lost)
            await asyncio.wait([life], timeout=END_S)
            stood = self.standing
            self._before = Standing(resent=stood.resent, refused=stood.refused)
            self._agent = self._life = None
            self._stations.clear()

    def _lose_power(self) -> None:
        self._going = asyncio.ensure_future(self._end(power_lost=True))

    # -- the agent's thread -------------------------------------------------------------------------------------------

    def _run(self, loop: asyncio.AbstractEventLoop, life: "asyncio.Future[None]") -> None:
        """Its whole life; where a command wants it to, it starts anew, as systemd has it."""
        agent = self._agent
        error: BaseException | None = None
        try:
            while agent is not None and agent.run():
                agent = self._agent = self._wire()
        except BaseException as caught:  # noqa: BLE001  whoever waits for this life raises it
            error = caught
        with contextlib.suppress(RuntimeError):  # nobody waits on a loop that is closed
            loop.call_soon_threadsafe(_close, life, error)

    def _wire(self) -> Agent:
        # One moment for all its clocks to count from.
        self._starting_ms = max(self._booted_ms, self._sampled_ms)
        sampled = DeviceClock(*self._clocks(lambda: self._starting_ms or self._sampled_ms))
        machine = Machine(
            *self._clocks(lambda: self._starting_ms or self._clock.now_ms()),
            boot=lambda: self._fate.boot,
            drivers={DRIVER: driver_kind(lambda: self._shown)},
            outputs={OUTPUT_DRIVER: output_kind(self._fate.actuators, self._clock.now_ms)},
            new_station=lambda sensors, start, _, __, post: SteppedStation(
                self._stations, sensors, start, sampled, self._sampled_s, post
            ),
            new_connection=partial(Uplink, self._network),
            first=self._first,
        )
        agent = wire(self._settings, machine)
        self._starting_ms = None
        return agent

    def _clocks(self, at: Callable[[], int]) -> tuple[Callable[[], float], Callable[[], int], Callable[[], bool]]:
        """Steady, wall, and whether that is right, of the moment that `at` gives."""
        return (
            lambda: (at() - self._booted_ms) / 1_000,
            lambda: self._fate.wall_ms(at()),
            lambda: self._fate.knows_time(at()),
        )

    def _sampled_s(self) -> float:
        return self._sampled_ms / 1_000


def _close(life: "asyncio.Future[None]", error: BaseException | None) -> None:
    if life.done():
        return
    if error is None:
        life.set_result(None)
    else:
        life.set_exception(error)
