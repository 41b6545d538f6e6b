"""`megane tune`: the curve that it prints and draws, the files of events it reads, and what it says is wrong."""

import json
import sys
from pathlib import Path
from typing import cast

import pytest

from alerts.score import Event
from alerts.variants import Key, LevelOffset, Literal
from city.errors import MistakesError
from city.messages.text import Lang
from megane.cli import main
from megane.history import moment_ms
from megane.labels import read_labels
from megane.sweep import read_values, written
from tests.support.river_files import write_folder

RULE = (
    "- {id: high, title: {ja: 高い, en: High}, owner: bosai, select: {quantity: water_level}, "
    "raise: 'last() >= 5', severity: 3}\n"
)
# Toba, two waves: at 3:00 to 3 m, which is nothing, and at 12:00 to 6 m, the flood of the labels (from 12:30).
WAVES = {"03": [2.0, 2.5, 3.0, 3.0, 2.0, 1.5], "12": [3.0, 4.0, 5.0, 6.0, 6.0, 4.0]}
DAY = ("--from", "2024-06-23", "--to", "2024-06-24")
EVENTS = "subject,start,end\n80:level,2024-06-23T12:30,2024-06-23T13:00\n"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEGANE_LANG", "en")
    rows = "".join(
        f"2024-06-23T{hour:02}:{k}0,{WAVES.get(f'{hour:02}', [1.0] * 6)[k]},80\n"
        for hour in range(24)
        for k in range(6)
    )
    write_folder(tmp_path / "river", {"2024-06-23": rows})
    (tmp_path / "rule.yaml").write_text(RULE, encoding="utf-8")
    (tmp_path / "events.csv").write_text(EVENTS, encoding="utf-8")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["megane", "tune", *arguments])
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def tuned(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert run(monkeypatch, *arguments, "--over", "river", *DAY, "--json") == 0
    return cast("dict[str, object]", json.loads(capsys.readouterr().out.splitlines()[-1]))


def points(found: dict[str, object]) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", found["points"])


def test_the_json_is_the_curve(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = tuned(monkeypatch, capsys, "rule.yaml", "--target", "events.csv", "--number", "5", "--values", "2.5,5,7")
    low, now, high = points(found)
    del found["points"]
    assert found == {
        "rule": "high",
        "title": "High",
        "varied": "5",
        "unit": "m",
        "target": "events.csv",
        "start": "2024-06-23T00:00:00+09:00",
        "end": "2024-06-24T00:00:00+09:00",
        "readings": 144,
        "events": 1,
    }
    assert low == {
        "value": 2.5,
        "text": "2.5",
        "present": False,
        "alerts": 2,
        "right": 1,
        "wrong": 1,
        "unknown": 0,
        "events": 1,
        "told": 1,
        "precision": 0.5,
        "recall": 1.0,
        "lead": {"median_s": 1800.0, "least_s": 1800.0, "greatest_s": 1800.0},
        "hours": 1.5,
        "raised_at_night": 1,
    }
    assert now["present"]
    assert (now["precision"], now["recall"], now["hours"]) == (1.0, 1.0, 0.5)
    assert (high["alerts"], high["precision"], high["recall"], high["lead"]) == (0, None, 0.0, None)


def test_a_level_reached_can_be_the_event(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    # 5.60 m is the evacuation level of Toba: reached at 12:30.
    found = tuned(
        monkeypatch, capsys, "rule.yaml", "--target", 'level("evacuation")', "--number", "5", "--values", "4:6:1"
    )
    assert found["events"] == 1
    assert [cast("dict[str, float]", point["lead"])["median_s"] for point in points(found)] == [1200, 600, 0]


def test_durations_are_varied_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = tuned(
        monkeypatch, capsys, "rule.yaml", "--target", "events.csv", "--duration", "for", "--values", "0,10m,1h"
    )
    assert [(p["text"], p["present"], p["alerts"]) for p in points(found)] == [
        ("0m", True, 1),
        ("10m", False, 1),
        ("1h", False, 0),
    ]


def test_the_table_says_what_each_share_is_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("rule.yaml", "--target", "events.csv", "--number", "5", "--values", "2.5,5", "--over", "river", *DAY)
    assert run(monkeypatch, *arguments, "--png", "curve.png", "--html", "curve.html") == 0
    out = capsys.readouterr().out
    assert "1 events (events.csv)" in out
    assert "50% (1/2)" in out
    assert "5 *" in out
    assert Path("curve.png").read_bytes().startswith(b"\x89PNG")
    page = Path("curve.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "50% (1/2)" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--values", "1,2"), "Give one of"),
        (("--number", "5", "--level", "danger", "--values", "1,2"), "Give one of"),
        (("--number", "5", "--values", "many"), "many"),
        (("--number", "5", "--values", "1:2"), "1:2"),
        (("--number", "5", "--values", "0:1000:1"), "limit 200"),
        (("--number", "6", "--values", "1,2"), "There are: 5"),
        (("--duration", "soon", "--values", "1m"), "soon is no duration"),
        (("--number", "5", "--values", "1,2", "--target", 'level("'), "Cannot read"),
        (("--number", "5", "--values", "1,2", "--target", 'level("standb")'), "No event"),
        (("--number", "5", "--values", "1,2", "--target", "missing.csv"), "missing.csv"),
    ],
)
def test_what_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    target = () if "--target" in arguments else ("--target", "events.csv")
    assert run(monkeypatch, "rule.yaml", *target, *arguments, "--over", "river", *DAY) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("4.8:5.2:0.1", Literal(5), [4.8, 4.9, 5.0, 5.1, 5.2]),
        ("-0.2:0.2:0.2", LevelOffset("danger"), [-0.2, 0.0, 0.2]),
        ("5,4,5", Literal(5), [4.0, 5.0]),
        ("0:20m:10m", Key("for"), [0, 600_000, 1_200_000]),
    ],
)
def test_values(text: str, kind: Literal | LevelOffset | Key, values: list[float]) -> None:
    assert read_values(text, kind) == values


