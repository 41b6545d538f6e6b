import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from city.catalog import Catalog
from city.entry import CatalogEntry
from city.errors import UnavailableError
from city.ports import RefusedReading, Written
from city.quarantine import Reason
from city.reading import ReadingBatch
from ingest.journal.writer import Journal
from ingest.meters import Meters
from ingest.store_writer import CONSUMER, StoreWriter
from ingest.stores.memory import MemoryStore
from tests.support.batches import Row, batch_of, rows_of
from tests.support.ingester import ROOT, still_rng
from tests.support.manual_clock import ManualClock
from tests.support.small_catalog import catalog_of

T = 1_700_000_000_000
CATALOG = catalog_of("a:x", "b:x")
LATER = catalog_of("aa:x", "b:x")


class MoodyStore(MemoryStore):
    """Unavailable as often as it is told to be; never takes the value 13."""

    refusals = 0
    maintained = 0

    def write(self, batch: ReadingBatch) -> Written:
        if self.refusals:
            self.refusals -= 1
            raise UnavailableError("down for the moment")
        taken = (batch.value != 13).nonzero()[0]
        written = super().write(batch.take(taken))
        unlucky = tuple(RefusedReading(int(row), "13 is unlucky") for row in (batch.value == 13).nonzero()[0])
        return Written(written.stored, written.duplicate, unlucky)

    def maintain(self, now_ms: int) -> None:
        self.maintained += 1
        super().maintain(now_ms)


class City:
    """A journal and a store behind it."""

    def __init__(self, path: Path, store: MoodyStore, *, remembers: bool = True) -> None:
        self.journal = Journal(path)
        self.store = store
        self.clock = ManualClock()
        self.registry = CollectorRegistry()
        self.writer = StoreWriter(
            self.journal,
            store,
            CATALOG,
            self.load,
            ROOT,
            Meters(self.registry),
            self.clock,
            still_rng(),
            remembers=remembers,
        )

    def load(self, entry: CatalogEntry) -> Catalog:
        return {"1": CATALOG, "2": LATER}[entry.files["which"]]

    def stored(self, series: int) -> list[Row]:
        return rows_of(self.store.readings(batch_of([(series, 0, 0.0)]).series.astype("int64"), 0, 2 * T))

    def readings(self, outcome: str, reason: str = "") -> float:
        return self.registry.get_sample_value("megane_readings_total", {"outcome": outcome, "reason": reason}) or 0.0

    def received(self) -> float:
        return self.registry.get_sample_value("megane_readings_received_total") or 0.0


@contextlib.asynccontextmanager
async def running(city: City) -> AsyncIterator[City]:
    task = asyncio.create_task(city.writer.run())
    try:
        async with asyncio.timeout(60):
            yield city
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        city.journal.close()


async def test_what_is_journaled_is_stored_and_counted(path: Path) -> None:
    city = City(path, MoodyStore())
    async with running(city):
        city.journal.append_batch(T, batch_of([(0, T, 1.0), (1, T, 2.0)]), CATALOG)
        city.journal.append_tick(T)
        city.journal.append_batch(T, batch_of([(0, T, 9.0), (0, T + 1, 3.0)]), CATALOG)
        await city.writer.reach(3)
        assert city.writer.lag == 0
    assert city.stored(0) == [(0, T, 1.0, 0), (0, T + 1, 3.0, 0)]
    assert (city.readings("stored"), city.readings("duplicate"), city.received()) == (3, 1, 0)


async def test_a_store_that_is_away_gets_everything_once_it_is_back(path: Path) -> None:
    store = MoodyStore()
    store.refusals = 5
    city = City(path, store)
    async with running(city):
        for n in range(200):
            city.journal.append_batch(T, batch_of([(0, T + n, 1.0)]), CATALOG)
        while store.refusals:
            await city.clock.somebody_sleeps()
            city.clock.advance(10)
        await city.writer.reach(200)
    assert len(city.stored(0)) == 200
    assert city.readings("stored") == 200
    assert city.registry.get_sample_value("megane_store_write_failures_total") == 5


