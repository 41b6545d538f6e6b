"""kill -9 of the city in the middle of its work: nothing is lost or doubled, and no alert event differs."""

import json
import math
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import httpx
import pytest

from bench.city_process import MEGANE, CityProcess
from bench.servers import Server, influxdb
from bench.waiting import wait_for
from tests.support.flood import Flood, Pack
from tests.support.influxdb import ask

READINGS = 200_000
PER_MESSAGE = 10
KILLS = 3
STEP_S = 10
LAST = Pack("megane/sabae/rpi-toba/up", "battery_voltage", 0, STEP_S, (12.5,), "V")
GAUGES = ("rpi-toba", "rpi-matsunari", "rpi-kitanaka", "rpi-desaku", "rpi-tadasubashi", "rpi-iehisa")

SABAE = Path(__file__).resolve().parents[2] / "cities" / "sabae"


def packs_of(gauges: Sequence[str], readings: int, end_s: int) -> list[Pack]:
    """Rising and falling water at every gauge, so that levels are passed again and again."""
    rounds = readings // PER_MESSAGE // len(gauges)
    start_s = end_s - rounds * PER_MESSAGE * STEP_S

    def level(gauge: int, k: int) -> float:
        return round(4.5 + 4.0 * math.sin(gauge + k / 180), 3)

    return [
        Pack(
            f"megane/sabae/{device}/up",
            "water_level",
            start_s + first * STEP_S,
            STEP_S,
            tuple(level(gauge, first + k) for k in range(PER_MESSAGE)),
        )
        for first in range(0, rounds * PER_MESSAGE, PER_MESSAGE)
        for gauge, device in enumerate(gauges)
    ]


@pytest.fixture
def city(tmp_path: Path, free_port: Callable[[], int], request: pytest.FixtureRequest) -> Iterator[CityProcess]:
    command: Sequence[str] = getattr(request, "param", MEGANE)
    with CityProcess(tmp_path / "home", free_port(), free_port(), command=command) as process:
        yield process


REFUSING = (sys.executable, str(Path(__file__).resolve().parents[1] / "support" / "refusing_city.py"))


@pytest.mark.parametrize("city", [MEGANE, REFUSING], indirect=True, ids=["willing-store", "store-refuses-10-s"])
def test_three_kills_lose_nothing_double_nothing_and_change_no_event(city: CityProcess) -> None:
    expected = flooded_and_killed(city)
    stored = stored_readings(city.home)
    assert len(stored) == len(expected)
    assert set(stored) == expected
    committed = committed_events(city.home)
    assert len(committed) > 100
    assert committed == replayed_events(city.home)


@pytest.fixture
def influx(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Server]:
    folder = tmp_path / "influxdb"
    folder.mkdir()
    with influxdb(folder, free_port(), free_port()) as server:
        yield server


def test_the_same_with_influxdb_as_the_store_which_is_killed_too(
    tmp_path: Path, free_port: Callable[[], int], influx: Server
) -> None:
    settings = tmp_path / "megane.toml"
    settings.write_text(f'[store]\nkind = "influxdb"\n[store.options]\nurl = "{influx.url}"\ndatabase = "city"\n')
    arguments = ("--settings", str(settings))
    with CityProcess(tmp_path / "home", free_port(), free_port(), arguments=arguments) as city:

        def lose_the_store() -> None:
            """kill -9 of InfluxDB; it comes back once the city has felt it."""
            failures = city.metrics()["megane_store_write_failures_total"]
            influx.kill()
            wait_for(lambda: city.metrics()["megane_store_write_failures_total"] > failures, "a write that fails")
            influx.start()

        expected = flooded_and_killed(city, lose_the_store)
        stored = [
            (f"{table.tags['device']}:{table.tags['sensor']}", int(at), float(value))
            for table in ask(influx.url, "SELECT value FROM /.*/ GROUP BY device, sensor", "city")
            for at, value in zip(table.integers("time"), table.numbers("value"), strict=True)
        ]
        assert len(stored) == len(expected)
        assert set(stored) == expected
        committed = committed_events(city.home)
        assert len(committed) > 100
        assert committed == replayed_events(city.home)


def flooded_and_killed(city: CityProcess, before: Callable[[], None] = lambda: None) -> set[tuple[str, int, float]]:
    """Sends the readings, kills the city on the way, the first time after what comes `before`, and lets the city come
    to its end. The readings that must be stored: series, time, value.
    """
    chance = random.Random(20240623)
    now_s = int(time.time())
    packs = [*packs_of(GAUGES, READINGS, now_s), replace(LAST, first_s=now_s)]
    moments = sorted(chance.sample(range(len(packs) // 20, len(packs) * 9 // 10), KILLS))
    flood = Flood(city.mqtt_port, packs)
    flood.start()
    for moment in moments:
        wait_for(partial(_reached, flood, moment), f"{moment} messages acknowledged")
        if moment == moments[0]:  # readings are surely still coming in
            before()
        city.kill()
        city.start()
    wait_for(lambda: flood.done, "all messages acknowledged by the broker")
    flood.close()
    wait_for(lambda: _settled(city), "store and engine at the journal's end")
    assert city.stop() == 0
    return {
        (f"{pack.topic.split('/')[2]}:{pack.sensor}", (pack.first_s + k * pack.step_s) * 1000, value)
        for pack in packs
        for k, value in enumerate(pack.values)
    }


def _reached(flood: Flood, moment: int) -> bool:
    return flood.acknowledged >= moment


def _settled(city: CityProcess) -> bool:
    """The last reading is stored, and so all before it: every queue on the way is in order. The engine is there too."""
    answer = city.api.get(f"/v1/series/{LAST.topic.split('/')[2]}/{LAST.sensor}?from=0&to=4102444800", timeout=30)
    assert answer.status_code == httpx.codes.OK, answer.text
    if not answer.json()["time"]:
        return False
    metrics = city.metrics()
    return metrics["megane_engine_position"] == metrics["megane_journal_position"]


def stored_readings(home: Path) -> list[tuple[str, int, float]]:
    """Every row of the raw table: series, time, value."""
    with duckdb.connect(str(home / "store" / "readings.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT s.device || ':' || s.sensor, r.time, r.value FROM reading r JOIN series s ON s.id = r.series"
        ).fetchall()
    return [(str(device), int(at), float(value)) for device, at, value in rows]


def committed_events(home: Path) -> set[str]:
    """Ids of the alert events in the city's database."""
    with sqlite3.connect(f"file:{home / 'city.sqlite'}?mode=ro", uri=True) as connection:
        return {str(row[0]) for row in connection.execute("SELECT id FROM alert_event WHERE told")}


def replayed_events(home: Path) -> set[str]:
    """Ids of the events that an undisturbed run of the same journal gives."""
    command = [MEGANE[0], "replay", str(home / "journal.sqlite"), "--format", "journal", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return {event["id"] for event in json.loads(run.stdout.splitlines()[-1])["events"]}
