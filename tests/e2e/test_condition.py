"""What is amiss with the city is an alert like any other: its department is told when it begins and when it is over."""

import asyncio
import json
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import megane.condition
from bench.city_process import MEGANE
from city.alert import AlertState
from city.errors import UnavailableError
from city.ports import Store, Written
from city.reading import ReadingBatch
from city.wire.state import ClockState, DeviceState, Presence
from ingest.stores.memory import MemoryStore
from megane.authority import Authority
from megane.city_home import SOCKET_NAME
from megane.clocks import SystemClock
from megane.running import run_city
from megane.settings import DeviceWay, Http, Mqtt, Settings
from megane.wiring import City, wire
from tests.support.business import TestCity
from tests.support.manual_clock import ManualClock
from tests.support.publisher import Publisher
from tests.support.receiver import Receiver
from tests.support.refusing_city import RefusingStore
from tests.support.sabae import FOLDER


class ClosedStore(RefusingStore):
    """One that takes nothing while it is closed."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.is_closed = False

    def write(self, batch: ReadingBatch) -> Written:
        if self.is_closed:
            raise UnavailableError("away for a while")
        return self._store.write(batch)


@pytest.fixture
def impatient_sabae(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sabae, for which a second is already long, and which looks ten times a second."""
    monkeypatch.setattr(megane.condition, "EVERY_S", 0.1)
    folder = tmp_path / "city"
    shutil.copytree(FOLDER, folder)
    file = folder / "catalog" / "devices-town.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("levels: {watch: 60}") == 2
    file.write_text(text.replace("levels: {watch: 60}", "levels: {watch: 1}"), encoding="utf-8")
    return folder


async def test_a_store_that_refuses_is_an_alert_that_resolves_when_it_takes_again(
    tmp_path: Path, impatient_sabae: Path, free_port: Callable[[], int]
) -> None:
    settings = Settings(
        home=str(tmp_path / "home"),
        city=str(impatient_sabae),
        mqtt=Mqtt(port=free_port()),
        http=Http(port=free_port()),
    )
    store, until = ClosedStore(MemoryStore()), asyncio.Event()
    async with Receiver() as digital:
        city = wired(settings, digital, store)

        async def close_the_store() -> None:
            store.is_closed = True
            await asyncio.to_thread(send_a_reading, settings.mqtt.port)

        running = asyncio.create_task(run_city(city, until, close_the_store))
        await digital.until(lambda: [r.state for r in digital.taken] == ["firing"])
        store.is_closed = False
        await digital.until(lambda: [r.state for r in digital.taken] == ["firing", "resolved"])
        until.set()
        await running
    firing, resolved = digital.taken
    assert {firing.subject, resolved.subject} == {"megane:store_standstill"}
    assert firing.event["data"]["title"]["ja"] == "保存先が計測値を受け取らない"
    assert firing.event["data"]["owner"]["id"] == "digital"
    assert stored(city) == city.condition.said + 1
    assert replayed(Path(settings.home)) == {firing.event["id"], resolved.event["id"]}


async def test_a_certificate_that_no_device_renews_is_an_alert_until_it_is_revoked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: Callable[[], int]
) -> None:
    monkeypatch.setattr(megane.condition, "EVERY_S", 0.1)
    settings = Settings(
        home=str(tmp_path / "home"),
        city=str(FOLDER),
        mqtt=Mqtt(port=free_port(), devices=DeviceWay(port=free_port(), names=("localhost",), bind="127.0.0.1")),
        http=Http(port=free_port()),
    )
    enrolled_long_ago(tmp_path / "home" / "authority", "rpi-toba", days=300)
    until = asyncio.Event()
    async with Receiver() as digital:
        city = wired(settings, digital, MemoryStore())

        def revoke() -> int:
            way = httpx.HTTPTransport(uds=str(Path(settings.home) / SOCKET_NAME))
            with httpx.Client(transport=way, base_url="http://localhost") as api:
                return api.post("/v1/devices/rpi-toba/revoke", json={}).status_code

        running = asyncio.create_task(run_city(city, until))
        await digital.until(lambda: [r.state for r in digital.taken] == ["firing"])
        assert await asyncio.to_thread(revoke) == httpx.codes.OK
        await digital.until(lambda: [r.state for r in digital.taken] == ["firing", "resolved"])
        until.set()
        await running
    firing = digital.taken[0]
    assert firing.subject == "megane:certificate_age"
    assert firing.event["data"]["severity"] == 1
    assert firing.event["data"]["evidence"]["value"] == 82
    assert city.condition.said == stored(city) == 2  # it stays: that is no news


async def test_a_device_whose_clock_is_ahead_is_an_alert_until_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: Callable[[], int]
) -> None:
    monkeypatch.setattr(megane.condition, "EVERY_S", 0.1)
    settings = Settings(
        home=str(tmp_path / "home"),
        city=str(FOLDER),
        mqtt=Mqtt(port=free_port()),
        http=Http(port=free_port()),
    )

    async def say(ahead_ms: int, jumps: int) -> None:
        sent_ms = SystemClock().now_ms() + ahead_ms
        state = DeviceState(Presence.ONLINE, clock=ClockState.OK, boot="b1", jumps=jumps, sent_ms=sent_ms)
        await asyncio.to_thread(send_a_state, settings.mqtt.port, state)

    until = asyncio.Event()
    async with Receiver() as digital:
        city = wired(settings, digital, MemoryStore())
        running = asyncio.create_task(run_city(city, until, lambda: say(3_600_000, 0)))
        await digital.until(lambda: [r.state for r in digital.taken] == ["firing"])
        await say(0, 1)
        await digital.until(lambda: [r.state for r in digital.taken] == ["firing", "resolved"])
        until.set()
        await running
    firing = digital.taken[0]
    assert firing.subject == "megane:clock_skew"
    assert firing.event["data"]["evidence"]["value"] <= 3_600


def wired(settings: Settings, digital: Receiver, store: Store) -> City:
    return wire(
        settings,
        SystemClock(),
        random.Random(1),
        asyncio.get_running_loop(),
        store=store,
        addresses=TestCity({"digital": digital.url}),
    )


def enrolled_long_ago(authority: Path, device: str, days: int) -> None:
    """The device has had its certificate, good for a year, for so long."""
    then = ManualClock(SystemClock().now_ms() - round(timedelta(days=days).total_seconds() * 1000))
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    signed = request.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    Authority(authority, then).issue(device, signed.public_bytes(serialization.Encoding.PEM))


def send_a_reading(port: int) -> None:
    with Publisher(port) as device:
        device.send("megane/sabae/rpi-toba/up", f'[{{"n":"battery_voltage","u":"V","t":{int(time.time())},"v":12.5}}]')


def send_a_state(port: int, state: DeviceState) -> None:
    with Publisher(port) as device:
        device.send("megane/sabae/rpi-toba/state", state.encode(), retain=True)


def stored(city: City) -> int:
    """The reading that a device sent, and those that the city said of itself: nothing was lost meanwhile."""
    count = city.registry.get_sample_value("megane_readings_total", {"outcome": "stored", "reason": ""})
    assert count == city.registry.get_sample_value("megane_readings_received_total")
    return int(count or 0)


def replayed(home: Path) -> set[str]:
    """Ids of the told events that an undisturbed run of the journal gives: they are a function of it."""
    command = [MEGANE[0], "replay", str(home / "journal.sqlite"), "--format", "journal", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    events = json.loads(run.stdout.splitlines()[-1])["events"]
    return {event["id"] for event in events if event["to_state"] in {AlertState.FIRING, AlertState.RESOLVED}}
