"""`python -m bench`: one table, each figure beside a peer or a limit of the same run; and bench/results.json.

QUICK=1 does the same on smaller inputs in under a minute; BENCH=path,engine chooses.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from bench.engine import engine
from bench.line import Bench, Line
from bench.path import path

RESULTS: Final = Path(__file__).parent / "results.json"
BENCHES: Final[Mapping[str, Bench]] = {"path": path, "engine": engine}


def main() -> None:
    quick = bool(os.environ.get("QUICK"))
    chosen = os.environ.get("BENCH", ",".join(BENCHES)).split(",")
    console = Console()
    lines: list[Line] = []
    for name in chosen:
        with console.status(name):
            lines += BENCHES[name](quick)
    table = Table("line", "value", "unit", "beside", "ratio", "aim", "met")
    for line in lines:
        beside, ratio = (("" if x is None else f"{x:,.4g}") for x in (line.beside, line.ratio))
        table.add_row(line.line, f"{line.value:,.4g}", line.unit, beside, ratio, line.aim, "yes" if line.met else "no")
    console.print(table)
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(lines)))
    console.print(f"{RESULTS}")


if __name__ == "__main__":
    main()