def test_values_as_they_are_written() -> None:
    assert [written(ms, Key("for")) for ms in (0, 90_000, 3_600_000)] == ["0m", "90s", "1h"]
    assert [written(value, LevelOffset("danger")) for value in (-0.2, 0, 0.1)] == ["-0.2", "0", "+0.1"]


def test_events_come_as_csv_or_yaml(tmp_path: Path) -> None:
    start, end = moment_ms("2024-06-23T12:30"), moment_ms("2024-06-23T13:00")
    expected = [Event("80:level", start, end), Event("*", start, end, real=False)]
    table = tmp_path / "events.csv"
    table.write_text(
        "\ufeffsubject,start,end,real\n80:level,2024-06-23T12:30,2024-06-23T04:00Z,\n"
        "*,2024-06-23 12:30,2024-06-23T13:00,false\n",
        encoding="utf-8",
    )
    assert read_labels(table) == expected
    listed = tmp_path / "events.yaml"
    listed.write_text(
        "- {subject: 80:level, start: 2024-06-23T12:30, end: 2024-06-23T13:00}\n"
        "- {subject: '*', start: 2024-06-23T12:30, end: 2024-06-23T13:00, real: false}\n",
        encoding="utf-8",
    )
    assert read_labels(listed) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("what,when\n", "events.csv:1: The first line must name"),
        ("subject,start,end\n", "There is no event"),
        ("subject,start,end\ntoba,2024-06-23T12:30\n", "events.csv:2: The number of cells"),
        ("subject,start,end\ntoba,noon,2024-06-23\n", "events.csv:2: noon is no time"),
        ("subject,start,end\ntoba,,2024-06-23\n", "events.csv:2: subject, start and end"),
        ("subject,start,end\ntoba,2024-06-24,2024-06-23\n", "events.csv:2: `start` must lie before"),
        ("subject,start,end,real\ntoba,2024-06-23,2024-06-24,maybe\n", "events.csv:2: `real` is true or false"),
    ],
)
def test_mistakes_in_events_have_their_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "events.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(MistakesError) as caught:
        read_labels(file)
    assert said in caught.value.text(Lang.EN)
