"""`python -m bench`: one table, each figure beside a peer or a limit of the same run; and bench/results.json.

    make bench                         all of it, medians of five runs and more: half an hour
    make bench QUICK=1                 the same lines on smaller inputs, in under a minute
    make bench BENCH=path,engine       some of it

What the machine is goes to bench/machine.json; `python -m bench.report` brings both into docs/performance.md.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.engine import engine
from bench.fleet_tls import fleet_tls
from bench.footprint import footprint
from bench.growth import growth
from bench.latency import latency
from bench.line import Bench, Line
from bench.machine import describe
from bench.offline import offline
from bench.orphans import none_left_behind
from bench.past_year import past_year
from bench.path import path
from bench.quality import quality
from bench.stores import stores
from bench.storm.lines import storm
from bench.windows import windows

WIDTH: Final = 140  # columns; the longest row has 125
FOLDER: Final = Path(__file__).parent
RESULTS: Final = FOLDER / "results.json"
MACHINE: Final = FOLDER / "machine.json"
BENCHES: Final[Mapping[str, Bench]] = {
    "path": path,
    "engine": engine,
    "windows": windows,
    "backtest": past_year,
    "latency": latency,
    "stores": stores,
    "footprint": footprint,
    "growth": growth,
    "quality": quality,
    "offline": offline,
    "fleet_tls": fleet_tls,
    "storm": storm,
}


def main() -> None:
    # Each of the many processes that are started would compile every library anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    quick = os.environ.get("QUICK", "0") not in {"", "0"}
    chosen = [name for name in os.environ.get("BENCH", "").split(",") if name] or list(BENCHES)
    unknown = sorted(set(chosen) - set(BENCHES))
    if unknown:
        sys.exit(f"BENCH: no {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    # A file or a pipe has no width; a row is to stay on one line there too.
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    lines: list[Line] = []
    with none_left_behind():
        for number, name in enumerate(chosen, start=1):
            with console.status(f"{name} ({number} of {len(chosen)})"):
                lines += BENCHES[name](quick)
        MACHINE.write_bytes(msgspec.json.format(msgspec.json.encode(describe(quick=quick))) + b"\n")
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(lines)) + b"\n")
    console.print(table(lines))
    for line in lines:
        if not line.met:
            console.print(f"{line.line}: {line.why}", highlight=False)
    console.print(f"{RESULTS}", soft_wrap=True)


def table(lines: list[Line]) -> Table:
    """A row a line; 110 columns hold it."""
    found = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("line", "value", "unit", "beside", "ratio", "aim", "met"):
        figures = heading in {"value", "beside", "ratio"}
        found.add_column(heading, justify="right" if figures else "left", no_wrap=True)
    for line in lines:
        value, beside, ratio = (figure(x) for x in (line.value, line.beside, line.ratio))
        found.add_row(line.line, value, line.unit, beside, ratio, line.aim, "yes" if line.met else "no")
    return found


def figure(value: float | None) -> str:
    """As a person reads it."""
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"


if __name__ == "__main__":
    main()
