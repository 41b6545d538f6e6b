"""What a backtest's picture shows, and the files it is written to."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from city.errors import UserError
from city.messages.text import Lang
from megane.backtest import Asked, Run, backtest
from megane.pictures.backtest import save
from megane.pictures.panels import choose_panels
from megane.pictures.timescale import marks
from megane.settings import Settings
from tests.support.river_files import GAUGES, write_folder

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
T0 = 1_719_068_400_000  # 2024-06-23T00:00+09:00
RULE = (
    "- {{id: {id}, title: {{ja: '高い <水位>', en: High}}, owner: bosai, select: {{quantity: water_level}}, "
    "raise: 'last() >= {at}', severity: 3}}\n"
)


def run(tmp_path: Path, levels: Sequence[tuple[str, float]], new: str, old: str | None) -> Run:
    """A day at Toba under two thresholds, an hour of which has no readings: 6:00."""
    rows = "".join(f"2024-06-23T{clock},{level},80\n" for clock, level in levels)
    folder = write_folder(tmp_path / "river", {"2024-06-23": rows}, GAUGES.replace("鳥羽", "鳥羽<b>"))
    for name, at in (("new", new), ("old", old)):
        (tmp_path / f"{name}.yaml").write_text(RULE.format(id="high", at=at or "99"), encoding="utf-8")
    against = str(tmp_path / "old.yaml") if old else None
    asked = Asked((str(tmp_path / "new.yaml"),), against, folder, "fukui-river", "2024-06-23", "2024-06-24")
    return backtest(Settings(home=str(tmp_path / "home")), asked, Console(quiet=True), Lang.JA)


def day(*, without: str = "") -> list[tuple[str, float]]:
    """Every ten minutes 1.00 m, at 12 and at 18 o'clock an hour of 5.00 and 6.00 m; without readings of an hour."""
    clocks = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(0, 60, 10)]
    waves = {"12": 5.0, "18": 6.0}
    return [(clock, waves.get(clock[:2], 1.0)) for clock in clocks if clock[:2] != without]


def test_the_occasion_that_only_one_side_has_is_shown_first(tmp_path: Path) -> None:
    (panel,) = choose_panels(run(tmp_path, day(), "4.5", "5.5"))
    assert panel.proposed == [(T0 + 12 * HOUR_MS, T0 + 13 * HOUR_MS), (T0 + 18 * HOUR_MS, T0 + 19 * HOUR_MS)]
    assert panel.current == [(T0 + 18 * HOUR_MS, T0 + 19 * HOUR_MS)]
    assert panel.occasion.proposed[0].raised_ms == T0 + 12 * HOUR_MS
    assert (panel.start_ms, panel.end_ms) == (T0, T0 + DAY_MS)


def test_a_gap_stays_a_gap(tmp_path: Path) -> None:
    (whole,) = choose_panels(run(tmp_path, day(), "4.5", None))
    assert np.isfinite(whole.value).all()
    (panel,) = choose_panels(run(tmp_path, day(without="06"), "4.5", None))
    (at,) = np.flatnonzero(np.isnan(panel.value))
    assert panel.time[at - 1] == T0 + 5 * HOUR_MS + 50 * 60_000
    assert panel.time[at + 1] == T0 + 7 * HOUR_MS


def test_the_same_backtest_gives_the_same_files(tmp_path: Path) -> None:
    found = run(tmp_path, day(), "4.5", "5.5")
    for name in ("a", "b"):
        save(found, found.report(Lang.JA), tmp_path / f"{name}.png", tmp_path / f"{name}.html", Lang.JA)
    png = (tmp_path / "a.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert png == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_the_page_needs_nothing_else_and_names_are_only_words(tmp_path: Path) -> None:
    found = run(tmp_path, day(), "4.5", "5.5")
    save(found, found.report(Lang.JA), None, tmp_path / "a.html", Lang.JA)
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<svg" in text
    assert "浅水川 鳥羽&lt;b&gt;" in text
    assert "鳥羽<b>" not in text
    assert "<水位>" not in text
    assert "避難判断水位 5.60 m" in text
    assert "6月23日(日)" in text
    assert "<script" not in text
    assert 'src="' not in text
    assert "<link" not in text


def test_nothing_to_show_is_still_a_picture(tmp_path: Path) -> None:
    found = run(tmp_path, day(), "50", "60")
    assert choose_panels(found) == []
    save(found, found.report(Lang.EN), tmp_path / "a.png", None, Lang.EN)
    assert (tmp_path / "a.png").stat().st_size > 0


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    found = run(tmp_path, day(), "4.5", "5.5")
    with pytest.raises(UserError) as caught:
        save(found, found.report(Lang.JA), tmp_path / "nowhere" / "a.png", None, Lang.JA)
    assert "nowhere" in caught.value.text(Lang.EN)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (24, ["0:00\n6月23日(日)", "6:00", "12:00", "18:00", "0:00\n6月24日(月)"]),
        (
            72,
            [
                "0:00\n6月23日(日)",
                "12:00",
                "0:00\n6月24日(月)",
                "12:00",
                "0:00\n6月25日(火)",
                "12:00",
                "0:00\n6月26日(水)",
            ],
        ),
        (
            24 * 7,
            [
                "6月23日(日)",
                "6月24日(月)",
                "6月25日(火)",
                "6月26日(水)",
                "6月27日(木)",
                "6月28日(金)",
                "6月29日(土)",
                "6月30日(日)",
            ],
        ),
    ],
)
def test_marks_stand_at_whole_hours_and_days_of_japan(hours: int, said: list[str]) -> None:
    assert [mark.text for mark in marks(T0, T0 + hours * HOUR_MS, 7, Lang.JA)] == said


def test_a_span_that_begins_in_the_day_says_its_day_first() -> None:
    found = marks(T0 + 7 * HOUR_MS, T0 + 20 * HOUR_MS, 7, Lang.EN)
    assert [mark.text for mark in found] == ["9:00\nSun 23 Jun", "12:00", "15:00", "18:00"]
