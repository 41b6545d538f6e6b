"""The demo as a person runs it: the books balance and everybody is told."""

import json
import subprocess
import sys
from pathlib import Path

MEGANE = str(Path(sys.executable).parent / "megane")


def test_the_demo_balances_its_books_and_tells_every_event() -> None:
    command = [MEGANE, "demo", "--for", "30s", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout.splitlines()[-1])
    assert report["published"] == report["stored"] + report["duplicates"] + sum(report["quarantined"].values())
    assert report["stored"] > 1_000
    assert report["duplicates"] > 0
    assert {"undecodable", "unknown_sensor"} <= set(report["quarantined"])
    rules = {alert["rule"] for alert in report["alerts"] if alert["subject"] == "rpi-toba:water_level"}
    assert {"river-standby", "river-caution"} <= rules
    assert report["undelivered"] == []
    assert report["webhooks"]["dead"] == 0
    assert report["webhooks"]["delivered"] >= len(report["alerts"])
    assert 0 < report["latency_ms"]["p50"] <= report["latency_ms"]["p99"]
