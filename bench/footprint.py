"""What a running city weighs: idle, and after many readings."""

import tempfile
import time
from pathlib import Path
from typing import Final

from bench.drift import FLAT_MEMORY, drift
from bench.line import Line, compared
from bench.loaded_city import LoadedCity, loaded_city
from bench.town import write_town

DEVICES: Final = 1_000
CPU_AIM: Final = 3.0  # percent of a core
MEMORY_AIM_MB: Final = 400.0
READINGS: Final = 50_000_000
READINGS_A_MESSAGE: Final = 100  # a device that was away sends so: 50 million in minutes
SAMPLES: Final = 20  # of the memory, at rest, evenly over the run


def footprint(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """Idle processor and memory, then memory while readings go through all of the path."""
    idle_s, readings = (2.0, 200_000) if quick else (60.0, READINGS)
    with tempfile.TemporaryDirectory(prefix="megane-bench-") as name:
        folder = Path(name)
        write_town(folder / "files", DEVICES)
        with loaded_city(folder, folder / "files", DEVICES) as city:
            idle_percent, idle_mb = _idle(city, idle_s)
            samples = _filled(city, readings)
            city_mb, broker_mb = city.parts_mb()
    flat = drift(samples)
    return [
        compared(
            "megane up and its broker, idle",
            idle_percent,
            "% of a core",
            aim=f"≤ {CPU_AIM:g} %",
            met=idle_percent <= CPU_AIM,
            why="timers: the loop wakes for heartbeat, probe and the pages' streams",
        ),
        compared(
            "megane up and its broker, idle memory",
            idle_mb,
            "MB",
            aim=f"≤ {MEMORY_AIM_MB:g} MB",
            met=idle_mb <= MEMORY_AIM_MB,
            why="libraries: DuckDB, NumPy and the web server before the first reading",
        ),
        compared(
            f"memory after {readings:,} readings",
            samples[-1],
            "MB",
            aim=f"≤ {MEMORY_AIM_MB:g} MB",
            met=samples[-1] <= MEMORY_AIM_MB,
            why=f"{city_mb:.0f} MB of it are the city and {broker_mb:.0f} MB Mosquitto, which had messages in flight as"
            f" fast as they came; {idle_mb:.0f} MB when idle, then DuckDB's buffers up to their limit, and what the"
            " allocator keeps of a full load",
        ),
        compared(
            f"memory over {readings:,} readings: last third by middle third",
            flat,
            "×",
            aim=f"≤ {FLAT_MEMORY:g}, flat",
            met=flat <= FLAT_MEMORY,
            why=f"it went from {min(samples):.0f} to {max(samples):.0f} MB",
        ),
    ]


def _idle(city: LoadedCity, for_s: float) -> tuple[float, float]:
    """Percent of a core that city and broker take while nobody sends, and their memory in MB."""
    before_s, began_s = sum(city.cpu_s()), time.perf_counter()
    time.sleep(for_s)  # what is measured is that nothing happens
    return (sum(city.cpu_s()) - before_s) / (time.perf_counter() - began_s) * 100, city.rss_mb()


def _filled(city: LoadedCity, readings: int) -> list[float]:
    """MB after each part of the readings."""
    samples = []
    for _ in range(SAMPLES):
        city.run(readings // SAMPLES // READINGS_A_MESSAGE, READINGS_A_MESSAGE)
        samples.append(city.rss_mb())
    return samples
