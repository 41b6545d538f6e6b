"""A process of its own that takes readings, every fifth of them late, until it is killed: `… FOLDER COUNT`.

It goes on after the batches that its journal has, and says the number of each that it puts there.
"""

import asyncio
import sys
from pathlib import Path

from city.entry import BatchEntry, RulesEntry
from ingest.frontier import restore_frontier
from tests.support.looking_city import LookingCity, MoodyStore
from tests.support.rule_city import T0, rule_text
from tests.support.sabae import sabae_catalog

RULES = {
    "rules/now.yaml": rule_text(id="now", raise_="last() >= 7"),
    "rules/lately.yaml": rule_text(id="lately", raise_="max(10m) >= 8", for_="2m"),
}


async def main(folder: Path, count: int) -> None:
    city = LookingCity(folder, MoodyStore())
    entries = city.entries()
    if not any(isinstance(entry, RulesEntry) for entry in entries):
        city.journal.append_rules(T0, RULES)
    city.clock.advance_to(max((entry.at_ms for entry in entries), default=T0))
    city.frontier = restore_frontier(None, city.journal.reader, [sensor.key for sensor in sabae_catalog().sensors])
    async with city.running():
        for k in range(sum(isinstance(entry, BatchEntry) for entry in entries), count):
            late = [(k - 3.5, 9.0)] if k % 5 == 4 else []
            position = city.put((k, 2.0 + 6.0 * (k % 17 == 0)), *late, at=k)
            print(k, flush=True)  # noqa: T201  its parent reads it
            await city.watch.caught_up(position)
        await city.watch.caught_up(city.journal.tail.position)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
