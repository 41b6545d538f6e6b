"""Devices with the real agent, against a real broker; and that they are the light ones, as far as a city can tell."""

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from city.wire.command import Command
from city.wire.config import DeviceConfig, SensorConfig
from city.wire.state import Presence
from firmware_sim.faults.clock_unsynced import ClockUnsynced
from firmware_sim.faults.clock_wrong import ClockWrong
from firmware_sim.faults.cut import Cut
from firmware_sim.faults.disorder import Disorder
from firmware_sim.faults.dropout import Dropout
from firmware_sim.faults.duplicate import Duplicate
from firmware_sim.faults.fault import Fault, Period
from firmware_sim.faults.nonsense import Nonsense, NonsenseSent
from firmware_sim.faults.outage import Outage
from firmware_sim.faults.rubbish import Rubbish
from firmware_sim.faults.stuck import Stuck
from firmware_sim.fleet import MOST_WHOLE, Fleet, TooManyWholeError
from firmware_sim.scenario import Scenario
from megane.clocks import SystemClock
from megane.mosquitto import Mosquitto
from tests.support.fake_city import ROOT, FakeCity
from tests.support.manual_clock import ManualClock
from tests.support.mqtt_client import MqttClient
from tests.support.small_scenario import ALWAYS, SAMPLING_MS, START_MS, gauges, scenario_of

DEADLINE_S = 60.0  # only ends a test that would hang
POLL_S = 0.01
GAUGE = "gauge-0000"
MIDDLE = Period(START_MS + 5 * SAMPLING_MS, START_MS + 15 * SAMPLING_MS)
ROUNDS = 25
FAULTS: Mapping[str, Sequence[Fault]] = {
    "gauge-0001": [Rubbish(ALWAYS, 0.5)],
    "gauge-0002": [Duplicate(ALWAYS, 0.5)],
    "gauge-0003": [Disorder(ALWAYS, 0.5)],
    "gauge-0004": [ClockUnsynced(ALWAYS)],
    "gauge-0005": [Outage(MIDDLE)],
    "gauge-0006": [Dropout(MIDDLE)],
    "gauge-0007": [ClockWrong(MIDDLE, -1_200_000)],
    "gauge-0008": [Stuck(MIDDLE, frozenset({"water_level"}))],
    "gauge-0009": [NonsenseSent(ALWAYS, tuple(Nonsense), "water_level", 0.5)],
}


class Stage:
    """A fleet that runs, the simulated clock it runs by, and the city it speaks to."""

    def __init__(self, fleet: Fleet, clock: ManualClock, city: FakeCity) -> None:
        self.fleet = fleet
        self.clock = clock
        self.city = city

    async def sample(self, rounds: int) -> None:
        """Lets every device take `rounds` readings."""
        async with asyncio.timeout(DEADLINE_S):  # where the fleet has ended, nobody would ever sleep
            for _ in range(rounds):
                await self.clock.somebody_sleeps()
                self.clock.advance_to(self.clock.now_ms() + SAMPLING_MS)
            await self.clock.somebody_sleeps()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not condition():  # noqa: ASYNC110 conditions look into several objects, none of which has an event
                await asyncio.sleep(POLL_S)

    async def quiet(self) -> None:
        """All spools are empty or set aside, and the city has taken in all that was acknowledged."""
        busy = await self.fleet.quiesce(DEADLINE_S)
        assert busy == 0, f"{self.fleet.waiting} messages wait, {self.fleet.resent} were sent again"
        await self.until(lambda: self.city.readings >= self.fleet.books.published)


@contextlib.asynccontextmanager
async def stage(broker: Mosquitto, scenario: Scenario, folder: Path | None) -> AsyncIterator[Stage]:
    clock = ManualClock(START_MS)
    fleet = fleet_of(broker, scenario, clock, folder)
    city = await FakeCity.open(broker.port)
    running = asyncio.create_task(fleet.run())
    try:
        yield Stage(fleet, clock, city)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running  # where it broke, this says why
        await city.close()


def fleet_of(broker: Mosquitto, scenario: Scenario, clock: ManualClock, folder: Path | None) -> Fleet:
    return Fleet(
        dataclasses.replace(scenario, whole=True),
        clock=clock,
        network_clock=SystemClock(),
        steady_s=time.perf_counter,
        host="127.0.0.1",
        port=broker.port,
        root=ROOT,
        folder=folder,
    )


def one_gauge(*faults: Fault) -> Scenario:
    return scenario_of(gauges(1), {GAUGE: faults})


def taken(city: FakeCity) -> dict[str, list[tuple[int, float]]]:
    """By device, (time, value) of each message that came, however often; without a clock there is no time."""
    seen: set[tuple[str, str | None, int | None]] = set()
    found: dict[str, list[tuple[int, float]]] = {}
    for device, pack in city.packs:
        key = device, pack.boot, pack.seq
        if key not in seen:
            seen.add(key)
            times = [0 if pack.uptime_now_ms is not None else one.time_ms for one in pack.measurements]
            values = [(at, float(one.value)) for at, one in zip(times, pack.measurements, strict=True)]
            found.setdefault(device, []).extend(values)
    return {device: sorted(values) for device, values in found.items()}


