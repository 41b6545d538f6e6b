"""The rule engine's speed: nanoseconds per pair of series and rule, and per reading of a backlog."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.engine import Engine
from bench.line import Line, compared, median_of
from bench.queries import comparisons_s
from bench.town import MINUTE_MS, T0, rules, town
from city.entry import BatchEntry
from city.reading import ReadingBatch
from city.rule import Rule

COUNT: Final = 10  # rules
NS_AIM: Final = 5.0
TIMES_AIM: Final = 800
# It answers so many a second whatever their number; a million would take it a minute a round, and tell nothing more.
MOST_ASKED: Final = 100_000
ROUNDS: Final = 15
SIZES: Final = (10_000, 100_000, 1_000_000)


def round_of(series: int, minute: int, rng: np.random.Generator) -> BatchEntry:
    """One reading of every series."""
    at = T0 + minute * MINUTE_MS
    batch = ReadingBatch(
        np.arange(series, dtype=np.int32),
        np.full(series, at, np.int64),
        rng.uniform(1.0, 4.0, series),
        np.zeros(series, np.uint8),
    )
    return BatchEntry(minute + 1, at + 1_000, batch)


def backlog(series: int, each: int, rng: np.random.Generator) -> BatchEntry:
    """The readings of two years of one gauge, or pieces of them of many, ten minutes apart, in one entry.

    So one series and many have the same readings, floods included; each arrived at its own time.
    """
    n = series * each
    day = np.arange(n) / 144.0
    floods = np.where(day % 30 < 2, 3.0 * np.sin(np.pi * (day % 30) / 2), 0.0)  # two days of high water a month
    level = 2.0 + floods + rng.normal(0, 0.02, n)
    times = T0 + np.tile(np.arange(each, dtype=np.int64), series) * 10 * MINUTE_MS
    order = np.argsort(times, kind="stable")
    of = np.repeat(np.arange(series, dtype=np.int32), each)[order]
    batch = ReadingBatch(of, times[order], level[order], np.zeros(n, np.uint8))
    return BatchEntry(1, int(times.max()), batch, arrived=batch.time.copy())


@dataclass(frozen=True, slots=True)
class Taken:
    """Median seconds of a step: of the processor (one thread does it all), and of the clock on the wall."""

    cpu_s: float
    wall_s: float


def seconds(engine: Engine, entries: Sequence[BatchEntry]) -> Taken:
    """What the steps over these entries take."""
    taken = []
    for entry in entries:
        begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
        engine.step(entry)
        taken.append((time.process_time() - begin_cpu_s, time.perf_counter() - begin_s))
    cpu_s, wall_s = np.median(np.array(taken), axis=0)
    return Taken(float(cpu_s), float(wall_s))


def live(series: int, chosen: tuple[Rule, ...], *, warm: int, rounds: int = ROUNDS) -> Taken:
    """One reading of every series, after `warm` rounds."""
    rng = np.random.default_rng(1)
    engine = Engine("town", town(series), chosen)
    for minute in range(warm):
        engine.step(round_of(series, minute, rng))
    return seconds(engine, [round_of(series, warm + k, rng) for k in range(rounds)])


def bare_s(series: int) -> float:
    """Median processor seconds of NumPy comparing the same columns."""
    columns = np.random.default_rng(1).uniform(1.0, 4.0, (COUNT, series))
    thresholds = np.arange(COUNT).reshape(-1, 1) * 0.1 + 5

    def once() -> float:
        begin = time.process_time()
        np.greater_equal(columns, thresholds)
        return time.process_time() - begin

    return median_of(ROUNDS, once)


def engine(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """A step over one reading of every series, ten thresholds."""
    sizes, rounds, most_asked = ((5_000, 10_000, 20_000), 1, 5_000) if quick else (SIZES, 5, MOST_ASKED)
    thresholds = [5 + k * 0.1 for k in range(COUNT)]
    chosen = rules(COUNT, "last() >= 5 + {k} * 0.1")
    asked = {size: comparisons_s(size, thresholds, rounds) for size in sizes if size <= most_asked}
    lines = []
    for size in sizes:
        pairs = size * COUNT
        found, bare_ns = live(size, chosen, warm=3), bare_s(size) / pairs * 1e9
        found_ns = found.cpu_s / pairs * 1e9
        among = max(each for each in asked if each <= size)
        peer_per_s, found_per_s = among * COUNT / asked[among], pairs / found.wall_s
        of = "" if among == size else f" of {among:,}"
        lines += [
            compared(
                f"engine, {size:,} series × {COUNT}; NumPy",
                found_ns,
                "ns a pair",
                bare_ns,
                aim=f"≤ {NS_AIM:g} ns",
                met=found_ns <= NS_AIM,
                why=f"a step is {found.cpu_s * 1e3:.1f} ms of one core, {bare_ns / found_ns:.0%} of it comparing;"
                " the rest orders the readings, keeps the newest and finds what changed",
            ),
            compared(
                f"engine, {size:,} series × {COUNT}; VictoriaMetrics{of}",
                found_per_s,
                "pairs/s",
                peer_per_s,
                aim=f"≥ {TIMES_AIM} ×",
                met=found_per_s >= TIMES_AIM * peer_per_s,
                why=f"a step takes {found.wall_s * 1e3:.1f} ms on one core; VictoriaMetrics answers"
                f" {COUNT} comparisons of {among:,} series in {asked[among] * 1e3:.0f} ms on all cores",
            ),
        ]
    return lines
