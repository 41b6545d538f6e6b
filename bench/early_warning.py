"""`python -m bench.early_warning FOLDER`: how far ahead Sabae's rules would have told of the floods of 2024.

FOLDER holds the river levels that Fukui Prefecture publishes (`sensors.csv`, `data/`). Prints the tables of
docs/early-warning.md; `--picture` draws its picture. Floods and warnings are alerts of the product's own engine.
"""

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Final

from alerts.episode import Episode
from alerts.plan import selected
from bench import travel_time
from bench.early_warning_picture import FLOOD_MS, draw
from bench.floods import Scored, Sketch, flood_rules, left_one_out, rules_of, scored
from bench.forecast_error import forecast_error, table
from bench.sabae_history import GAUGES, SENSOR, episodes, fukui_history, sabae_history, sabae_rules
from bench.stage_correlation import fitted, fitted_without
from bench.upstream_warning import (
    FROM_UPSTREAM,
    WHILE_RISING,
    official,
    rising_warnings,
    stand_ins,
    upstream_warnings,
)
from city.reading import SeriesKey
from city.rule import Rule
from megane.history import History

YEAR: Final = 2024
HORIZONS_H: Final = (0.5, 1, 2, 3, 6)
WINDOWS_H: Final = (3, 6)
# From where on a forecast is believed: anywhere, from stand-by on, or once half of the way from there is behind it.
STARTS: Final = {"any": "0", "standby": 'level("standby")', "half": '0.5 * (level("standby") + level("{level}"))'}
AHEAD: Final = re.compile(r"[a-z]+-(caution|evacuation|danger)-ahead")
CORRELATIONS: Final = (
    ("rpi-toba", ("rpi-matsunari", "pref-kita"), 1.0),
    ("rpi-toba", ("rpi-matsunari", "pref-kita"), 2.0),
    ("rpi-desaku", ("rpi-matsunari", "pref-kita"), 1.0),
    ("rpi-desaku", ("rpi-matsunari", "pref-kita"), 2.0),
    ("rpi-iehisa", ("pref-nakahirabuki",), 2.0),
    ("rpi-tadasubashi", ("pref-nakahirabuki",), 1.0),
    ("rpi-tadasubashi", ("pref-nakahirabuki",), 2.0),
    ("rpi-miono", ("rpi-tadasubashi", "rpi-toba"), 1.0),
    ("rpi-matsunari", ("rpi-kitanaka",), 1.0),
)


def forecast_variants(level: str) -> list[Sketch]:
    """Rules that warn of a level by the gauge's own forecast."""
    return [
        Sketch(
            f"{level}-{window}h-{ahead}h-{start}",
            f'forecast({window}h, {ahead}h) >= level("{level}") and last() >= {at.format(level=level)}',
            f'forecast({window}h, {ahead}h) < level("{level}") - 0.30 and max(3h) < level("{level}")',
            pending="10m",
            hold="1h",
        )
        for window, ahead, (start, at) in product(WINDOWS_H, (1, 2, 3), STARTS.items())
    ]


def print_forecasts(sabae: History, fukui: History) -> None:
    """Error of forecast() by horizon."""
    ours = [sabae.catalog.index[SeriesKey(device, SENSOR)] for device in GAUGES.values()]
    pairs = list(product(HORIZONS_H, WINDOWS_H))
    print(f"\n## forecast(): {len(ours)} gauges of Sabae and upstream\n")
    print(table([forecast_error(sabae, ours, d, ahead) for ahead, d in pairs]))
    every = range(len(fukui.catalog.sensors))
    heard = [one for one in every if (fukui.batch.series == one).any()]
    print(f"\n## forecast(): {len(heard)} gauges of the prefecture\n")
    print(table([forecast_error(fukui, heard, d, ahead) for ahead, d in pairs]))


def print_own_forecast(fukui: History) -> None:
    """Warnings by the gauge's own forecast, all gauges of the prefecture."""
    stand_in, wanted = forecast_variants("caution"), forecast_variants("evacuation") + forecast_variants("danger")
    found = episodes(fukui, [*flood_rules(), *rules_of([*stand_in, *wanted])])
    print_head("Own forecast, all gauges of the prefecture", "rule")
    for sketch in [*stand_in, *wanted]:
        print_row(sketch.id, scored(of(sketch.id, found), of(f"flood-{sketch.id.split('-')[0]}", found)))
    print_left_one_out(lambda _: {s.id: of(s.id, found) for s in stand_in}, of("flood-caution", found))
    general = [rule for rule in ahead_rules() if rule.id.startswith("river-")]
    found = episodes(fukui, [*flood_rules(), *general])
    print_head("The rules that look at every gauge, all gauges of the prefecture", "rule")
    for rule in general:
        print_row(rule.id, scored(of(rule.id, found), of(f"flood-{level_of(rule)}", found)))


