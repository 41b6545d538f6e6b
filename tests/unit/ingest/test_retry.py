import asyncio
from itertools import pairwise

from city.errors import UnavailableError
from ingest.retry import ASKED_S, LONGEST_S, until_available
from tests.support.ingester import still_rng
from tests.support.manual_clock import ManualClock


async def test_it_waits_longer_each_time_but_no_longer_than_its_most_and_as_long_as_it_is_asked_to() -> None:
    clock = ManualClock()
    began_ms = clock.now_ms()
    tried_ms: list[int] = []
    failed: list[UnavailableError] = []

    async def attempt() -> str:
        tried_ms.append(clock.now_ms() - began_ms)
        if len(tried_ms) == 12:
            raise UnavailableError("later", retry_after_s=99.0)
        if len(tried_ms) <= 13:
            raise UnavailableError("not now")
        return "done"

    task = asyncio.create_task(until_available(attempt, clock, still_rng(), failed.append))
    while len(tried_ms) < 14:
        await asyncio.sleep(0)
        if (wake_ms := clock.next_wake_ms) is not None:
            clock.advance_to(wake_ms)
    assert await task == "done"
    waits_s = [(after - before) / 1000 for before, after in pairwise(tried_ms)]
    assert all(0.05 * 2**n <= wait_s <= 0.1 * 2**n for n, wait_s in enumerate(waits_s[:7]))
    assert max(waits_s[:11]) <= LONGEST_S
    assert waits_s[11] == 99
    assert len(failed) == 13


async def test_nobody_can_ask_it_to_wait_for_ever() -> None:
    clock = ManualClock()
    began_ms = clock.now_ms()

    async def attempt() -> int:
        if (waited_ms := clock.now_ms() - began_ms) == 0:
            raise UnavailableError("in a hundred years", retry_after_s=3e9)
        return waited_ms

    task = asyncio.create_task(until_available(attempt, clock, still_rng(), lambda _: None))
    await clock.somebody_sleeps()
    assert clock.next_wake_ms == began_ms + ASKED_S * 1000
    clock.advance_to(clock.next_wake_ms)
    assert await task == ASKED_S * 1000