async def test_a_reading_that_the_store_will_never_take_is_quarantined_with_its_words(path: Path) -> None:
    city = City(path, MoodyStore())
    async with running(city):
        position = city.journal.append_batch(T, batch_of([(0, T, 1.0), (1, T + 1, 13.0)]), CATALOG)
        await city.writer.reach(position)
        (row,) = sqlite_rows(city.journal, "SELECT topic, payload, reason, count, detail FROM quarantine")
        assert city.journal.position_of(CONSUMER) == position
    topic, payload, reason, count, detail = row
    assert (topic, reason, count, detail) == ("m/z/b/up", Reason.REFUSED_BY_STORE, 1, "13 is unlucky")
    assert json.loads(payload) == [{"n": "x", "u": "m", "t": (T + 1) / 1000, "v": 13.0}]
    assert (city.readings("stored"), city.readings("quarantined", "refused_by_store")) == (1, 1)


def sqlite_rows(journal: Journal, query: str) -> list[tuple[str, bytes, str, int, str]]:
    with journal.reader.connection() as connection:
        return connection.execute(query).fetchall()


async def test_it_goes_on_where_it_was_and_counts_what_it_takes_up_again_as_received(path: Path) -> None:
    store = MoodyStore()
    city = City(path, store)
    async with running(city):
        city.journal.append_batch(T, batch_of([(0, T, 1.0)]), CATALOG)
        await city.writer.reach(1)
    journal = Journal(path)
    journal.append_batch(T, batch_of([(0, T + 1, 1.0), (0, T, 1.0)]), CATALOG)
    journal.close()
    again = City(path, store)
    async with running(again):
        await again.writer.reach(2)
    assert (again.readings("stored"), again.readings("duplicate"), again.received()) == (1, 1, 2)


async def test_a_store_that_forgets_is_written_from_the_beginning(path: Path) -> None:
    for run in (1, 2):
        city = City(path, MoodyStore(), remembers=False)
        async with running(city):
            position = city.journal.append_batch(T, batch_of([(0, T + run, 1.0)]), CATALOG)
            await city.writer.reach(position)
        assert len(city.stored(0)) == run


async def test_it_follows_the_catalog_also_after_a_restart(path: Path) -> None:
    store = MoodyStore()
    city = City(path, store)
    async with running(city):
        city.journal.append_catalog(T, {"which": "1"})
        city.journal.append_batch(T, batch_of([(0, T, 1.0), (1, T, 2.0)]), CATALOG)
        city.journal.append_catalog(T, {"which": "2"})
        city.journal.append_batch(T, batch_of([(0, T + 1, 3.0), (1, T + 1, 4.0)]), LATER)
        await city.writer.reach(4)
    assert [city.stored(series) for series in (0, 1)] == [[(0, T + 1, 3.0, 0)], [(1, T, 2.0, 0), (1, T + 1, 4.0, 0)]]
    again = City(path, store)
    async with running(again):
        again.journal.append_batch(T, batch_of([(0, T + 2, 5.0)]), LATER)
        await again.writer.reach(5)
    assert again.stored(0) == [(0, T + 1, 3.0, 0), (0, T + 2, 5.0, 0)]


async def test_the_store_is_maintained_now_and_then(path: Path) -> None:
    store = MoodyStore()
    city = City(path, store)
    async with running(city):
        for n in range(3):
            position = city.journal.append_batch(T, batch_of([(0, T + n, 1.0)]), CATALOG)
            await city.writer.reach(position)
            city.clock.advance(601)
        # It looks after the store between one entry and the next.
        await city.writer.reach(city.journal.append_tick(T))
        assert store.maintained == 2


@pytest.mark.parametrize("entries", [1, 300])
async def test_a_kill_between_writing_and_noting_changes_nothing(path: Path, entries: int) -> None:
    store = MoodyStore()
    city = City(path, store)
    async with running(city):
        for n in range(entries):
            city.journal.append_batch(T, batch_of([(0, T + n, 1.0)]), CATALOG)
        await city.writer.reach(entries)
    journal = Journal(path)
    journal.save_position(CONSUMER, 0)
    journal.close()
    again = City(path, store)
    async with running(again):
        await again.writer.reach(entries)
    assert len(again.stored(0)) == entries
    assert again.readings("duplicate") == entries == again.received()
