"""`megane backtest`: what it prints, over published readings and over a city's own, and what it says is wrong."""

import json
import sys
from pathlib import Path
from typing import cast

import pytest

from megane.cli import main
from tests.support.river_files import write_folder

# Every ten minutes of a day: low, but for a wave at Toba from 12:00 (4.5, 5.2, 5.8, 5.8, 5.0, 4.0).
WAVE = {"12:00": 4.5, "12:10": 5.2, "12:20": 5.8, "12:30": 5.8, "12:40": 5.0, "12:50": 4.0}
CLOCKS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(0, 60, 10)]
RULE = (
    "- {{id: {id}, title: {{ja: 高い, en: High}}, owner: bosai, select: {{quantity: water_level}}, "
    "raise: 'last() >= {at}', severity: 3{more}}}\n"
)
DAY = ("--from", "2024-06-23", "--to", "2024-06-24")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = "".join(f"2024-06-23T{c},{WAVE.get(c, 1.0)},80\n2024-06-23T{c},0.5,9\n" for c in CLOCKS)
    return write_folder(tmp_path / "river", {"2024-06-23": rows})


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No city of the machine's own is meant."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEGANE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "140")


def rules(tmp_path: Path, name: str, at: str, more: str = "", id_: str = "high") -> str:
    file = tmp_path / name
    file.write_text(RULE.format(id=id_, at=at, more=more), encoding="utf-8")
    return str(file)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["megane", "backtest", *arguments])
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return cast("dict[str, object]", json.loads(capsys.readouterr().out.splitlines()[-1]))


def test_the_json_says_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    new, old = rules(tmp_path, "new.yaml", "5"), rules(tmp_path, "old.yaml", "5.6")
    assert run(monkeypatch, new, "--against", old, "--over", str(folder), *DAY, "--json") == 0
    alarm = {"alerts": 1, "hours": 0.667, "raised_at_night": 0, "hours_at_night": 0.0}
    shorter = {"alerts": 1, "hours": 0.333, "raised_at_night": 0, "hours_at_night": 0.0}
    counted = {"gained": 0, "lost": 0, "earlier": 1, "later": 0, "same": 0}
    found = told(capsys)
    (rule,) = cast("list[dict[str, object]]", found.pop("rules"))
    assert found == {"start": "2024-06-23T00:00:00+09:00", "end": "2024-06-24T00:00:00+09:00", "readings": 288}
    assert rule.pop("version") != rule.pop("current_version")
    assert rule == {
        "rule": "high",
        "title": "High",
        "against": "high",
        "unchanged": False,
        "proposed": alarm,
        "current": shorter,
        "occasions": counted,
        "earlier_by_s": 600.0,
        "later_by_s": None,
        "subjects": [
            {
                "subject": "80:level",
                "title": "浅水川 鳥羽",
                "proposed": alarm,
                "current": shorter,
                "occasions": counted,
            }
        ],
        "differences": [
            {
                "outcome": "earlier",
                "subject": "80:level",
                "proposed": [
                    {"raised_at": "2024-06-23T12:10:00+09:00", "cleared_at": "2024-06-23T12:50:00+09:00", "peak": 5.8}
                ],
                "current": [
                    {"raised_at": "2024-06-23T12:20:00+09:00", "cleared_at": "2024-06-23T12:40:00+09:00", "peak": 5.8}
                ],
                "earlier_by_s": 600.0,
            }
        ],
    }


