import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from city.backlog import LONGEST_MS, QUIET_MS
from city.entry import CaughtUpEntry, StartEntry
from city.reading import Quality
from ingest.catch_up import CatchUp
from ingest.journal.writer import Journal
from tests.support.batches import batch_of
from tests.support.ingester import still_rng
from tests.support.manual_clock import ManualClock
from tests.support.small_catalog import catalog_of

CATALOG = catalog_of("a:x")
DELAY_MS = CATALOG.sensors[0].delay_ms
LATE = int(Quality.LATE)


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    opened = Journal(path)
    yield opened
    opened.close()


async def seconds_until_through(journal: Journal, ages_ms: list[int], quality: int = 0, lasting_s: int = 10_000) -> int:
    """Runs it while readings of these ages come in every second for so long; after how many seconds it is through."""
    clock = ManualClock()
    catch_up = CatchUp(journal, CATALOG, clock, still_rng())
    await catch_up.start()
    began_ms = clock.now_ms()
    task = asyncio.create_task(catch_up.run())
    while not task.done():
        sleeping = asyncio.create_task(clock.somebody_sleeps())
        await asyncio.wait({task, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        sleeping.cancel()
        if task.done():
            break
        now_ms = clock.now_ms() + 1000
        if now_ms <= began_ms + lasting_s * 1000:
            catch_up.observe(now_ms, batch_of([(0, now_ms - age, 1.0, quality) for age in ages_ms]))
        clock.advance(1.0)
    assert catch_up.through
    entries = journal.reader.read(0, 9, CATALOG)
    assert entries == [StartEntry(1, began_ms), CaughtUpEntry(2, clock.now_ms())]
    return (clock.now_ms() - began_ms) // 1000


async def test_after_ten_quiet_seconds(journal: Journal) -> None:
    assert await seconds_until_through(journal, [0, DELAY_MS]) == QUIET_MS // 1000


async def test_when_nothing_comes(journal: Journal) -> None:
    assert await seconds_until_through(journal, []) == QUIET_MS // 1000


async def test_ten_seconds_after_the_last_old_reading(journal: Journal) -> None:
    assert await seconds_until_through(journal, [0, DELAY_MS + 1], lasting_s=20) == 20 + QUIET_MS // 1000


async def test_less_than_one_in_a_hundred_may_be_old(journal: Journal) -> None:
    assert await seconds_until_through(journal, [DELAY_MS + 1] + [0] * 100) == QUIET_MS // 1000


async def test_one_in_a_hundred_is_too_many_but_not_for_ever(journal: Journal) -> None:
    assert await seconds_until_through(journal, [DELAY_MS + 1] + [0] * 99) == LONGEST_MS // 1000


async def test_what_is_sent_again_is_not_new(journal: Journal) -> None:
    assert await seconds_until_through(journal, [DELAY_MS + 1] * 5, quality=LATE) == QUIET_MS // 1000


class _CorrectedClock(ManualClock):
    """One that can be put back."""

    shift_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.shift_ms


async def test_a_clock_that_is_put_back_does_not_hold_timers_up(journal: Journal) -> None:
    clock = _CorrectedClock()
    catch_up = CatchUp(journal, CATALOG, clock, still_rng())
    await catch_up.start()
    now_ms = clock.now_ms()
    catch_up.observe(now_ms, batch_of([(0, now_ms - DELAY_MS - 1, 1.0, 0)]))
    task = asyncio.create_task(catch_up.run())
    await clock.somebody_sleeps()
    clock.shift_ms = -3_600_000
    passed_s = 0
    while not task.done() and passed_s * 1000 < LONGEST_MS:
        sleeping = asyncio.create_task(clock.somebody_sleeps())
        await asyncio.wait({task, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        sleeping.cancel()
        clock.advance(1.0)
        passed_s += 1
    assert catch_up.through
    assert passed_s <= QUIET_MS // 1000 + 3
