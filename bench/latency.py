"""From publishing a reading that crosses a threshold to the department's webhook, while others publish."""

import statistics
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bench.line import Line, compared
from bench.loaded_city import LoadedCity, loaded_city, outcome_of, sending
from bench.probe import PROBES, Probes, desk, probes
from bench.town import write_town
from bench.waiting import wait_for

DEVICES: Final = 1_000
RATES: Final = (1_000, 10_000)  # messages a second, one reading each
AIM_MS: Final = 150.0
RUNS: Final = 5
KEEPS_UP: Final = 0.95  # of the rate asked for: below it the machine, not the path, is what is measured

# What a batch passes on its way to an alert, by the names of their histograms.
STEPS: Final = {"journal": "megane_journal_append", "engine": "megane_engine_step", "store": "megane_store_write"}


@dataclass(frozen=True, slots=True)
class Found:
    """One run: percentiles in ms of the webhook and of Mosquitto's own delivery; what was measured beside."""

    p50_ms: float
    p99_ms: float
    broker_p50_ms: float
    broker_p99_ms: float
    beside: str


def latency(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """p50 and p99 at each rate of background load, beside Mosquitto delivering the same messages."""
    runs, seconds = (1, 1.5) if quick else (RUNS, 15.0)
    lines = []
    with tempfile.TemporaryDirectory(prefix="megane-bench-") as name, desk() as at:
        folder = Path(name)
        write_town(folder / "files", DEVICES, PROBES)
        settings = str(at.settings(folder))
        with (
            loaded_city(folder, folder / "files", DEVICES, "--settings", settings) as city,
            probes(city.process.mqtt_port, at) as probing,
        ):
            city.run(5_000)  # warm
            for rate in RATES:
                lines += _lines(rate, [_run(city, probing, rate, seconds) for _ in range(runs)])
    return lines


def _run(city: LoadedCity, probing: Probes, rate: int, seconds: float) -> Found:
    before = city.process.metrics()
    load = city.paced(round(rate * (seconds + 1.0)), rate)
    first = probing.sent
    with sending(load, city.process.mqtt_port) as sender:
        received = "megane_readings_received_total"
        wait_for(lambda: city.process.metrics()[received] > before[received], "the load's first reading")
        probing.send_for(seconds, lambda: sender.poll() is None)
        outcome = outcome_of(sender)
        told, delivered = probing.told(first), probing.delivered(first)
        city.sent += outcome.readings + probing.sent - first
    after = city.rest()
    kept = "" if outcome.messages_per_s >= KEEPS_UP * rate else f"only {outcome.messages_per_s:,.0f} messages/s came; "
    (p50, p99), (broker_p50, broker_p99) = (
        (np.percentile(each, [50, 99]) * 1e3).tolist() for each in (told, delivered)
    )
    return Found(p50, p99, broker_p50, broker_p99, kept + _steps(before, after))


def _lines(rate: int, runs: list[Found]) -> list[Line]:
    """The medians of the runs."""
    p50, p99, broker_p50, broker_p99 = (
        statistics.median(getattr(run, name) for run in runs)
        for name in ("p50_ms", "p99_ms", "broker_p50_ms", "broker_p99_ms")
    )
    worst = max(runs, key=lambda run: run.p99_ms)
    what = f"webhook at {rate:,} messages/s"
    return [
        compared(f"{what}, p50; Mosquitto's delivery", p50, "ms", broker_p50),
        compared(
            f"{what}, p99; Mosquitto's delivery",
            p99,
            "ms",
            broker_p99,
            aim=f"≤ {AIM_MS:g} ms",
            met=p99 <= AIM_MS,
            why=f"{worst.beside}; Mosquitto's own delivery has a p99 of {broker_p99:.0f} ms",
        ),
    ]


def _steps(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """How long the parts of the path took on average."""

    def mean_ms(name: str) -> float:
        total, count = (after[f"{name}_seconds_{part}"] - before[f"{name}_seconds_{part}"] for part in ("sum", "count"))
        return total / count * 1e3 if count else 0.0

    return ", ".join(f"{step} {mean_ms(name):.1f} ms" for step, name in STEPS.items()) + " a batch"