def print_correlations(sabae: History) -> None:
    """How well the upstream says what the gauge will do, beside its own forecast."""
    print("\n## Stage correlation, each flood left out\n")
    print("| gauge | ahead | level expected | floods | MAE m | rising n | MAE m | 90 % m | forecast MAE m | 90 % m |")
    print("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|")
    for target, upstream, ahead_h in CORRELATIONS:
        fit, off = fitted(sabae, target, upstream, ahead_h)
        print(
            f"| {target} | {ahead_h:g} h | `{fit.expression}` | {len(off.floods)} | {off.all.mae:.2f} "
            f"| {off.rising.count} | {off.rising.mae:.2f} | {off.rising.p90:.2f} "
            f"| {off.forecast_rising.mae:.2f} | {off.forecast_rising.p90:.2f} |"
        )


def print_upstream(sabae: History) -> None:
    """Warnings by the gauges upstream."""
    print_head("From upstream by stage correlation, each storm left out", "gauge, height, margin m")
    for target, upstream, ahead_h in FROM_UPSTREAM:
        heights = official(sabae, target) + stand_ins(sabae, target)
        for (height, margin), score in upstream_warnings(sabae, target, upstream, ahead_h, heights).items():
            print_row(f"{target}, `{height}`, {margin:.2f}", score)
    print_head("Own forecast, alone and while the gauge upstream rises", "gauge")
    for target, above, ahead, rise_m, within in WHILE_RISING:
        heights = official(sabae, target) + stand_ins(sabae, target)
        alone, beside = rising_warnings(sabae, target, above, ahead, rise_m, within, heights)
        print_row(f"{target}, {ahead} ahead, alone", alone)
        print_row(f"{target}, {ahead} ahead, {above} up {rise_m} m in {within}", beside)


def print_in_force(sabae: History) -> None:
    """The rules as they stand in cities/sabae/rules/river-ahead.yaml, gauge by gauge."""
    rules = ahead_rules()
    found = episodes(sabae, [*flood_rules(), *rules])
    print_head("The rules in force", "rule, gauge")
    for rule in rules:
        for series in selected(rule.select, sabae.catalog).tolist():
            sensor = sabae.catalog.sensors[series]
            if sensor.device in GAUGES.values() and level_of(rule) in sensor.levels:
                mine = [episode for episode in found if episode.subject == str(sensor.key)]
                floods = of(f"flood-{level_of(rule)}", mine)
                print_row(f"{rule.id}, {sensor.title.ja}", scored(of(rule.id, mine), floods))


def print_left_one_out(variants: Callable[[range], Mapping[str, list[Episode]]], floods: list[Episode]) -> None:
    """The line of what was chosen without looking, and what it was."""
    score, chosen = left_one_out(variants, floods)
    print_row(f"**each of {len(chosen)} storms left out**", score)
    print(f"\nchosen: {', '.join(f'{name} ({chosen.count(name)})' for name in dict.fromkeys(chosen))}")


def ahead_rules() -> list[Rule]:
    """Sabae's rules that warn of an official level."""
    return [rule for rule in sabae_rules() if AHEAD.fullmatch(rule.id)]


def level_of(rule: Rule) -> str:
    """Of which level such a rule warns."""
    return rule.id.split("-")[1]


def of(rule: str, found: Iterable[Episode]) -> list[Episode]:
    """The alerts of one rule."""
    return [episode for episode in found if episode.rule == rule]


def print_head(title: str, what: str) -> None:
    """The head of a table of warnings."""
    print(f"\n## {title}\n\n| {what} | floods | told | lead min | false |\n|---|--:|--:|--:|--:|")


def print_row(name: str, score: Scored) -> None:
    """One line of a table of warnings."""
    print(f"| {name} | {score.floods} | {len(score.lead_ms)} | {score.lead_min:.0f} | {len(score.false)} |")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--picture", type=Path, help="a PNG to draw")
    asked = parser.parse_args(arguments)
    sabae, fukui = sabae_history(asked.folder, YEAR), fukui_history(asked.folder, YEAR)
    print(f"## Travel times\n\n{travel_time.table(sabae)}")
    print_forecasts(sabae, fukui)
    print_own_forecast(fukui)
    print_correlations(sabae)
    print_upstream(sabae)
    print_in_force(sabae)
    if asked.picture:
        warned, upstream, ahead_h = CORRELATIONS[0]
        blind = fitted_without(sabae, warned, upstream, ahead_h, FLOOD_MS)
        draw(sabae, blind, episodes(sabae, [*flood_rules(), *ahead_rules()]), asked.picture)


if __name__ == "__main__":
    main()
