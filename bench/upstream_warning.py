"""Warnings of a level from the gauges upstream: how early and how wrongly, each storm left out of the fit in turn."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from alerts.episode import Episode
from bench.floods import Scored, Sketch, pieces, rules_of, scored
from bench.sabae_history import SENSOR, episodes, levels
from bench.stage_correlation import Correlation, fitted_without
from city.reading import SeriesKey
from megane.history import History

# Gauges whose level ahead the ones upstream tell better than their own forecast does (docs/early-warning.md).
FROM_UPSTREAM: Final = (
    ("rpi-toba", ("rpi-matsunari", "pref-kita"), 1.0),
    ("rpi-desaku", ("rpi-matsunari", "pref-kita"), 1.0),
)
# Gauges that their own forecast tells better; that the one upstream rises too makes it wrong less often.
# (gauge, upstream, how far ahead, the rise in m upstream within how long)
WHILE_RISING: Final = (
    ("rpi-iehisa", "pref-nakahirabuki", "3h", 0.1, "3h"),
    ("rpi-tadasubashi", "pref-nakahirabuki", "1h", 0.2, "3h"),
    ("rpi-miono", "rpi-tadasubashi", "1h", 0.1, "1h"),
)
# How far below the level the sum may be when it warns: it is off by 0.13 m to 0.17 m while the river rises.
MARGINS: Final = (0.0, 0.10, 0.20)
# Official levels are reached too rarely to learn from: floods are also counted at heights that this share of the year's
# readings stays below. A river in its highest hundredth has come up with a storm.
STAND_INS: Final = (0.99, 0.997)
# The prefecture's readings are an hour apart: what is older than this many hours says nothing of now.
FRESH_H: Final = 1.5


def official(history: History, target: str) -> list[str]:
    """The gauge's levels of the flood protection law, as expressions."""
    sensor = history.catalog.sensors[history.catalog.index[SeriesKey(target, SENSOR)]]
    return [f'level("{level}")' for level in sensor.levels]


def stand_ins(history: History, target: str) -> list[str]:
    """Heights in metres, as expressions."""
    _, value = levels(history, history.catalog.index[SeriesKey(target, SENSOR)])
    return [f"{np.quantile(value, share):.2f}" for share in STAND_INS]


def upstream_warnings(
    history: History, target: str, upstream: Sequence[str], ahead_h: float, heights: Sequence[str]
) -> dict[tuple[str, float], Scored]:
    """By height and margin. Floods of a storm are told of by rules that were fitted to all other storms."""
    series = f"{target}:{SENSOR}"
    floods = episodes(history, rules_of(_flood(height, series, k) for k, height in enumerate(heights)))
    parts: list[tuple[range, list[Episode]]] = []
    for piece in pieces(floods):
        fit = fitted_without(history, target, upstream, ahead_h, piece)
        rules = rules_of(_warning(fit, heights[k], k, margin) for k in range(len(heights)) for margin in MARGINS)
        parts.append((piece, [e for e in episodes(history, rules) if e.raised_ms in piece]))
    return {
        (height, margin): Scored.of(
            [
                scored(
                    [e for e in part if e.rule == _name(k, margin)],
                    [e for e in floods if e.rule == f"flood-{k}" and e.raised_ms in piece],
                )
                for piece, part in parts
            ]
        )
        for k, height in enumerate(heights)
        for margin in MARGINS
    }


def rising_warnings(
    history: History, target: str, upstream: str, ahead: str, rise_m: float, within: str, heights: Sequence[str]
) -> tuple[Scored, Scored]:
    """Over all heights: the gauge's own forecast, alone and while the gauge upstream rises too.

    Nothing is fitted; but rise and time were chosen by the same storms.
    """
    series = f"{target}:{SENSOR}"
    floods = episodes(history, rules_of(_flood(height, series, k) for k, height in enumerate(heights)))
    scores = []
    for also in ("", f' and of("{upstream}:{SENSOR}", delta({within})) >= {rise_m}'):
        rules = rules_of(
            Sketch(
                f"warning-{k}",
                f"forecast(3h, {ahead}) >= {height} and last() < {height}{also}",
                f"forecast(3h, {ahead}) < {height} - 0.30 and max(3h) < {height}",
                hold="1h",
                series=series,
            )
            for k, height in enumerate(heights)
        )
        told = episodes(history, rules)
        each = [
            scored([e for e in told if e.rule == f"warning-{k}"], [e for e in floods if e.rule == f"flood-{k}"])
            for k in range(len(heights))
        ]
        scores.append(Scored.of(each))
    alone, beside = scores
    return alone, beside


def _name(height: int, margin_m: float) -> str:
    return f"warning-{height}-{round(margin_m * 100)}"


def _flood(height: str, series: str, number: int) -> Sketch:
    return Sketch(f"flood-{number}", f"last() >= {height}", f"max(24h) < {height}", series=series)


def _warning(fit: Correlation, height: str, number: int, margin_m: float) -> Sketch:
    fresh = " and ".join(f'of("{device}:{SENSOR}", age()) <= {FRESH_H:g}' for device in fit.upstream)
    return Sketch(
        _name(number, margin_m),
        f"{fit.expression} >= {height} - {margin_m:.2f} and last() < {height} and {fresh}",
        f"{fit.expression} < {height} - {margin_m + 0.30:.2f} and max(3h) < {height}",
        hold="1h",
        series=f"{fit.target}:{SENSOR}",
    )