def test_the_table_says_it_to_a_person(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    new, old = rules(tmp_path, "new.yaml", "5"), rules(tmp_path, "old.yaml", "5.6")
    assert run(monkeypatch, new, "--against", old, "--over", str(folder), *DAY) == 0
    out = capsys.readouterr().out
    assert "288 readings" in out
    assert "1/1" in out
    assert "0.7/0.3" in out
    assert "浅水川 鳥羽 (80:level)" in out
    assert "earlier 10 min  Sun 23 Jun 12:10 for 40 min" in out


def test_it_speaks_japanese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    monkeypatch.setenv("MEGANE_LANG", "ja")
    new, old = rules(tmp_path, "new.yaml", "5.6"), rules(tmp_path, "old.yaml", "5")
    assert run(monkeypatch, new, "--against", old, "--over", str(folder), *DAY) == 0
    out = capsys.readouterr().out
    assert "2024年6月23日(日) 0:00 から 2024年6月24日(月) 0:00 まで、観測値 288 件" in out
    assert "遅い 10分  6月23日(日) 12:20 から 20分" in out


def test_two_rules_alone_are_a_pair_whatever_their_ids(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    new, old = rules(tmp_path, "new.yaml", "5"), rules(tmp_path, "old.yaml", "5", id_="elder")
    assert run(monkeypatch, new, "--against", old, "--over", str(folder), *DAY, "--json") == 0
    (rule,) = cast("list[dict[str, object]]", told(capsys)["rules"])
    assert (rule["rule"], rule["against"], rule["occasions"]) == (
        "high",
        "elder",
        {"gained": 0, "lost": 0, "earlier": 0, "later": 0, "same": 1},
    )


def test_without_a_counterpart_all_is_gained_and_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    assert run(monkeypatch, rules(tmp_path, "new.yaml", "5"), "--over", str(folder), *DAY) == 0
    assert "no rule to compare with" in capsys.readouterr().out


def test_the_rule_in_force_of_the_same_id_is_the_counterpart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    # Sabae's own, from the folder that a city which never ran begins with: last() >= level("danger"), 6.5 at Toba.
    new = rules(tmp_path, "new.yaml", "5", id_="river-danger")
    assert run(monkeypatch, new, "--over", str(folder), *DAY, "--json") == 0
    (rule,) = cast("list[dict[str, object]]", told(capsys)["rules"])
    assert rule["against"] == "river-danger"
    assert cast("dict[str, int]", rule["occasions"])["gained"] == 1


def test_silence_is_compared_by_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    day = folder / "data" / "2024-06-23.csv"
    lines = day.read_text("utf-8-sig").splitlines()
    silent = [line for line in lines if not (line.endswith(",9") and "T15:" <= line[10:14] < "T18:")]
    day.write_text("\n".join(silent), "utf-8-sig")
    new, old = rules(tmp_path, "new.yaml", "5", ", no_data: 2h"), rules(tmp_path, "old.yaml", "5", ", no_data: 1h")
    assert run(monkeypatch, new, "--against", old, "--over", str(folder), *DAY, "--json") == 0
    found = cast("list[dict[str, object]]", told(capsys)["rules"])
    assert [(rule["rule"], rule["later_by_s"]) for rule in found] == [("high", None), ("high:no-data", 3600.0)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("NEW", "--from", "yesterday"), "yesterday is no time"),
        (("NEW", "--from", "2024-06-24", "--to", "2024-06-23"), "must lie before"),
        (("NEW", "--from", "2020-01-01", "--to", "2020-02-01"), "no readings"),
        (("NEW", *DAY, "--format", "excel"), "Unknown format excel"),
        (("NEW", *DAY, "--against", "river-evacuaton"), "river-evacuation"),
        (("river-evacuaton", *DAY), "river-evacuation"),
        (("./missing.yaml", *DAY), "missing.yaml"),
        (("BROKEN", *DAY), "broken.yaml:1:106"),
        (("ELSEWHERE", *DAY), "select"),
    ],
)
def test_what_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    folder: Path,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    elsewhere_text = RULE.format(id="high", at="5", more="").replace("water_level}", "water_level, river: [nile]}")
    (tmp_path / "elsewhere.yaml").write_text(elsewhere_text, encoding="utf-8")
    files = {
        "NEW": rules(tmp_path, "new.yaml", "5"),
        "BROKEN": rules(tmp_path, "broken.yaml", "levl(1)"),
        "ELSEWHERE": str(tmp_path / "elsewhere.yaml"),
    }
    assert run(monkeypatch, *(files.get(a, a) for a in arguments), "--over", str(folder)) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_a_home_without_a_city_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, "river-danger", "--home", str(tmp_path / "nowhere")) == 1
    assert "nowhere" in capsys.readouterr().err
