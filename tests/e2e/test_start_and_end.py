"""A city that cannot start says why in a sentence; one that is told to stop loses nothing; its broker may die."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb
import httpx
import pytest

from bench.city_process import MEGANE, CityProcess
from bench.waiting import wait_for
from tests.support.books import Books, Counted
from tests.support.flood import Flood, Pack
from tests.support.publisher import Publisher

UP = "megane/sabae/rpi-toba/up"
READINGS = 60_000
PER_MESSAGE = 10
STEP_S = 10  # rules look hours back: at one a second most of the time would go into their windows


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[CityProcess]:
    with CityProcess(tmp_path_factory.mktemp("running") / "home", free_port(), free_port()) as process:
        yield process


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


def refused(*arguments: str, environment: dict[str, str] | None = None) -> str:
    """What `megane up` says when it does not start: exit status 1, and no traceback."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("MEGANE_")} | {"MEGANE_LANG": "en"}
    run = subprocess.run(
        [*MEGANE, *arguments], capture_output=True, text=True, check=False, timeout=120, env=own | (environment or {})
    )
    assert run.returncode == 1, run.stderr
    assert "Traceback" not in run.stderr
    return run.stderr


def test_a_second_city_on_the_same_home_is_refused_and_harms_nothing(
    city: CityProcess, free_port: Callable[[], int]
) -> None:
    books, pid = Books(city), broker_pid(city)
    ports = ("--mqtt-port", str(free_port()), "--http-port", str(free_port()))
    said = refused("--home", str(city.home), *ports)
    assert f"Another megane is writing {city.home / 'journal.sqlite'}" in said
    assert broker_pid(city) == pid
    with Publisher(city.mqtt_port) as device:
        device.send(UP, reading(1))
    books.expect(Counted(stored=1, accepted=1))


def test_a_taken_http_port_is_named(tmp_path: Path, free_port: Callable[[], int], taken_port: int) -> None:
    said = refused("--home", str(tmp_path), "--mqtt-port", str(free_port()), "--http-port", str(taken_port))
    assert f"Cannot listen on port {taken_port} of 127.0.0.1" in said
    assert "--http-port" in said


def test_a_taken_mqtt_port_is_named(tmp_path: Path, free_port: Callable[[], int], taken_port: int) -> None:
    said = refused("--home", str(tmp_path), "--mqtt-port", str(taken_port), "--http-port", str(free_port()))
    assert f"Cannot use the MQTT port 127.0.0.1:{taken_port}" in said
    assert "--mqtt-port" in said


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[mqtt]\nprot = 1884\n", ("prot", "$.mqtt")),
        ("[http\n", ("line 1",)),
        ("[store]\nkind = 'cloud'\n", ("cloud", "duckdb")),
        ("[endpoints.bosai]\nurl = 'https://example.net/'\nsecret_files = ['/nowhere/secret']\n", ("/nowhere/secret",)),
        ("[mqtt]\nbroker = false\nurl = 'http://example.net'\n", ("http://example.net", "--mqtt-url")),
    ],
)
def test_broken_settings_are_named(
    tmp_path: Path, toml: str, words: Sequence[str], free_port: Callable[[], int]
) -> None:
    file = tmp_path / "megane.toml"
    file.write_text(toml, encoding="utf-8")
    said = refused("--settings", str(file), "--home", str(tmp_path / "home"), "--mqtt-port", str(free_port()))
    assert all(word in said for word in words), said


def test_a_broken_setting_in_the_environment_is_named(tmp_path: Path) -> None:
    said = refused("--home", str(tmp_path), environment={"MEGANE_HTTP__PROT": "1"})
    assert "prot" in said
    assert "$.http" in said


def test_a_broken_catalog_is_refused_with_every_mistake_and_its_line(tmp_path: Path) -> None:
    catalog = tmp_path / "city" / "catalog"
    catalog.mkdir(parents=True)
    (tmp_path / "city" / "rules").mkdir()
    (catalog / "city.yaml").write_text("city:\n  id: [\n", encoding="utf-8")
    said = refused("--home", str(tmp_path / "home"), "--city", str(tmp_path / "city"))
    assert "catalog/city.yaml:" in said


def test_a_killed_mosquitto_is_started_again_and_the_flow_goes_on(city: CityProcess) -> None:
    books, pid = Books(city), broker_pid(city)
    with Publisher(city.mqtt_port) as device:
        device.send(UP, reading(2))
        books.expect(Counted(stored=1, accepted=1))
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: broker_pid(city) not in {0, pid}, "another Mosquitto")
    wait_for(lambda: ready(city), "the city connected to it")
    with Publisher(city.mqtt_port) as device:
        device.send(UP, reading(3))
    books.expect(Counted(stored=2, accepted=2))


def test_sigterm_in_the_middle_loses_nothing_and_retained_rubbish_harms_no_start(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    now_s = int(time.time())
    packs = [
        Pack(
            UP,
            "water_level",
            now_s - STEP_S * (READINGS - first),
            STEP_S,
            tuple(float(k % 7) for k in range(first, first + PER_MESSAGE)),
        )
        for first in range(0, READINGS, PER_MESSAGE)
    ]
    expected = {((pack.first_s + k * STEP_S) * 1000, value) for pack in packs for k, value in enumerate(pack.values)}
    city = CityProcess(tmp_path / "home", free_port(), free_port())
    with city:
        with Publisher(city.mqtt_port) as device:
            device.send(UP, b"\xff", retain=True)
        flood = Flood(city.mqtt_port, packs)
        flood.start()
        wait_for(lambda: flood.acknowledged > len(packs) // 3, "a third of the messages")
        assert city.stop() == 0
        assert "Stopped. Everything in hand is recorded." in city.log
        assert 0 < len(stored_water_levels(city.home)) < READINGS

        city.start()
        wait_for(lambda: flood.done, "all messages acknowledged by the broker")
        flood.close()
        books = Books(city)
        with Publisher(city.mqtt_port) as device:
            device.send("megane/sabae/rpi-desaku/up", reading(1))
        wait_for(lambda: books.counted().accepted > 0, "the last reading")
        wait_for(lambda: city.metrics()["megane_store_lag_entries"] == 0, "the store at the journal's end")
        assert city.metrics()['megane_readings_total{outcome="quarantined",reason="undecodable"}'] == 1
        assert city.stop() == 0
    assert stored_water_levels(city.home) == sorted(expected)


def reading(number: int) -> str:
    """One that nothing else in this module sends."""
    return f'[{{"n":"battery_voltage","u":"V","t":{int(time.time()) - 3600 + number},"v":12.5}}]'


def ready(city: CityProcess) -> bool:
    return httpx.get(f"{city.url}/readyz", timeout=30).status_code == httpx.codes.OK


def broker_pid(city: CityProcess) -> int:
    """0 while there is none."""
    try:
        return int((city.home / "mosquitto" / "mosquitto.pid").read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def stored_water_levels(home: Path) -> list[tuple[int, float]]:
    with duckdb.connect(str(home / "store" / "readings.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT r.time, r.value FROM reading r JOIN series s ON s.id = r.series"
            " WHERE s.device = 'rpi-toba' AND s.sensor = 'water_level'"
        ).fetchall()
    return sorted((int(at), float(value)) for at, value in rows)