async def test_a_city_has_the_same_readings_of_light_and_of_whole_devices(broker: Mosquitto, tmp_path: Path) -> None:
    told = []
    for folder in (None, tmp_path / "devices"):
        async with stage(broker, scenario_of(gauges(12), FAULTS), folder) as on:
            await on.sample(ROUNDS)
            await on.quiet()
            books = on.fleet.books
            assert books.unsure == 0
            assert books.published == on.city.readings
            assert on.city.undecodable > 0
            told.append(taken(on.city))
    light, real = told
    assert {device: len(values) for device, values in real.items()} == {d: len(values) for d, values in light.items()}
    assert real == light
    assert len(light["gauge-0006"]) < len(light["gauge-0005"]) == len(light[GAUGE])


async def test_a_device_that_lost_its_power_goes_on_from_its_folder(broker: Mosquitto, tmp_path: Path) -> None:
    away, off = (Period(START_MS + a * SAMPLING_MS, START_MS + b * SAMPLING_MS) for a, b in ((2, 10), (6, 8)))
    async with stage(broker, one_gauge(Outage(away), Dropout(off)), tmp_path) as on:
        await on.until(lambda: on.city.states[GAUGE] == [Presence.ONLINE])
        await on.sample(12)
        await on.quiet()
        assert len(taken(on.city)[GAUGE]) == 10  # all but two of twelve
        assert len({pack.boot for _, pack in on.city.packs}) == 2
        assert Presence.OFFLINE in on.city.states[GAUGE]  # the last will
        assert on.fleet.waiting == 0


async def test_a_connection_that_breaks_leaves_a_margin_and_loses_nothing(broker: Mosquitto, tmp_path: Path) -> None:
    async with stage(broker, one_gauge(Cut(ALWAYS, 0.5)), tmp_path) as on:
        for rounds in range(1, 9):
            await on.sample(1)
            await on.until(lambda rounds=rounds: len(taken(on.city).get(GAUGE, ())) >= rounds)  # type: ignore[misc]
        await on.quiet()
        books = on.fleet.books
        assert books.published <= on.city.readings <= books.published + books.unsure
        assert len(taken(on.city)[GAUGE]) == 8


async def test_it_takes_configurations_and_commands_as_a_device_does(broker: Mosquitto, tmp_path: Path) -> None:
    async with stage(broker, one_gauge(), tmp_path) as on:
        await on.sample(3)
        await on.until(lambda: len(taken(on.city).get(GAUGE, ())) == 3)
        desk = await MqttClient.open(broker.port, "desk", f"{ROOT}/+/{GAUGE}/#")
        config = DeviceConfig(1, (SensorConfig("renamed", "simulated", "m", measures="water_level", every_s=59.0),))
        topic = f"{ROOT}/{on.fleet.scenario.devices[0].device.zone}/{GAUGE}"
        await desk.publish([(f"{topic}/config", config.encode())])
        await on.until(lambda: 1 in _heard(desk, "state", "revision"))
        soon = Command("c1", "restart", START_MS + 90 * SAMPLING_MS)
        await desk.publish([(f"{topic}/cmd", msgspec.json.encode(soon))])
        before = {pack.boot for _, pack in on.city.packs}
        await on.until(lambda: bool(set(_heard(desk, "state", "boot")) - before))
        await on.sample(3)
        await on.quiet()
        names = [one.name for _, pack in on.city.packs for one in pack.measurements]
        assert set(names) == {"water_level", "renamed"}
        assert len({pack.boot for _, pack in on.city.packs}) == 2
        await desk.close()


def _heard(desk: MqttClient, kind: str, key: str) -> list[object]:
    """What the device has said under that kind since it was looked at last."""
    messages = [desk.received.get_nowait() for _ in range(desk.received.qsize())]
    return [msgspec.json.decode(one.payload).get(key) for one in messages if one.topic.endswith(f"/{kind}")]


async def test_many_in_one_process(broker: Mosquitto, tmp_path: Path) -> None:
    async with stage(broker, scenario_of(gauges(40)), tmp_path) as on:  # beside whatever files a suite has open
        await on.sample(3)
        await on.quiet()
        told = taken(on.city)
        assert set(told) == {plan.device.id for plan in on.fleet.scenario.devices}
        assert all(len(values) >= 3 for values in told.values())
        assert on.fleet.books.published == on.city.readings == sum(len(values) for values in told.values())


async def test_more_than_a_process_holds_are_refused(broker: Mosquitto, tmp_path: Path) -> None:
    with pytest.raises(TooManyWholeError, match=str(MOST_WHOLE)):
        fleet_of(broker, scenario_of(gauges(MOST_WHOLE + 1)), ManualClock(START_MS), tmp_path)
