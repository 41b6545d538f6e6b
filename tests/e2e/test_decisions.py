"""People decide by commands in a running city: acknowledged, silenced, lifted, closed; and the journal says it all."""

import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bench.city_process import MEGANE, CityProcess
from bench.waiting import wait_for
from tests.support.publisher import Publisher

TOBA, KITANAKA = "rpi-toba:water_level", "rpi-kitanaka"


def megane(city: CityProcess, *arguments: str) -> dict[str, object]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MEGANE_")}
    command = [MEGANE[0], *arguments, "--home", str(city.home), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def send(city: CityProcess, value: float, device: str = "rpi-toba") -> None:
    """A reading of this moment."""
    time_s = time.time()
    with Publisher(city.mqtt_port) as publisher:
        publisher.send(
            f"megane/sabae/{device}/up", json.dumps([{"n": "water_level", "u": "m", "t": time_s, "v": value}])
        )


def alerts(city: CityProcess, rule: str, device: str = "rpi-toba") -> list[dict[str, object]]:
    found = city.api.get("/v1/alerts").raise_for_status().json()["alerts"]
    return [alert for alert in found if alert["rule"] == rule and alert["subject"] == f"{device}:water_level"]


def stored(city: CityProcess, value: float) -> bool:
    found = city.api.get("/v1/latest").raise_for_status().text
    return str(value) in found


def told(home: Path) -> list[tuple[str, str]]:
    """(id, rule and state) of the told events in the ledger, of the gauge."""
    with sqlite3.connect(home / "city.sqlite") as connection:
        rows = connection.execute(
            "SELECT id, rule || ' ' || to_state FROM alert_event WHERE told AND subject = ? ORDER BY id", (TOBA,)
        ).fetchall()
    connection.close()
    return rows


def test_what_people_decide_holds_over_a_restart_and_stands_in_the_journal(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    home, mqtt_port, http_port = tmp_path / "home", free_port(), free_port()
    with CityProcess(home, mqtt_port, http_port) as city:
        silence = megane(city, "silence", "add", "--rule", "river-danger", "--for", "2h", "--text", "橋の工事")
        send(city, 9.0)
        wait_for(lambda: alerts(city, "river-danger"), "the alert", 60)
        assert told(home) == []

        decided = megane(city, "alerts", "ack", "river-danger", TOBA, "--by", "鯖江 太郎", "--key", "k1")
        again = megane(city, "alerts", "ack", "river-danger", TOBA, "--by", "鯖江 太郎", "--key", "k1")
        assert (decided["position"], decided["applied"]) == (again["position"], True)
        (alert,) = alerts(city, "river-danger")
        assert alert["acknowledged"]["by"] == "鯖江 太郎"  # type: ignore[index]  # JSON

        send(city, 2.5, KITANAKA)
        wait_for(lambda: alerts(city, "river-danger", KITANAKA), "the other alert", 60)
        several = ("river-danger", TOBA, "river-danger", f"{KITANAKA}:water_level")
        both = megane(city, "alerts", "assign", *several, "--to", "花子", "--key", "k2")
        assert both["done"] == 2
        assert [alert["assignee"] for alert in alerts(city, "river-danger", KITANAKA)] == ["花子"]
        command = [MEGANE[0], "alerts", "comment", *several, "no-such", TOBA, "見た", "--home", str(city.home)]
        told_one = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert told_one.returncode == 1
        assert "3 件のうち 1 件" in told_one.stderr
        assert told_one.stdout.count("記録しました") == 2

        listed = megane(city, "silence", "list")["silences"]
        assert [one["id"] for one in listed] == [silence["id"]]  # type: ignore[attr-defined]  # JSON
        megane(city, "silence", "lift", str(silence["id"]))
        # At once, unless the city has not caught up yet: then as soon as it has.
        wait_for(lambda: [name for _, name in told(home)] == ["river-danger firing"], "what still fires told", 90)

        closed = megane(city, "alerts", "close", "river-danger", TOBA, "--reason", "test", "--by", "鯖江 太郎")
        assert closed["alert"]["closed"]["reason"] == "test"  # type: ignore[index]  # JSON
        assert closed["alert"]["state"] == "resolved"  # type: ignore[index]  # JSON
        assert city.stop() == 0

    with CityProcess(home, mqtt_port, http_port) as city:
        send(city, 9.5)
        wait_for(lambda: stored(city, 9.5), "the reading", 60)
        assert [alert["state"] for alert in alerts(city, "river-danger")] == ["resolved"]
        decisions = city.api.get("/v1/alerts/decisions", params={"rule": "river-danger", "subject": TOBA}).json()[
            "decisions"
        ]
        assert [one["kind"] for one in decisions] == ["acknowledge", "assign", "comment", "close"]
        assert city.stop() == 0

    command = [MEGANE[0], "replay", str(home / "journal.sqlite"), "--format", "journal", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    events = json.loads(done.stdout.splitlines()[-1])["events"]
    replayed = sorted((e["id"], f"{e['rule']} {e['to_state']}") for e in events if e["subject"] == TOBA)
    assert replayed == told(home)
