"""What docs/trying-rules.md says of a rule that is tried against 2024."""

from pathlib import Path

import pytest
from rich.console import Console

from city.messages.text import Lang
from megane.backtest import Asked, backtest
from megane.settings import Settings
from megane.tune import Tried, tune
from tests.support.sabae import FOLDER

EARLIER = """
id: river-evacuation
title: {ja: 避難判断水位に近い, en: Close to the evacuation-decision level}
owner: bosai
select: {quantity: water_level}
raise: last() >= level("evacuation") - 0.30
clear: max(1h) < level("evacuation") - 0.60
hold: 1h
severity: 3
"""


@pytest.fixture
def rule(tmp_path: Path) -> str:
    file = tmp_path / "earlier.yaml"
    file.write_text(EARLIER, encoding="utf-8")
    return str(file)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=str(tmp_path), city=str(FOLDER))


def test_thirty_centimetres_earlier(rule: str, settings: Settings, fukui_river: Path) -> None:
    asked = Asked((rule,), None, fukui_river, "fukui-river", "2024-01-01", "2025-01-01")

    found = backtest(settings, asked, Console(quiet=True), Lang.EN).report(Lang.EN)

    assert found.readings == 842_826
    [one] = found.rules
    assert (one.proposed.alerts, one.current.alerts) == (9, 4)
    assert (round(one.proposed.hours, 1), round(one.current.hours, 1)) == (58.0, 17.0)
    assert (round(one.proposed.hours_at_night, 1), round(one.current.hours_at_night, 1)) == (15.3, 2.3)
    occasions = one.occasions
    assert (occasions.gained, occasions.lost, occasions.earlier, occasions.later) == (5, 0, 4, 0)


def test_the_curve_over_the_height(rule: str, settings: Settings, fukui_river: Path) -> None:
    tried = Tried(
        rule=rule,
        target='level("evacuation")',
        number=None,
        level="evacuation",
        duration=None,
        values="-0.6:0:0.3",
        ahead_ms=6 * 3_600_000,
        over=fukui_river,
        form="fukui-river",
        start="2024-01-01",
        end="2025-01-01",
    )

    points = tune(settings, tried, Console(quiet=True), Lang.EN).points

    assert [(point.alerts, point.right, point.told, point.events) for point in points] == [
        (45, 5, 4, 4),
        (19, 4, 4, 4),
        (9, 4, 4, 4),
    ]
    assert [point.lead.median_s / 60 for point in points if point.lead] == [210, 55, 25]
