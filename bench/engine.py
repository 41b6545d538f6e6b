"""The rule engine's speed: nanoseconds per pair of series and rule, and per reading of a backlog."""

import time
from collections.abc import Sequence

import numpy as np

from alerts.engine import Engine
from alerts.rule_file import load_rules
from bench.line import Line, median_of
from city.catalog import Area, Catalog, Department, Device, Point, Sensor, Site, Zone
from city.entry import BatchEntry
from city.messages.text import Text
from city.quantity import QUANTITIES
from city.reading import ReadingBatch, SeriesKey
from city.rule import Rule

T0 = 1_700_000_000_000
MINUTE = 60_000


def town(series: int) -> Catalog:
    """A town of one site and many gauges."""
    name = Text("町", "town")
    sensors = tuple(
        Sensor(
            key=SeriesKey(f"rpi-{k:06}", "water_level"),
            title=name,
            quantity=QUANTITIES["water_level"],
            device=f"rpi-{k:06}",
            site="bridge",
            area="centre",
            zone="town",
            owner="bosai",
            levels={"danger": 6.0},
            registered_ms=T0,
        )
        for k in range(series)
    )
    return Catalog(
        city="town",
        title=name,
        zones={"town": Zone("town", name)},
        areas={"centre": Area("centre", name, "town")},
        rivers={},
        sites={"bridge": Site("bridge", name, "centre", Point(35.9, 136.2))},
        departments={"bosai": Department("bosai", name)},
        devices={s.device: Device(s.device, name, "town", "bridge") for s in sensors},
        sensors=sensors,
        outline=(),
    )


def rules(count: int, raised: str, rest: str = "") -> tuple[Rule, ...]:
    """Rules of one shape; `{k}` in `raised` is the rule's number."""
    text = "\n".join(
        f"- {{id: r{k}, title: {{ja: 川, en: river}}, owner: bosai, select: {{quantity: water_level}}, severity: 1,"
        f" raise: '{raised.format(k=k)}'{rest}}}"
        for k in range(count)
    )
    return load_rules({"rules/bench.yaml": text})


def round_of(series: int, minute: int, rng: np.random.Generator) -> BatchEntry:
    """One reading of every series."""
    at = T0 + minute * MINUTE
    batch = ReadingBatch(
        np.arange(series, dtype=np.int32),
        np.full(series, at, np.int64),
        rng.uniform(1.0, 4.0, series),
        np.zeros(series, np.uint8),
    )
    return BatchEntry(minute + 1, at + 1_000, batch)


def backlog(series: int, each: int, rng: np.random.Generator) -> BatchEntry:
    """Many readings of few series, ten minutes apart, in one entry; each arrived at its own time."""
    times = T0 + np.repeat(np.arange(each, dtype=np.int64), series) * 10 * MINUTE
    n = len(times)
    day = np.arange(each) / 144.0
    floods = np.where(day % 30 < 2, 3.0 * np.sin(np.pi * (day % 30) / 2), 0.0)  # two days of high water a month
    level = np.repeat(2.0 + floods, series) + rng.normal(0, 0.02, n)
    batch = ReadingBatch(np.tile(np.arange(series, dtype=np.int32), each), times, level, np.zeros(n, np.uint8))
    return BatchEntry(1, int(times[-1]), batch, arrived=times.copy())


def seconds(engine: Engine, entries: Sequence[BatchEntry]) -> float:
    """The median CPU time of a step: one thread does it all."""
    taken = []
    for entry in entries:
        begin = time.process_time()
        engine.step(entry)
        taken.append(time.process_time() - begin)
    return float(np.median(taken))


def live(series: int, chosen: tuple[Rule, ...], *, warm: int, rounds: int = 15) -> float:
    """Seconds for one reading of every series, after `warm` rounds."""
    rng = np.random.default_rng(1)
    engine = Engine("town", town(series), chosen)
    for minute in range(warm):
        engine.step(round_of(series, minute, rng))
    return seconds(engine, [round_of(series, warm + k, rng) for k in range(rounds)])


def engine(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """A step over one reading of every series, ten thresholds, beside NumPy comparing the same columns."""
    series, count = (20_000, 10) if quick else (100_000, 10)
    chosen = rules(count, "last() >= 5 + {k} * 0.1")
    found_ns = live(series, chosen, warm=3) / (series * count) * 1e9
    columns = np.random.default_rng(1).uniform(1.0, 4.0, (count, series))
    thresholds = np.arange(count).reshape(-1, 1) * 0.1 + 5

    def bare() -> float:
        begin = time.process_time()
        np.greater_equal(columns, thresholds)
        return (time.process_time() - begin) / columns.size * 1e9

    peer_ns = median_of(15, bare)
    return [
        Line(
            f"engine step, {count} thresholds, {series:,} series",
            round(found_ns, 2),
            "ns a rule and series",
            beside=round(peer_ns, 3),
            ratio=round(found_ns / peer_ns, 1),
            aim="≤ 5 ns",
            met=found_ns <= 5,
        )
    ]


def main() -> None:
    series, count = 100_000, 10
    pairs = series * count
    found = live(series, rules(count, "last() >= 5 + {k} * 0.1"), warm=3)
    print(f"10 thresholds, 100,000 series: {found / pairs * 1e9:.1f} ns per series and rule")
    found = live(series, rules(count, "last() >= 5 + {k} * 0.1", ", for: 10m, clear: 'last() < 4.9'"), warm=3)
    print(f"10 thresholds with for and clear: {found / pairs * 1e9:.1f} ns per series and rule")
    for name in ("mean", "max"):
        found = live(series, rules(count, f"{name}(144m) >= 5 + {{k}} * 0.1"), warm=160, rounds=9)
        print(f"{name} of 144 readings, 10 rules: {found / pairs * 1e9:.1f} ns per series and rule")
    rng = np.random.default_rng(2)
    for name, chosen in (
        ("threshold", rules(1, "last() >= 5")),
        ("mean of 144", rules(1, "mean(1d) >= 5")),
        ("for and hold", rules(1, "last() >= 5", ", for: 30m, hold: 1h, clear: 'max(2h) < 4.9'")),
    ):
        wide = seconds(Engine("town", town(10_000), chosen), [backlog(10_000, 10, rng)]) / 100_000
        one = seconds(Engine("town", town(1), chosen), [backlog(1, 100_000, rng)]) / 100_000
        print(f"{name}: {one * 1e9:.0f} ns a reading in one backlog of 100,000; {wide * 1e9:.0f} ns over 10,000 series")
    engine = Engine("town", town(17), rules(20, "last() >= 3 + {k} * 0.2"))
    year = seconds(engine, [backlog(17, 52_000, rng)])
    print(f"a year of 884,000 readings, 20 rules: {year:.2f} s")


if __name__ == "__main__":
    main()
