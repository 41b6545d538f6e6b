"""The demo with InfluxDB as the store: its books balance, and the alerts are those of the embedded store."""

import json
import subprocess
from pathlib import Path

import msgspec

from tests.support.city_process import MEGANE


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
    command = [MEGANE[0], "demo", "--for", "30s", "--json", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return msgspec.convert(json.loads(run.stdout.splitlines()[-1]), Demo)


def events(of: Demo, until: str) -> set[tuple[str, str, str, str]]:
    """Those that readings bring about. When a sensor counts as silent depends on the machine's pace in quick motion."""
    return {
        (event.rule, event.subject, event.state, event.at)
        for event in of.alerts
        if event.at <= until and not event.rule.endswith("no-data")
    }


def test_the_demo_says_the_same_with_either_store() -> None:
    runs = {store: demo("--store", store) for store in ("duckdb", "influxdb")}
    for run in runs.values():
        assert run.published == run.stored + run.duplicates + sum(run.quarantined.values())
    # InfluxDB cannot tell them: there they count as stored.
    assert runs["duckdb"].duplicates > 0
    assert runs["influxdb"].duplicates == 0
    # Both were stopped after so many real seconds, not at the same simulated one.
    until = min(max(event.at for event in run.alerts) for run in runs.values())
    alerts = {store: events(run, until) for store, run in runs.items()}
    assert alerts["influxdb"] == alerts["duckdb"]
    assert len(alerts["duckdb"]) > 10


def test_it_can_be_looked_over_before(tmp_path: Path) -> None:
    settings = tmp_path / "megane.toml"
    settings.write_text('[store]\nkind = "influxdb"\n[store.options]\nurl = "http://127.0.0.1:1"\n')
    command = [MEGANE[0], "check", "--settings", str(settings), "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    (warning,) = (w for w in json.loads(run.stdout.splitlines()[-1])["warnings"] if w["file"] == "[store]")
    assert "dbrp" in warning["text"]
