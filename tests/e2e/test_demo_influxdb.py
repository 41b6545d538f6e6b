"""The demo with InfluxDB as the store: its books balance, and the alerts are those of the embedded store."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.city_process import MEGANE
from bench.servers import influxdb
from city.alert import ZONE_SILENT
from city.sensor_health import HEALTH, SUFFIX
from tests.support.influxdb import ask

FAST, SLOW = 600, 200  # times as fast as the machine's clock; the first is what the demo takes by itself


class Event(msgspec.Struct):
    rule: str
    subject: str
    state: str
    at: str


class Demo(msgspec.Struct):
    published: int
    stored: int
    duplicates: int
    quarantined: dict[str, int]
    alerts: list[Event]


def demo(*arguments: str) -> Demo:
    command = [MEGANE[0], "demo", "--span", "5h", "--json", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 0, run.stderr
    return msgspec.convert(json.loads(run.stdout.splitlines()[-1]), Demo)


def events(of: Demo) -> list[tuple[str, str, str, str]]:
    """Those that readings bring about. When somebody counts as silent, and when the city speaks of a sensor's health,
    depends on the machine's pace in quick motion.
    """
    return sorted(
        (event.rule, event.subject, event.state, event.at)
        for event in of.alerts
        if event.rule != ZONE_SILENT and not event.rule.endswith("no-data") and not event.subject.endswith(SUFFIX)
    )


def both(folder: Path, port: Callable[[], int], speed: int) -> tuple[Demo, Demo, int]:
    """The demo with either store, and how many points are in InfluxDB afterwards."""
    folder.mkdir()
    duckdb = demo("--speed", str(speed), "--store", "duckdb")
    with influxdb(folder, port(), port()) as server:
        influx = demo("--speed", str(speed), "--store", "influxdb", "--store-url", server.url)
        counted = ask(server.url, "SELECT count(value) FROM /.*/", "megane-demo")
        measured = [table for table in counted if table.name != HEALTH]
        return duckdb, influx, sum(int(table.numbers("count")[0]) for table in measured)


def test_the_demo_says_the_same_with_either_store(tmp_path: Path, free_port: Callable[[], int]) -> None:
    duckdb, influx, points = both(tmp_path / "fast", free_port, FAST)
    if influx.published != duckdb.published or events(influx) != events(duckdb):
        # The machine could not keep up: devices sent again what had no receipt in time, or readings came later than the
        # city waits for them. In which run how often is chance.
        duckdb, influx, points = both(tmp_path / "slow", free_port, SLOW)
    assert influx.published == duckdb.published
    assert influx.quarantined == duckdb.quarantined
    assert influx.stored + influx.duplicates == duckdb.stored + duckdb.duplicates
    assert duckdb.published == duckdb.stored + duckdb.duplicates + sum(duckdb.quarantined.values())
    # InfluxDB cannot tell them: there they count as stored. What it keeps is each reading once.
    assert duckdb.duplicates > 0
    assert influx.duplicates == 0
    assert points == duckdb.stored
    assert events(influx) == events(duckdb)
    assert len(events(duckdb)) > 50


def test_an_influxdb_of_its_own_is_started_for_it() -> None:
    run = demo("--store", "influxdb", "--span", "30m")
    assert run.published == run.stored + sum(run.quarantined.values())
    assert run.stored > 500


def test_it_can_be_looked_over_before(tmp_path: Path) -> None:
    settings = tmp_path / "megane.toml"
    settings.write_text('[store]\nkind = "influxdb"\n[store.options]\nurl = "http://127.0.0.1:1"\n')
    command = [MEGANE[0], "check", "--settings", str(settings), "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    (warning,) = (w for w in json.loads(run.stdout.splitlines()[-1])["warnings"] if w["file"] == "[store]")
    assert "dbrp" in warning["text"]
