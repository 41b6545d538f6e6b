"""A process of its own that relays and sends until it is killed: `killed_city.py FILE URL COUNT`."""

import asyncio
import sys
from pathlib import Path

from tests.support.alert_events import MemoryAlertEvents, firing_and_resolved
from tests.support.business import Business, TestCity


async def main(file: Path, url: str, count: int) -> None:
    # Every start finds all events unmarked again, as if each kill had come between relaying and marking.
    names = [f"rpi-{i:04d}:water_level" for i in range(count)]
    events = MemoryAlertEvents(event for name in names for event in firing_and_resolved(name))
    async with Business(file, TestCity({"bosai": url}, names), events):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
