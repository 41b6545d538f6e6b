import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.feed import CLIENTS_AT_MOST, Feed, News
from api.problem import ProblemError
from city.errors import UnavailableError
from city.reading import ReadingBatch
from tests.support.shown_city import NOW_MS, TOBA, ShownCity, sabae

DEADLINE_S = 60


@asynccontextmanager
async def running(feed: Feed) -> AsyncIterator[None]:
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(feed.run())
        yield
        task.cancel()


@pytest.fixture
def city() -> ShownCity:
    made = sabae()
    made.write(TOBA, [(NOW_MS - 60_000, 5.0)])
    return made


async def until_readings(stream: AsyncIterator[News]) -> News:
    async for news in stream:
        if len(news.readings):
            return news
    raise AssertionError


async def test_a_newcomer_is_told_everything(city: ShownCity) -> None:
    city.fire("river-danger", TOBA, 5)
    feed = Feed(city.view(), pace_s=0)
    async with running(feed):
        news = await anext(feed.follow(None))
    assert news.whole
    assert news.readings.value.tolist() == [5.0]
    assert [alert.rule for alert in news.alerts or ()] == ["river-danger"]


async def test_afterwards_only_what_is_new(city: ShownCity) -> None:
    feed = Feed(city.view(), pace_s=0)
    async with running(feed):
        stream = feed.follow(None)
        await anext(stream)
        quiet = await anext(stream)
        city.write("rpi-desaku:water_level", [(NOW_MS, 2.0)])
        news = await until_readings(stream)
    assert len(quiet.readings) == 0
    assert quiet.alerts is None
    assert not news.whole
    assert news.readings.value.tolist() == [2.0]


async def test_alerts_are_told_whole_whenever_any_changes(city: ShownCity) -> None:
    feed = Feed(city.view(), pace_s=0)
    async with running(feed):
        stream = feed.follow(None)
        await anext(stream)
        city.fire("river-danger", TOBA, 5)
        began = await anext(news async for news in stream if news.alerts is not None)
        city.resolve("river-danger", TOBA, 0)
        ended = await anext(news async for news in stream if news.alerts is not None)
    assert [alert.rule for alert in began.alerts or ()] == ["river-danger"]
    assert list(ended.alerts or ()) == []


async def test_who_was_away_is_told_what_was_missed_and_no_more(city: ShownCity) -> None:
    feed = Feed(city.view(), pace_s=0)
    async with running(feed):
        last_id = (await anext(feed.follow(None))).id
        city.write("rpi-desaku:water_level", [(NOW_MS, 2.0)])
        await until_readings(feed.follow(None))  # somebody else looks on meanwhile
        news = await until_readings(feed.follow(last_id))
    assert not news.whole
    assert news.readings.value.tolist() == [2.0]


@pytest.mark.parametrize("stranger", ["", "x", "-", "00000000-0", "00000000-99999999", "a-b-c"])
async def test_an_id_of_another_run_means_everything(city: ShownCity, stranger: str) -> None:
    feed = Feed(city.view(), pace_s=0)
    async with running(feed):
        assert (await anext(feed.follow(stranger))).whole


async def test_a_new_catalog_means_everything_anew(city: ShownCity) -> None:
    feed = Feed(city.view(), pace_s=0)
    async with running(feed):
        stream = feed.follow(None)
        await anext(stream)
        city.catalog = sabae().catalog
        news = await anext(news async for news in stream if news.whole)
    assert news.catalog is city.catalog
    assert news.readings.value.tolist() == [5.0]


async def test_a_store_that_is_away_is_said_and_ends_nothing(city: ShownCity) -> None:
    class Moody:
        away = True

        def latest(self) -> ReadingBatch:
            if self.away:
                raise UnavailableError("checkpoint")
            return ReadingBatch.empty()

    moody = Moody()
    usual = city.store.latest
    feed = Feed(city.view(), pace_s=0)
    async with running(feed):
        stream = feed.follow(None)
        await anext(stream)
        city.store.latest = moody.latest  # type: ignore[method-assign]  # a store that fails on demand
        stale = await anext(news async for news in stream if news.stale)
        city.store.latest = usual  # type: ignore[method-assign]
        fresh = await anext(news async for news in stream if not news.stale)
    assert len(stale.readings) == len(fresh.readings) == 0


async def test_nobody_looks_while_nobody_looks_on(city: ShownCity) -> None:
    asked = 0
    usual = city.store.latest

    def counted() -> ReadingBatch:
        nonlocal asked
        asked += 1
        return usual()

    city.store.latest = counted  # type: ignore[method-assign]  # counts what it passes on
    feed = Feed(city.view(), pace_s=0)
    async with running(feed):
        for _ in range(20):
            await asyncio.sleep(0)
        assert asked == 0
        await anext(feed.follow(None))
        assert asked > 0


async def test_a_client_too_many_is_not_admitted(city: ShownCity) -> None:
    feed = Feed(city.view(), pace_s=0)
    async with running(feed):
        streams = [feed.follow(None) for _ in range(CLIENTS_AT_MOST)]
        await asyncio.gather(*(anext(stream) for stream in streams))
        with pytest.raises(ProblemError):
            feed.admit()
        await streams[0].aclose()  # type: ignore[attr-defined]  # an async generator
        feed.admit()


async def test_closing_lets_everybody_go(city: ShownCity) -> None:
    feed = Feed(city.view(), pace_s=0)
    async with running(feed):
        stream = feed.follow(None)
        await anext(stream)
        feed.close()
        async for _ in stream:
            pass
