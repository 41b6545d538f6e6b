"""`megane device command … set` at a real city and signs that run the agent: one obeys, one refuses, one is silent."""

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.city_process import MEGANE, CityProcess
from bench.waiting import wait_for
from firmware_sim.fleet import Fleet
from firmware_sim.scenario_file import load_scenario
from megane.clocks import SystemClock
from tests.support.sabae import sabae_catalog

OBEYS, REFUSES, SILENT = "rpi-under-oguro", "rpi-under-hinode", "rpi-under-mizuochi"
SCENARIO = """\
title: {ja: 表示板, en: Signs}
span: 1h
seed: 1
sampling: 1s
firmware: whole
phenomena:
  - name: signs
    kind: switch
    sensors: {device: [rpi-under-oguro, rpi-under-hinode, rpi-under-mizuochi], quantity: on_off}
    from_h: 0
    until_h: 0
actuators:
  - {devices: rpi-under-hinode, answer: refuses}
  - {devices: rpi-under-mizuochi, answer: silent}
"""


@pytest.fixture
def city(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[CityProcess]:
    with CityProcess(tmp_path / "home", free_port(), free_port()) as process:
        yield process


class Command:
    """`megane device command` as a process beside others."""

    def __init__(self, city: CityProcess, device: str, message: str, within_s: int) -> None:
        command = [MEGANE[0], "device", "command", device, "set", f"message={message}", "--within", str(within_s)]
        self._process = subprocess.Popen(
            [*command, "--json", "--home", str(city.home)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"MEGANE_LANG": "en"},
        )

    def ended(self) -> tuple[int, dict[str, Any], str]:
        """Its exit status, what became of the command, and what it said of that."""
        out, err = self._process.communicate(timeout=240)
        return self._process.returncode, json.loads(out), err


def device(city: CityProcess, name: str) -> dict[str, Any]:
    devices = city.api.get("/v1/devices").json()["devices"]
    return next(one for one in devices if one["device"] == name)


async def test_a_sign_that_is_commanded_obeys_refuses_or_is_silent(city: CityProcess, tmp_path: Path) -> None:
    clock, catalog = SystemClock(), sabae_catalog()
    start = datetime.fromtimestamp(clock.now_ms() // 1_000, UTC).isoformat()
    scenario = load_scenario({"scenarios/signs.yaml": f"start: {start}\n{SCENARIO}"}, "signs", catalog)
    fleet = Fleet(
        scenario,
        clock=clock,
        network_clock=clock,
        steady_s=time.perf_counter,
        host="127.0.0.1",
        port=city.mqtt_port,
        root="megane",
        folder=tmp_path / "devices",
    )
    sailing = asyncio.create_task(fleet.run())
    try:
        await asyncio.to_thread(commanded, city)
    finally:
        sailing.cancel()
        await asyncio.wait([sailing])
    assert sailing.cancelled()


def commanded(city: CityProcess) -> None:
    wait_for(
        lambda: all(device(city, name)["outputs"] == {"message": ""} for name in (OBEYS, REFUSES, SILENT)), "signs"
    )
    silent = Command(city, SILENT, "通行止", within_s=1)

    status, told, said = Command(city, OBEYS, "通行止", within_s=60).ended()
    assert (status, told["outcome"], told["detail"]) == (0, "done", "message=通行止"), said
    wait_for(lambda: device(city, OBEYS)["outputs"] == {"message": "通行止"}, "its state")
    wait_for(lambda: latest(city, OBEYS) == 1, "the sensor that watches it")

    status, told, said = Command(city, REFUSES, "通行止", within_s=60).ended()
    assert (status, told["outcome"], told["reason"]) == (1, "refused", "failed")
    assert "does not move" in said
    assert device(city, REFUSES)["outputs"] == {"message": ""}

    status, told, said = Command(city, OBEYS, "徐行", within_s=60).ended()
    assert (status, told["outcome"], told["reason"]) == (1, "refused", "unknown")
    assert "通行止" in said

    shown = subprocess.run(
        [MEGANE[0], "device", "show", OBEYS, "--home", str(city.home)], capture_output=True, text=True, check=True
    )
    assert "通行止" in shown.stdout

    status, told, said = silent.ended()
    assert (status, told["outcome"]) == (1, "expired")
    assert "nobody answered in time" in said
    assert device(city, SILENT)["online"]
    assert device(city, SILENT)["outputs"] == {"message": ""}


def latest(city: CityProcess, name: str) -> float | None:
    """Of the sensor `sign_on`."""
    found = city.api.get("/v1/latest?quantity=on_off").json()
    return dict(zip(found["series"], found["value"], strict=True)).get(f"{name}:sign_on")
