"""`megane device …` as staff use it: a real city, its broker, and the agent of a device as processes."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench.city_process import MEGANE, CityProcess
from bench.waiting import wait_for
from tests.support.edge_process import EdgeProcess

DEVICE = "rpi-toba"


@pytest.fixture
def city(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[CityProcess]:
    with CityProcess(tmp_path / "home", free_port(), free_port()) as process:
        yield process


def megane(city: CityProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [MEGANE[0], "device", *arguments, "--home", str(city.home)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def shown(city: CityProcess) -> dict[str, Any]:
    run = megane(city, "show", DEVICE, "--json")
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def wanted(tmp_path: Path, edge: EdgeProcess, **more: object) -> str:
    sensor = msgspec.to_builtins(edge.sensor(0.1))
    file = tmp_path / "wanted.json"
    file.write_text(json.dumps({"sensors": [{**sensor, **more}]}))
    return str(file)


def test_a_device_is_configured_commanded_and_looked_at_from_the_desk(city: CityProcess, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    with edge:
        wait_for(lambda: shown(city)["online"], "the device")
        # Both have the machine's clock: what it said was under way, and its clock is not ahead, but for the rounding.
        wait_for(lambda: shown(city)["measured_skew_ms"] is not None, "the city's measure of its clock")
        assert shown(city)["measured_skew_ms"] <= 1
        assert megane(city, "configure", DEVICE, wanted(tmp_path, edge)).returncode == 0
        wait_for(lambda: shown(city)["revision"] == 1, "its first revision")
        wait_for(lambda: city.readings()["stored"] > 5, "its readings")

        run = megane(city, "command", DEVICE, "ping", "--json")
        assert run.returncode == 0, run.stderr
        assert (json.loads(run.stdout)["outcome"], json.loads(run.stdout)["detail"]) == ("done", "revision 1")

        run = megane(city, "command", DEVICE, "explode")
        assert run.returncode == 1
        assert "知らない" in run.stderr or "knows no such" in run.stderr

        # What the city cannot see, the device does: it has no such driver, says so, and stays what it was.
        assert megane(city, "configure", DEVICE, wanted(tmp_path, edge, driver="telepathy")).returncode == 0
        wait_for(lambda: "telepathy" in str(shown(city)["refused"]), "that it refuses")
        assert shown(city)["revision"] == 1

        assert DEVICE in megane(city, "list").stdout
        assert edge.stop() == 0
    wait_for(lambda: shown(city)["online"] is False, "that it is gone")


def test_a_device_that_was_away_becomes_what_was_wanted_meanwhile(city: CityProcess, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    megane(city, "configure", DEVICE, wanted(tmp_path, edge))
    city.kill()
    city.start()
    with edge:
        wait_for(lambda: shown(city)["revision"] == 1, "what was wanted")


def test_what_cannot_be_is_said_and_the_exit_tells(city: CityProcess, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    for arguments, words in (
        (("show", "nobody"), "nobody"),
        (("configure", "nobody", wanted(tmp_path, edge)), "nobody"),
        (("configure", DEVICE, "/nowhere.json"), "/nowhere.json"),
        (("configure", DEVICE, wanted(tmp_path, edge, every_s=0)), "every_s"),
        (("command", DEVICE, "ping", "rubbish"), "rubbish"),
    ):
        run = megane(city, *arguments)
        assert run.returncode == 1
        assert words in run.stderr
        assert "Traceback" not in run.stderr


def test_a_command_that_nobody_answers_expires(city: CityProcess) -> None:
    body = {"by": "hanako", "name": "ping", "within_s": 0.5}
    answer = city.api.post(f"/v1/devices/{DEVICE}/commands", json=body)
    assert answer.status_code == 200
    assert answer.json()["outcome"] is None
    listed = city.api.get(f"/v1/devices/{DEVICE}/commands").json()["commands"]
    assert [one["id"] for one in listed] == [answer.json()["id"]]
