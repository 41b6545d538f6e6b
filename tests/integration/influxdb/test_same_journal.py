"""One journal, two stores: InfluxDB, killed in the middle, ends with what DuckDB has."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from bench.servers import Server, influxdb
from bench.waiting import wait_for
from city.catalog import Catalog
from city.entry import CatalogEntry
from city.ports import Store
from city.reading import ReadingBatch
from ingest.journal.writer import Journal
from ingest.meters import Meters
from ingest.store_writer import StoreWriter
from ingest.stores.duckdb import DuckStore
from megane.clocks import SystemClock
from tests.support.batches import rows_of
from tests.support.small_catalog import catalog_of

T = 1_719_104_400_000  # 2024-06-23T01:00:00Z
CATALOG = catalog_of(*(f"d{n}:level" for n in range(20)))
ENTRIES = 300
DEADLINE_S = 120


def batches() -> list[ReadingBatch]:
    """Entries of 100 readings, a fifth of which were there before, with the same value: messages are sent again."""
    rng = np.random.default_rng(1)
    order = rng.integers(0, ENTRIES * 80, ENTRIES * 100)
    made = []
    for chunk in order.reshape(ENTRIES, 100):
        chunk.sort()
        series = (chunk % 20).astype(np.int32)
        made.append(ReadingBatch(series, T + chunk, chunk / 7, np.zeros(len(chunk), np.uint8)))
    return made


class Following:
    """A store writer behind a journal of its own, with real clock and pauses."""

    def __init__(self, path: Path, store: Store) -> None:
        self.journal = Journal(path)
        self.registry = CollectorRegistry()
        self.writer = StoreWriter(
            self.journal,
            store,
            CATALOG,
            self._load,
            "m",
            Meters(self.registry),
            SystemClock(),
            random.Random(1),
        )

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0

    def failed(self) -> bool:
        return self.count("megane_store_write_failures_total") > 0

    def readings(self, outcome: str) -> float:
        return self.count("megane_readings_total", outcome=outcome, reason="")

    @staticmethod
    def _load(_entry: CatalogEntry) -> Catalog:
        raise AssertionError("this journal has one catalog")


@contextlib.asynccontextmanager
async def following(path: Path, store: Store) -> AsyncIterator[Following]:
    city = Following(path, store)
    task = asyncio.create_task(city.writer.run())
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield city
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        city.journal.close()


@pytest.fixture
def own_influx(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Server]:
    folder = tmp_path / "influxdb"
    folder.mkdir()
    with influxdb(folder, free_port(), free_port()) as server:
        yield server


async def test_influxdb_killed_in_the_middle_ends_with_what_duckdb_has(
    tmp_path: Path, own_influx: Server, opened: Callable[..., Store]
) -> None:
    duck = DuckStore(tmp_path / "readings.duckdb")
    influx = opened(url=own_influx.url, database="city", raw_days=0)
    entries = batches()

    async with following(tmp_path / "duck.sqlite", duck) as plain:
        for batch in entries:
            plain.journal.append_batch(T, batch, CATALOG)
        await plain.writer.reach(ENTRIES)

    async with following(tmp_path / "influx.sqlite", influx) as killed:
        for number, batch in enumerate(entries, 1):
            killed.journal.append_batch(T, batch, CATALOG)
            if number == ENTRIES // 3:
                await killed.writer.reach(number // 2)
                own_influx.kill()
            if number == ENTRIES * 2 // 3:
                await asyncio.to_thread(wait_for, killed.failed, "a write that fails")
                await asyncio.to_thread(own_influx.start)
        await killed.writer.reach(ENTRIES)

    received = ENTRIES * 100
    assert plain.readings("stored") + plain.readings("duplicate") == received
    assert plain.readings("duplicate") > received / 10
    assert killed.readings("stored") + killed.readings("duplicate") == received
    every = np.arange(20)
    assert rows_of(influx.readings(every, 0, 2 * T)) == rows_of(duck.readings(every, 0, 2 * T))
    assert rows_of(influx.latest()) == rows_of(duck.latest())
    duck.close()
