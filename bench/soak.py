"""`make endurance`: a city at half of what it can take, for minutes on end: memory and latency flat, books balanced.

    make endurance            20 minutes
    make endurance MINUTES=2  as long as you like

The last line is one JSON object; the picture goes to docs/pictures/soak.png. Exit status 1 where something is not flat
or a reading is not accounted for. Another kind of soak is another function beside `endure`.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.progress import Progress

from bench.drift import FLAT_LATENCY, FLAT_MEMORY, drift
from bench.loaded_city import LoadedCity, loaded_city, outcome_of, sending
from bench.orphans import none_left_behind
from bench.probe import PROBES, Probes, desk, probes
from bench.town import write_town
from bench.waiting import wait_for

DEVICES: Final = 1_000
GREATEST: Final = 100_000  # messages, as fast as they go, that say what the greatest rate is; the median of three
# DuckDB keeps what it has written, 4 bytes a reading, until its memory is full. At the setting of a city that takes an
# hour and more, and a leak could not be told from it meanwhile: so the bound is lower here, and is filled first.
STORE_MB: Final = 64
FILLING: Final = 12, 10_000, 100  # portions, that none piles up at the broker, of messages of so many readings
EVERY_S: Final = 5.0  # between samples: a hundred probes
PICTURE: Final = Path(__file__).parents[1] / "docs" / "pictures" / "soak.png"


@dataclass(frozen=True, slots=True)
class Sample:
    """After so many seconds: MB of memory, median ms from publishing to the webhook, messages in the inbox."""

    at_s: float
    memory_mb: float
    latency_ms: float
    waiting: float


class Soaked(msgspec.Struct, frozen=True):
    """What came of it. drifts: the median of the last third by that of the middle third, 1 is flat."""

    minutes: float
    rate_per_s: float
    published: int
    stored: int
    duplicates: int
    quarantined: int
    memory_mb: float
    memory_drift: float
    latency_ms: float
    latency_drift: float
    balanced: bool
    flat: bool


def endure(minutes: float, console: Console) -> tuple[Soaked, list[Sample]]:
    """Runs it."""
    with tempfile.TemporaryDirectory(prefix="megane-soak-") as name, desk() as at:
        folder = Path(name)
        write_town(folder / "files", DEVICES, PROBES)
        settings = at.settings(folder)
        with settings.open("a", encoding="utf-8") as file:
            file.write(f"[store.options]\nmemory_mb = {STORE_MB}\n")
        with (
            loaded_city(folder, folder / "files", DEVICES, "--settings", str(settings)) as city,
            probes(city.process.mqtt_port, at) as probing,
        ):
            rate = statistics.median(city.run(GREATEST).messages_per_s for _ in range(3)) / 2
            portions, messages, readings = FILLING
            for _ in range(portions):
                city.run(messages, readings)
            console.print(f"{rate:,.0f} messages/s for {minutes:g} min", highlight=False)
            samples = _samples(city, probing, rate, minutes * 60, console)
            city.rest()
            told = city.process.readings()
            memory, latency = ([getattr(each, name) for each in samples] for name in ("memory_mb", "latency_ms"))
            memory_drift, latency_drift = drift(memory), drift(latency)
            soaked = Soaked(
                minutes=minutes,
                rate_per_s=round(rate),
                published=city.sent,
                stored=told["stored"],
                duplicates=told["duplicate"],
                quarantined=told["quarantined"],
                memory_mb=round(memory[-1], 1),
                memory_drift=round(memory_drift, 3),
                latency_ms=round(statistics.median(latency), 1),
                latency_drift=round(latency_drift, 3),
                balanced=city.sent == sum(told.values()),
                flat=memory_drift <= FLAT_MEMORY and latency_drift <= FLAT_LATENCY,
            )
    return soaked, samples


def _samples(city: LoadedCity, probing: Probes, rate: float, seconds: float, console: Console) -> list[Sample]:
    """One every `EVERY_S`, while the load lasts."""
    load = replace(city.paced(round(rate * seconds), rate), as_it_goes=True)
    samples: list[Sample] = []
    before = city.process.metrics()["megane_readings_received_total"]
    first = probing.sent
    with sending(load, city.process.mqtt_port) as sender, Progress(console=console, transient=True) as progress:
        task = progress.add_task("soak", total=seconds)
        wait_for(lambda: city.process.metrics()["megane_readings_received_total"] > before, "the load's first reading")
        begin_s = time.perf_counter()
        while sender.poll() is None:
            beginning = probing.sent
            probing.send_for(EVERY_S, lambda: sender.poll() is None)
            told = probing.told(beginning)
            waiting = city.process.metrics()["megane_inbox_messages"]
            at_s = time.perf_counter() - begin_s
            samples.append(Sample(at_s, city.rss_mb(), statistics.median(told) * 1e3, waiting))
            progress.update(task, completed=at_s)
        city.sent += outcome_of(sender).readings + probing.sent - first
    return samples


def draw(samples: Sequence[Sample], soaked: Soaked) -> None:
    """Memory, latency and inbox over time."""
    from matplotlib.figure import Figure  # noqa: PLC0415  half a second that the soak itself does without

    figure = Figure(figsize=(10, 6), layout="constrained")
    minutes = [each.at_s / 60 for each in samples]
    titles = {"memory_mb": "memory, MB", "latency_ms": "publish → webhook, median ms", "waiting": "inbox, messages"}
    for axes, (name, title) in zip(figure.subplots(len(titles), 1, sharex=True), titles.items(), strict=True):
        axes.plot(minutes, [getattr(each, name) for each in samples], color="#0017c1")
        axes.set(ylabel=title)
        axes.set_ylim(bottom=0)
    figure.suptitle(f"{soaked.rate_per_s:,.0f} messages/s, {soaked.published:,} readings, minutes")
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=110)


def main() -> None:
    console = Console(stderr=True)
    minutes = float(os.environ.get("MINUTES") or 20)
    with none_left_behind():
        soaked, samples = endure(minutes, console)
    draw(samples, soaked)
    print(msgspec.json.encode(soaked).decode())
    sys.exit(not (soaked.balanced and soaked.flat))


if __name__ == "__main__":
    main()
