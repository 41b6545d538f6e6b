"""`megane grafana push`, held against Grafana's own description of its API."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from city.messages.text import Lang
from megane.grafana import GrafanaError, run_push
from megane.settings import Settings
from tests.support.recorded_grafana import TOKEN, Grafana, recorded_grafana

DESCRIPTION = Path(__file__).parent / "grafana_api.yaml"


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    with recorded_grafana(DESCRIPTION) as server:
        yield server


@pytest.fixture
def token(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    return file


def push(grafana: Grafana, token: Path, capsys: pytest.CaptureFixture[str], readings: str = "promql") -> list[str]:
    run_push(Settings(), grafana.url, token, readings, lang=Lang.EN)
    return capsys.readouterr().out.splitlines()


def test_a_first_push_makes_the_folder_and_every_dashboard(
    grafana: Grafana, token: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grafana.sources = {"megane-city", "megane-metrics"}

    said = push(grafana, token, capsys)

    assert grafana.wrong == []
    assert said[0] == "folder created: Megane Sabae City"
    assert len([line for line in said if line.startswith("created: ")]) == len(grafana.dashboards) == len(said) - 1
    assert {board["meta"]["folderUid"] for board in grafana.dashboards.values()} == {"megane-sabae"}


def test_a_second_push_changes_nothing_and_says_so(
    grafana: Grafana, token: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grafana.sources = {"megane-city", "megane-metrics"}
    push(grafana, token, capsys)
    grafana.asked.clear()

    said = push(grafana, token, capsys)

    assert said == [f"{len(grafana.dashboards)} unchanged"]
    assert {"createFolder", "updateFolder", "postDashboard"}.isdisjoint(grafana.asked)
    assert grafana.wrong == []


def test_what_was_changed_by_hand_or_moved_is_put_right_and_nothing_else(
    grafana: Grafana, token: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    push(grafana, token, capsys)
    grafana.dashboards["megane-co2"]["dashboard"]["title"] = "mine"
    grafana.dashboards["megane-sensor"]["meta"]["folderUid"] = "elsewhere"
    grafana.folders["megane-sabae"]["title"] = "renamed"

    said = push(grafana, token, capsys)

    assert said[0] == "folder renamed: Megane Sabae City"
    assert said[1:3] == ["updated: CO2 concentration", "updated: Sensor"]
    assert said[3] == f"{len(grafana.dashboards) - 2} unchanged"
    assert grafana.dashboards["megane-co2"]["dashboard"]["title"] == "CO2 concentration"
    assert grafana.wrong == []


def test_data_sources_that_grafana_lacks_are_named(
    grafana: Grafana, token: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grafana.sources = {"megane-city"}

    said = push(grafana, token, capsys, "influxql")

    assert ["megane-metrics" in line for line in said[-2:]] == [True, False]
    assert "megane-influxdb" in said[-1]


def test_what_a_person_can_mend_is_told(grafana: Grafana, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("no")

    with pytest.raises(GrafanaError, match=r"refused .401"):
        run_push(Settings(), grafana.url, wrong, "promql", lang=Lang.EN)
    with pytest.raises(GrafanaError, match="cannot be reached"):
        run_push(Settings(), "http://127.0.0.1:1", wrong, "promql", lang=Lang.EN)
    with pytest.raises(GrafanaError, match="cannot be read"):
        run_push(Settings(), "grafana", wrong, "promql", lang=Lang.EN)
    with pytest.raises(GrafanaError, match="no token file"):
        run_push(Settings(), grafana.url, None, "promql", lang=Lang.EN)
    with pytest.raises(GrafanaError, match="promql, influxql"):
        run_push(Settings(), grafana.url, wrong, "flux", lang=Lang.EN)


def test_the_command_writes_the_same_files_twice(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "from megane.cli import main; main()", "grafana", "write"]

    for folder in ("one", "two"):
        subprocess.run([*program, str(tmp_path / folder)], check=True, capture_output=True)

    one, two = ({f.name: f.read_bytes() for f in (tmp_path / folder).iterdir()} for folder in ("one", "two"))
    assert one == two
    assert "megane-overview.json" in one
