"""A whole city, ended when things are not well."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from city.errors import UnavailableError
from ingest.journal.writer import Journal
from megane.clocks import SystemClock
from megane.running import ready, run_city
from megane.settings import Http, Mqtt, Settings
from megane.wiring import WiringError, wire
from tests.support.mqtt_client import MqttClient

MESSAGE = ("megane/sabae/rpi-toba/up", b'[{"n":"water_level","u":"m","v":1.5}]')


def settings(home: Path, mqtt: Mqtt, http_port: int) -> Settings:
    return Settings(home=str(home), mqtt=mqtt, http=Http(port=http_port))


async def test_a_city_on_a_full_disk_can_be_ended(
    tmp_path: Path, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise UnavailableError("database or disk is full")

    mqtt_port = free_port()
    loop = asyncio.get_running_loop()
    wanted = settings(tmp_path, Mqtt(port=mqtt_port), free_port())
    city = await asyncio.to_thread(wire, wanted, SystemClock(), random.Random(1), loop)
    until = asyncio.Event()
    monkeypatch.setattr("megane.running.DRAIN_S", 0.2)
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(run_city(city, until))
        await ready(city)
        monkeypatch.setattr(Journal, "append_batch", full)
        device = await MqttClient.open(mqtt_port, "device")
        await device.publish([MESSAGE])
        while city.pipeline.state().waiting_since_ms is None:  # noqa: ASYNC110  no event tells of it
            await asyncio.sleep(0)
        await device.close()
        until.set()
        await running


async def test_open_to_all_addresses_a_city_needs_to_know_its_users(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    everywhere = Mqtt(bind="0.0.0.0", port=free_port())
    wanted = settings(tmp_path, everywhere, free_port())
    loop = asyncio.get_running_loop()
    with pytest.raises(WiringError, match="users_file"):
        await asyncio.to_thread(wire, wanted, SystemClock(), random.Random(1), loop)
