"""Rules that look back: nanoseconds a pair, memory a series and window, and one device's backlog."""

from typing import Final

import numpy as np

from alerts.engine import Engine
from bench.engine import COUNT, backlog, live, round_of, seconds
from bench.line import Line, compared, median_of
from bench.town import rules, town

WINDOW: Final = 144  # readings: a day of a gauge that sends every ten minutes
NS_AIM: Final = 50.0
TIMES_AIM: Final = 2.0
RULES: Final = {
    "threshold": ("last() >= 5", ""),
    f"mean of {WINDOW}": ("mean(1d) >= 5", ""),
    "for and hold": ("last() >= 5", ", for: 30m, hold: 1h, clear: 'max(2h) < 4.9'"),
}


def windows(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """Windows of 144 readings, and backlogs."""
    series, rounds = (2_000, 3) if quick else (100_000, 9)
    lines = [_speed(name, series, rounds) for name in ("mean", "max")]
    lines.append(_memory(series))
    readings, runs = (10_000, 1) if quick else (100_000, 5)
    return lines + [_backlog(name, readings, runs) for name in RULES]


def _speed(name: str, series: int, rounds: int) -> Line:
    chosen = rules(COUNT, f"{name}({WINDOW}m) >= 5 + {{k}} * 0.1")
    found_ns = live(series, chosen, warm=WINDOW + 16, rounds=rounds).cpu_s / (series * COUNT) * 1e9
    return compared(
        f"engine, {series:,} series × {COUNT}, {name} of {WINDOW} readings",
        found_ns,
        "ns a pair",
        aim=f"≤ {NS_AIM:g} ns",
        met=found_ns <= NS_AIM,
        why="a window is read from its first sample to its last, once for all rules of a series",
    )


def _memory(series: int) -> Line:
    """What the arena holds once every window is full; beside it, what the samples themselves take."""
    engine = Engine("town", town(series), rules(1, f"mean({WINDOW}m) >= 5"))
    rng = np.random.default_rng(1)
    for minute in range(2 * WINDOW):
        engine.step(round_of(series, minute, rng))
    return compared(
        f"engine, memory of a window of {WINDOW} readings; bare columns",
        engine.samples_bytes / series,
        "bytes a series",
        WINDOW * (8 + 8 + 1),  # time, value, quality
    )


def _backlog(name: str, readings: int, runs: int) -> Line:
    """All readings of one device in one entry, beside as many over many series."""
    condition, keys = RULES[name]
    chosen = rules(1, condition, keys)
    rng = np.random.default_rng(2)
    wide = readings // 10

    def ns(series: int, each: int) -> float:
        entry = backlog(series, each, rng)
        return median_of(runs, lambda: seconds(Engine("town", town(series), chosen), [entry]).cpu_s) / readings * 1e9

    one_ns, many_ns = ns(1, readings), ns(wide, 10)
    return compared(
        f"backlog of {readings:,} readings of one device, {name}; over {wide:,} series",
        one_ns,
        "ns a reading",
        many_ns,
        aim=f"≤ {TIMES_AIM:g} ×",
        met=one_ns <= TIMES_AIM * many_ns,
        why="a series' changes follow one another, and each is a round of its own",
    )
