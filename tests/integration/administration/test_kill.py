"""kill -9 of a real process in the middle: every event arrives, and is one by its webhook-id."""

import asyncio
import random
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path

from administration.runs import webhook_id
from tests.support.alert_events import firing_and_resolved
from tests.support.receiver import OK, Answer, Received, Receiver

CITY = Path(__file__).parent / "killed_city.py"
COUNT = 60


async def test_killed_twice_every_event_arrives_in_order(tmp_path: Path) -> None:
    rng = random.Random(20240623)

    async def sometimes_away(_: Received) -> Answer:
        return OK if rng.random() < 0.9 else Answer(503)

    subjects = [f"rpi-{i:04d}:water_level" for i in range(COUNT)]
    expected = {webhook_id("bosai", event.id) for name in subjects for event in firing_and_resolved(name)}
    async with Receiver(sometimes_away) as receiver:
        for part in (20, 70, len(expected)):
            process = await asyncio.create_subprocess_exec(
                sys.executable, str(CITY), str(tmp_path / "city.db"), receiver.url, str(COUNT)
            )
            enough = asyncio.ensure_future(receiver.until(partial(_taken, receiver, part)))
            died = asyncio.ensure_future(process.wait())
            await asyncio.wait({enough, died}, return_when=asyncio.FIRST_COMPLETED)
            assert process.returncode is None
            process.kill()
            await died
            await enough
    assert {taken.id for taken in receiver.taken} == expected
    told: dict[str, list[str]] = defaultdict(list)
    seen = set()
    for taken in receiver.taken:  # a receiver that honours the key sees each once
        if taken.id not in seen:
            seen.add(taken.id)
            told[taken.subject].append(taken.state)
    assert told == {subject: ["firing", "resolved"] for subject in subjects}
    # Twice goes only what was in flight at a kill: at most sixteen at each of two.
    assert len(receiver.taken) - len(expected) <= 2 * 16


def _taken(receiver: Receiver, number: int) -> bool:
    return len({r.id for r in receiver.taken}) >= number
