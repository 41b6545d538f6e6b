"""A process of its own that relays and sends until it is killed: `killed_city.py WHERE URL COUNT`.

WHERE: a file of SQLite, with one worker, or the URL of a PostgreSQL database, with three
"""

import asyncio
import sys
from pathlib import Path

import sqlalchemy as sa

from tests.support.alert_events import MemoryAlertEvents, firing_and_resolved
from tests.support.business import Business, TestCity


async def main(where: Path | sa.URL, url: str, count: int) -> None:
    # Every start finds all events unmarked again, as if each kill had come between relaying and marking.
    names = [f"rpi-{i:04d}:water_level" for i in range(count)]
    events = MemoryAlertEvents(event for name in names for event in firing_and_resolved(name))
    workers = 3 if isinstance(where, sa.URL) else 1
    async with Business(where, TestCity({"bosai": url}, names), events, workers=workers):
        await asyncio.Event().wait()


if __name__ == "__main__":
    named = sys.argv[1]
    place = sa.make_url(named) if named.startswith("postgresql") else Path(named)
    asyncio.run(main(place, sys.argv[2], int(sys.argv[3])))
