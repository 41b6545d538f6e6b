"""New rules for a running city: by the command, by SIGHUP, and not at all where one is wrong."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.city_process import MEGANE, CityProcess
from bench.waiting import wait_for
from tests.support.rule_city import rule_text

SABAE = Path(__file__).parents[2] / "cities" / "sabae"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SABAE, tmp_path / "city"))


@pytest.fixture
def city(folder: Path, tmp_path: Path, free_port: Callable[[], int]) -> Iterator[CityProcess]:
    with CityProcess(tmp_path / "home", free_port(), free_port(), arguments=["--city", str(folder)]) as process:
        yield process


def reload(city: CityProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MEGANE_")} | {"MEGANE_LANG": "en"}
    return subprocess.run(
        [MEGANE[0], "rules", "reload", "--home", str(city.home), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment,
    )


def rules(city: CityProcess) -> set[str]:
    found = city.api.get("/v1/rules").raise_for_status().json()
    return {rule["rule"] for rule in found["rules"]}


def test_new_rules_come_into_force_whole_or_not_at_all(city: CityProcess, folder: Path) -> None:
    before = rules(city)
    (folder / "rules" / "ours.yaml").write_text(rule_text(id="ours"))
    done = reload(city)
    assert (done.returncode, done.stderr) == (0, "")
    assert "New: ours" in done.stdout
    assert rules(city) == before | {"ours"}

    (folder / "rules" / "ours.yaml").write_text(rule_text(id="ours", raise_="last() >= lvel(9)"))
    (folder / "rules" / "second.yaml").write_text(rule_text(id="second"))
    refused = reload(city)
    assert refused.returncode == 1
    assert "rules/ours.yaml:5" in refused.stderr
    assert "level" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert rules(city) == before | {"ours"}

    (folder / "rules" / "ours.yaml").unlink()
    os.kill(city.pid, signal.SIGHUP)
    wait_for(lambda: rules(city) == before | {"second"}, "the rules of the folder in force", 60)
    assert json.loads(reload(city, "--json").stdout)["position"] is None


def test_without_a_running_city_there_is_nothing_to_reload(tmp_path: Path) -> None:
    done = subprocess.run(
        [MEGANE[0], "rules", "reload", "--home", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(tmp_path) in done.stderr
