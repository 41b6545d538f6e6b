"""kill -9 of a real process in the middle: every event arrives, and is one by its webhook-id."""

import asyncio
import random
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from administration.claims import claim, take_back, take_back_overdue
from administration.deliveries import webhook_id
from tests.support.alert_events import START_MS, firing_and_resolved
from tests.support.business import Business, TestCity
from tests.support.postgresql import Postgresql
from tests.support.receiver import OK, Answer, Received, Receiver

CITY = Path(__file__).parent / "killed_city.py"
COUNT = 60


async def test_killed_twice_every_event_arrives_in_order(place: Path | sa.URL) -> None:
    rng = random.Random(20240623)

    async def sometimes_away(_: Received) -> Answer:
        return OK if rng.random() < 0.9 else Answer(503)

    subjects = [f"rpi-{i:04d}:water_level" for i in range(COUNT)]
    expected = {webhook_id("bosai", event.id) for name in subjects for event in firing_and_resolved(name)}
    async with Receiver(sometimes_away) as receiver:
        for part in (20, 70, len(expected)):
            process = await asyncio.create_subprocess_exec(
                sys.executable, str(CITY), str(place), receiver.url, str(COUNT)
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
    # Twice goes only what was in flight at a kill: at most sixteen at each of two, of each worker.
    workers = 3 if isinstance(place, sa.URL) else 1
    assert len(receiver.taken) - len(expected) <= 2 * 16 * workers


def _taken(receiver: Receiver, number: int) -> bool:
    return len({r.id for r in receiver.taken}) >= number


async def test_three_workers_go_on_after_the_server_was_killed() -> None:
    subjects = [f"rpi-{i:04d}:water_level" for i in range(COUNT)]
    events = [event for name in subjects for event in firing_and_resolved(name)]
    with Postgresql(settings=()) as server, server.database(server.make_template()) as url:
        async with (
            Receiver() as receiver,
            Business(url, TestCity({"bosai": receiver.url}, subjects), workers=3) as city,
        ):
            city.commit(*events[:COUNT])
            await receiver.until(lambda: _taken(receiver, COUNT // 3))
            await asyncio.to_thread(server.kill)
            city.commit(*events[COUNT:])
            away = "megane_administration_database_waits_total"
            async with asyncio.timeout(60):
                while not city.registry.get_sample_value(away):  # noqa: ASYNC110  a counter has no event to wait for
                    await asyncio.sleep(0.01)
            await asyncio.to_thread(server.start)
            await receiver.until(lambda: _taken(receiver, len(events)))
            await city.until(lambda: [(e.delivered, e.waiting) for e in city.endpoints.health()] == [(len(events), 0)])
    told: dict[str, list[str]] = defaultdict(list)
    for taken in receiver.taken:
        if taken.state not in told[taken.subject]:
            told[taken.subject].append(taken.state)
    assert told == {subject: ["firing", "resolved"] for subject in subjects}
    # An answer that came while the server was away is committed once it is back, and not asked for again.
    assert len(receiver.taken) == len(events)


async def test_what_a_dead_worker_held_comes_back_with_time_and_a_living_one_s_do_not(place: Path | sa.URL) -> None:
    subjects = [f"rpi-{i:04d}:water_level" for i in range(12)]
    async with Receiver() as receiver:
        city = Business(place, TestCity({"bosai": receiver.url}, subjects))
        for name in subjects:
            city.events.commit(firing_and_resolved(name)[0])
        city.relay.relay()
        dead = claim(city.database, "dead", START_MS * 2, 1_000, {"bosai": 12})
        living = claim(city.database, "living", START_MS * 2, 60_000, {})
        assert (len(dead.deliveries), len(living.deliveries)) == (4, 8)
        assert take_back(city.database, "newcomer", START_MS * 2 + 500) == 0
        assert take_back_overdue(city.database, START_MS * 2 + 2_000) == 4
        assert take_back_overdue(city.database, START_MS * 2 + 2_000) == 0
        back = claim(city.database, "newcomer", START_MS * 2 + 2_000, 60_000, {})
        assert {one.id for one in back.deliveries} == {one.id for one in dead.deliveries}
        await city.__aexit__()
