"""What docs/early-warning.md says of Sabae's rules that tell of a river ahead, on the readings of 2024."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from alerts.episode import Episode
from bench.early_warning import YEAR, ahead_rules, level_of, of
from bench.floods import Scored, flood_rules, scored
from bench.sabae_history import episodes, fukui_history, sabae_history
from bench.stage_correlation import fitted
from bench.upstream_warning import FROM_UPSTREAM, stand_ins, upstream_warnings
from megane.history import History


@pytest.fixture(scope="module")
def sabae(fukui_river: Path) -> History:
    return sabae_history(fukui_river, YEAR)


def scores(found: Sequence[Episode], subject: str | None = None) -> dict[str, Scored]:
    """Of each rule, at one gauge or at all."""
    mine = [episode for episode in found if subject is None or episode.subject == subject]
    return {rule.id: scored(of(rule.id, mine), of(f"flood-{level_of(rule)}", mine)) for rule in ahead_rules()}


def test_toba_was_told_of_ahead_and_no_other_gauge(sabae: History) -> None:
    found = episodes(sabae, [*flood_rules(), *ahead_rules()])

    assert len(scores(found)["river-evacuation-ahead"].false) == 0
    toba = scores(found, "rpi-toba:water_level")["river-evacuation-ahead"]
    assert (toba.lead_ms, toba.missed) == ((50 * 60_000,), ())
    upstream = {rule: score for rule, score in scores(found).items() if not rule.startswith("river")}
    told = {rule: [lead // 60_000 for lead in score.lead_ms] for rule, score in upstream.items() if score.lead_ms}
    assert told == {"toba-evacuation-ahead": [60], "toba-caution-ahead": [70], "desaku-caution-ahead": [60]}
    assert not any(score.false for score in upstream.values())


def test_the_evacuation_level_is_told_ahead_all_over_the_prefecture(fukui_river: Path) -> None:
    general = [rule for rule in ahead_rules() if rule.id.startswith("river-")]
    found = scores(episodes(fukui_history(fukui_river, YEAR), [*flood_rules(), *general]))

    counts = {rule.id: (len(s.lead_ms), len(s.missed), len(s.false)) for rule in general for s in [found[rule.id]]}
    assert counts == {"river-evacuation-ahead": (4, 0, 6), "river-danger-ahead": (1, 2, 7)}


def test_the_upstream_says_more_than_the_gauge_alone(sabae: History) -> None:
    _, left_out = fitted(sabae, "rpi-toba", ("rpi-matsunari", "pref-kita"), 1.0)

    assert len(left_out.floods) == 9
    assert left_out.rising.mae < 0.17
    assert left_out.forecast_rising.mae > 0.27


def test_floods_that_the_formula_did_not_know_are_told_of_by_the_gauges_upstream(sabae: History) -> None:
    of_toba = upstream_warnings(sabae, *FROM_UPSTREAM[0], stand_ins(sabae, "rpi-toba"))

    counts = {at: (len(s.lead_ms), len(s.missed), round(s.lead_min), len(s.false)) for at, s in of_toba.items()}
    assert counts["2.37", 0.10] == (10, 0, 135, 1)
    assert counts["3.29", 0.10] == (4, 0, 90, 0)
