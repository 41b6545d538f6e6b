"""How the path, the engine and the memory grow with the number of devices: 1 ×, 4 ×, 16 ×; drawn as a picture."""

import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.engine import live
from bench.line import Line, compared
from bench.loaded_city import loaded_city
from bench.town import rules, write_town

TIMES: Final = (1, 4, 16)
PICTURE: Final = Path(__file__).parents[1] / "docs" / "pictures" / "growth.png"
# Linear is what the work allows; the machine's own noise is 10 to 25 % (docs/performance.md).
LINEAR: Final = 1.25
COUNT: Final = 10  # rules in the engine's step


@dataclass(frozen=True, slots=True)
class Grown:
    """With so many devices: µs of the city's processor a message, ms of an engine's step, MB of memory."""

    devices: int
    message_us: float
    step_ms: float
    memory_mb: float


def growth(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """Each figure at 16 × the devices, by what it was at 1 ×; the picture is drawn by the full bench."""
    devices, messages, runs = (100, 2_000, 1) if quick else (1_000, 50_000, 5)
    grown = [_grown(devices * times, messages, runs) for times in TIMES]
    if not quick:
        _draw(grown)
    first, last = grown[0], grown[-1]
    step = last.step_ms / first.step_ms / TIMES[-1]
    message = last.message_us / first.message_us
    memory = last.memory_mb / first.memory_mb
    span = f"{first.devices:,} → {last.devices:,} devices"
    return [
        compared(
            f"growth, {span}: processor a message",
            message,
            "×",
            aim=f"≤ {LINEAR:g}, linear",
            met=message <= LINEAR,
            why=f"{first.message_us:.1f} → {last.message_us:.1f} µs: with few devices a receipt settles"
            " many messages of one, with many nearly every message has a receipt of its own",
        ),
        compared(
            f"growth, {span}: engine step a reading",
            step,
            "×",
            aim=f"≤ {LINEAR:g}, linear",
            met=step <= LINEAR,
            why=f"{first.step_ms:.2f} → {last.step_ms:.2f} ms",
        ),
        compared(
            f"growth, {span}: memory",
            memory,
            "×",
            aim=f"≤ {TIMES[-1]}, linear",
            met=memory <= TIMES[-1],
            why=f"{first.memory_mb:.0f} → {last.memory_mb:.0f} MB",
        ),
    ]


def _grown(devices: int, messages: int, runs: int) -> Grown:
    with tempfile.TemporaryDirectory(prefix="megane-bench-") as name:
        folder = Path(name)
        write_town(folder / "files", devices)
        with loaded_city(folder, folder / "files", devices) as city:
            city.run(messages)  # warm: every device was heard once
            found = [city.run(messages) for _ in range(runs)]
            memory_mb = city.rss_mb()
    step = live(devices, rules(COUNT, "last() >= 5 + {k} * 0.1"), warm=3)
    message_us = statistics.median(run.city_s / run.messages for run in found) * 1e6
    return Grown(devices, message_us, step.cpu_s * 1e3, memory_mb)


def _draw(grown: Sequence[Grown]) -> None:
    """Three small pictures over the number of devices, with the line that linear growth would be."""
    from matplotlib.figure import Figure  # noqa: PLC0415  half a second that only the full bench needs

    devices = [each.devices for each in grown]
    figure = Figure(figsize=(10, 3.2), layout="constrained")
    columns = (
        ("processor a message, µs", [each.message_us for each in grown], False),
        ("engine step, ms", [each.step_ms for each in grown], True),
        ("memory, MB", [each.memory_mb for each in grown], False),
    )
    for axes, (title, values, grows) in zip(figure.subplots(1, len(columns)), columns, strict=True):
        linear = [values[0] * (each / devices[0] if grows else 1) for each in devices]
        axes.plot(devices, linear, "--", color="0.6", label="linear")
        axes.plot(devices, values, "o-", color="#0017c1", label="measured")
        axes.set(title=title, xlabel="devices", xscale="log", xticks=devices, xticklabels=[f"{d:,}" for d in devices])
        axes.set_ylim(bottom=0)
        axes.minorticks_off()
        axes.legend()
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=120)
