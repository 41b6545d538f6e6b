"""`python -m tests.fuzz.campaign`: every target for `MINUTES` (10) minutes in all; what is found is printed."""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
# A process that is forked and becomes another program is told to have taken, at its highest, what its parent took
# (`ru_maxrss`), and libFuzzer counts that: so a shell, which takes nothing, forks once more.
FORKED = ["sh", "-c", '"$@"; exit $?', "sh"]


@dataclass(frozen=True, slots=True)
class Done:
    """found: files with the inputs that broke the target; executions: how many inputs were tried."""

    found: list[Path]
    executions: int
    log: str


def run(target: str, seconds: int, folder: Path) -> Done:
    """One target for so long, its corpus under `folder`."""
    corpus = folder / target
    corpus.mkdir()
    for number, seed in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(seed)
    process = subprocess.run(
        [*FORKED, sys.executable, "-m", "tests.fuzz.run", target, str(seconds), str(corpus)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    log = process.stdout + process.stderr
    tried = re.search(r"stat::number_of_executed_units:\s+(\d+)", log)
    found = sorted(corpus.glob("found-*"))
    if process.returncode and not found:
        raise AssertionError(f"{target} ended with {process.returncode}:\n{log}")
    return Done(found, int(tried[1]) if tried else 0, log)


def main() -> None:
    seconds = round(float(os.environ.get("MINUTES") or 10) * 60 / len(TARGETS))
    console = Console()
    broken = False
    with tempfile.TemporaryDirectory(prefix="megane-fuzz-") as name:
        for target in TARGETS:
            with console.status(f"fuzzing {target} for {seconds} s"):
                done = run(target, seconds, Path(name))
            console.print(f"{target}: {done.executions:,} inputs in {seconds} s, {len(done.found)} found")
            for file in done.found:
                broken = True
                console.print(repr(file.read_bytes()[:2_000]), done.log[-2_000:], markup=False)
    sys.exit(broken)


if __name__ == "__main__":
    main()
