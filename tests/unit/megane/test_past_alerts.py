"""What a city's ledger tells afterwards: rules on trial beside those in force, and why people closed alerts."""

import json
import sys
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from alerts.engine import Engine
from alerts.ledger import Ledger
from alerts.rule_file import load_rules
from city.decision import AlertName, Close, ClosingReason, Decision
from city.entry import BatchEntry, DecisionEntry, TickEntry
from city.reading import ReadingBatch, SeriesKey
from ingest.journal.writer import Journal
from megane.city_home import CityHome
from megane.cli import main
from megane.database import open_database
from megane.settings import Settings
from megane.stores import open_store
from tests.support.rule_city import rule_text
from tests.support.sabae import sabae_catalog

START = 1_719_068_400_000  # 2024-06-23T00:00+09:00
MINUTE = 60_000
TOBA = SeriesKey("rpi-toba", "water_level")
DAY = ("--from", "2024-06-23", "--to", "2024-06-24")
RULES = {
    "rules/acting.yaml": rule_text(id="high", raise_="last() >= 6", select="{quantity: water_level, site: [toba]}"),
    "rules/trial.yaml": rule_text(
        id="high-new", raise_="last() >= 5", shadow="true", select="{quantity: water_level, site: [toba]}"
    ),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A day of Toba, every ten minutes: two waves, at 6:00 to 5.5 m and at 12:00 to 6.5 m, closed by a person."""
    monkeypatch.setenv("MEGANE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "140")
    paths, catalog = CityHome(tmp_path), sabae_catalog()
    journal = Journal(paths.journal)
    journal.append_rules(START, RULES)
    journal.close()
    levels = [
        5.5 if k // 6 == 6 else [5.0, 5.5, 6.5, 6.5, 5.5, 5.0][k % 6] if k // 6 == 12 else 1.0 for k in range(144)
    ]
    time = START + np.arange(144, dtype=np.int64) * 10 * MINUTE
    series = np.full(144, catalog.index[TOBA], np.int32)
    batch = ReadingBatch(series, time, np.array(levels), np.zeros(144, np.uint8))
    store = open_store(Settings(home=str(tmp_path)).store, paths.store)
    store.bind(catalog)
    store.write(batch)
    store.close()
    engine = Engine(catalog.city, catalog, load_rules(RULES))
    events = engine.step(BatchEntry(1, int(time[-1]), batch, arrived=time)) + engine.step(
        TickEntry(2, START + 24 * 60 * MINUTE)
    )
    (raised,) = (e.raised_ms for e in events if e.rule == "high" and e.to_state == "firing")
    reason = Decision("k1", "somebody", Close(AlertName("high", str(TOBA), raised), ClosingReason.TRUE_ALARM))
    database = open_database(paths.database)
    Ledger(database).commit(events, 2, (DecisionEntry(3, START + 25 * 60 * MINUTE, reason),))
    database.dispose()
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["megane", *arguments])
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def last_json(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return cast("dict[str, object]", json.loads(capsys.readouterr().out.splitlines()[-1]))


def test_a_rule_on_trial_is_compared_as_it_ran(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert run(monkeypatch, "shadow", "report", "--home", str(home), *DAY, "--json") == 0
    found = last_json(capsys)
    (rule,) = cast("list[dict[str, object]]", found["rules"])
    assert found["readings"] is None
    assert (rule["rule"], rule["against"]) == ("high-new", "high")
    assert rule["occasions"] == {"gained": 1, "lost": 0, "earlier": 1, "later": 0, "same": 0}
    assert rule["earlier_by_s"] == 1200.0
    assert (rule["proposed"], rule["current"]) == (
        {"alerts": 2, "hours": 2.0, "raised_at_night": 0, "hours_at_night": 0.0},
        {"alerts": 1, "hours": 0.333, "raised_at_night": 0, "hours_at_night": 0.0},
    )


def test_it_is_the_same_report_as_that_of_a_backtest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert run(monkeypatch, "shadow", "report", "--home", str(home), *DAY, "--json") == 0
    shadow = last_json(capsys)
    arguments = ("high-new", "--against", "high", "--home", str(home), *DAY, "--json")
    assert run(monkeypatch, "backtest", *arguments) == 0
    assert last_json(capsys) == shadow | {"readings": 144}


def test_it_draws_and_tells(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path) -> None:
    page = home / "trial.html"
    assert run(monkeypatch, "shadow", "report", "--home", str(home), *DAY, "--html", str(page)) == 0
    out = capsys.readouterr().out
    assert "as it ran" in out
    assert "high-new / high" in out
    assert "shadow" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hihg-new",), "high-new"),
        (("--against", "low"), "low"),
        (("--home", "nowhere"), "nowhere"),
    ],
)
def test_what_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    home: Path,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    where = () if "--home" in arguments else ("--home", str(home))
    assert run(monkeypatch, "shadow", "report", *where, *DAY, *arguments) == 1
    assert said in capsys.readouterr().err


def test_closing_reasons_are_events_to_tune_by(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    arguments = (
        "high",
        "--target",
        "closings",
        "--number",
        "6",
        "--values",
        "5,6,7",
        "--ahead",
        "1h",
        "--home",
        str(home),
        *DAY,
    )
    assert run(monkeypatch, "tune", *arguments, "--json") == 0
    points = cast("list[dict[str, object]]", last_json(capsys)["points"])
    # The wave of the morning was under no alert that anybody could close: whether it was one is not known.
    assert [(p["value"], p["right"], p["wrong"], p["unknown"], p["told"]) for p in points] == [
        (5, 1, 0, 1, 1),
        (6, 1, 0, 0, 1),
        (7, 0, 0, 0, 0),
    ]
