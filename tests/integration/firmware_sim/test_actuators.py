"""Simulated gates, commanded over a real broker: they obey, refuse, or are silent, whatever firmware runs on them."""

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from city.wire.command import SET, Command, CommandAck, Outcome, Refusal, decode_command_ack
from city.wire.mqtt import Publish
from city.wire.senml import decode_pack
from city.wire.state import DeviceState, decode_state
from firmware_sim.actuators import Answer, Manner
from firmware_sim.fleet import Fleet
from megane.clocks import SystemClock
from megane.mosquitto import Mosquitto
from tests.support.fake_city import ROOT
from tests.support.manual_clock import ManualClock
from tests.support.mqtt_client import MqttClient
from tests.support.small_scenario import SAMPLING_MS, START_MS
from tests.support.switched_scenario import GATE, switched_scenario

DEADLINE_S = 60.0  # only ends a test that would hang
TOPIC = f"{ROOT}/z/{GATE}"
SOON_MS = START_MS + 90 * SAMPLING_MS


class Stage:
    """A gate that runs, the clock it runs by, and a desk that hears all it says."""

    def __init__(self, fleet: Fleet, clock: ManualClock, desk: MqttClient) -> None:
        self.fleet = fleet
        self.clock = clock
        self._desk = desk
        self.acks: list[CommandAck] = []
        self.states: list[DeviceState] = []
        self.closed: list[bool] = []

    async def sample(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.clock.somebody_sleeps()
            self.clock.advance_to(self.clock.now_ms() + SAMPLING_MS)
            await self.clock.somebody_sleeps()

    async def command(self, id_: str, **values: str) -> None:
        await self._desk.publish([(f"{TOPIC}/cmd", Command(id_, SET, SOON_MS, dict(values)).encode())])

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                self._hear(await self._desk.received.get())

    def final(self, id_: str) -> CommandAck | None:
        return next((ack for ack in self.acks if ack.id == id_ and ack.outcome is not Outcome.ACCEPTED), None)

    def _hear(self, message: Publish) -> None:
        payload = bytes(message.payload)
        match message.topic.rpartition("/")[2]:
            case "cmd-ack":
                self.acks.append(decode_command_ack(payload))
            case "state":
                self.states.append(decode_state(payload))
            case "up":
                self.closed += [bool(one.value) for one in decode_pack(payload, 0).measurements]
            case _:
                return


@contextlib.asynccontextmanager
async def stage(broker: Mosquitto, manner: Manner, folder: Path | None) -> AsyncIterator[Stage]:
    clock = ManualClock(START_MS)
    desk = await MqttClient.open(broker.port, "desk", f"{TOPIC}/+")
    fleet = Fleet(
        dataclasses.replace(switched_scenario(manner), whole=folder is not None),
        clock=clock,
        network_clock=SystemClock(),
        steady_s=time.perf_counter,
        host="127.0.0.1",
        port=broker.port,
        root=ROOT,
        folder=folder,
    )
    running = asyncio.create_task(fleet.run())
    on = Stage(fleet, clock, desk)
    try:
        await on.until(lambda: bool(on.states))
        yield on
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running  # where it broke, this says why
        await desk.close()


@pytest.fixture(params=["light", "whole"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "devices" if request.param == "whole" else None


async def test_one_that_obeys_says_so_and_its_sensor_follows_in_its_time(
    broker: Mosquitto, folder: Path | None
) -> None:
    async with stage(broker, Manner(takes_ms=2 * SAMPLING_MS), folder) as on:
        assert on.states[-1].outputs == {"gate": "open", "siren": "off"}
        await on.sample()
        await on.command("c1", gate="closed")
        await on.until(lambda: on.final("c1") is not None)
        assert on.final("c1") == CommandAck("c1", Outcome.DONE, detail="gate=closed")
        await on.until(lambda: on.states[-1].outputs == {"gate": "closed", "siren": "off"})
        for _ in range(3):
            await on.sample()
        await on.until(lambda: len(on.closed) == 4)
        assert on.closed == [False, False, False, True]


async def test_one_that_refuses_says_why_and_stays_as_it_was(broker: Mosquitto, folder: Path | None) -> None:
    async with stage(broker, Manner(Answer.REFUSES), folder) as on:
        await on.command("c1", siren="on", gate="closed")
        await on.until(lambda: on.final("c1") is not None)
        ack = on.final("c1")
        assert ack is not None
        assert (ack.outcome, ack.reason, "does not move" in ack.detail) == (Outcome.REFUSED, Refusal.FAILED, True)
        await on.command("c2", lamp="on")
        await on.until(lambda: on.final("c2") is not None)
        assert on.final("c2").reason is Refusal.UNKNOWN  # type: ignore[union-attr]  # it is there
        assert on.states[-1].outputs == {"gate": "open", "siren": "off"}


async def test_one_that_is_silent_goes_on_measuring(broker: Mosquitto, folder: Path | None) -> None:
    async with stage(broker, Manner(Answer.SILENT), folder) as on:
        await on.command("c1", gate="closed")
        for _ in range(2):
            await on.sample()
        await on.until(lambda: len(on.closed) == 2)
        assert (on.acks, on.closed) == ([], [False, False])
