"""`python -m bench.kills`: part of `make soak`. 200 times kill -9, on SQLite and with three workers on PostgreSQL.

Each run carries out a playbook with every kind of step while its city is killed at each boundary between steps, and at
moments drawn by a seed in between. Exit status 1 where one ends in another way than an undisturbed run.
"""

import asyncio
import os
import random
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from tests.support.killed_runs import differences, killed, undisturbed
from tests.support.postgresql import Postgresql
from tests.support.whole_playbook import Left

KILLS: Final = 200
QUICK_KILLS: Final = 40


async def campaign(folder: Path, server: Postgresql, seed: int, kills: int) -> int:
    """Runs until so many kills are through. Gives how many runs ended in another way."""
    calm = await undisturbed(folder / "calm.sqlite", folder / "calm")
    template = server.make_template()
    made = wrong = number = 0
    while made < kills:
        number += 1
        over = folder / f"over-{number}"
        if number % 2:
            found = await _one(folder / f"{number}.sqlite", over, seed + number, calm)
        else:
            with server.database(template) as url:
                found = await _one(url, over, seed + number, calm)
        made += found[0]
        wrong += bool(found[1])
    print(f"{made} kills in {number} runs, {wrong} of them ended in another way", file=sys.stderr)
    return wrong


async def _one(where: Path | sa.URL, over: Path, seed: int, calm: Left) -> tuple[int, list[str]]:
    found = await killed(where, over, random.Random(seed))  # noqa: S311  a test that can be done again
    lines = differences(found, calm)
    for line in lines:
        print(f"seed {seed}: {line}", file=sys.stderr)
    return found.kills, lines


def main() -> int:
    seed = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))
    kills = QUICK_KILLS if os.environ.get("QUICK") else KILLS
    print(f"SEED={seed}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="megane-kills-") as name, Postgresql() as server:
        return 1 if asyncio.run(campaign(Path(name), server, seed, kills)) else 0


if __name__ == "__main__":
    sys.exit(main())
