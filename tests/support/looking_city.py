"""A city's journal, store, ledger, watch and look back, joined as they are when it runs, with a clock of the test's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from alerts.ledger import Ledger
from alerts.look_back import LookBack
from alerts.tables import metadata
from alerts.watch import Watch
from city.alert import AlertEvent
from city.entry import Entry
from city.errors import UnavailableError
from city.reading import Int64s, ReadingBatch, SeriesKey
from ingest.frontier import Frontier
from ingest.journal.writer import Journal
from ingest.meters import Meters
from ingest.store_writer import StoreWriter
from ingest.stores.memory import MemoryStore
from ingest.validation import Validation
from megane.in_force import catalog_of
from megane.stored_past import StoredPast
from tests.support.ingester import ROOT, still_rng
from tests.support.manual_clock import ManualClock
from tests.support.rule_city import MINUTE, T0
from tests.support.sabae import sabae_catalog, sabae_files

CATALOG_FILES = {path: text for path, text in sabae_files().items() if path.startswith("catalog/")}
TOBA = SeriesKey("rpi-toba", "water_level")


class MoodyStore(MemoryStore):
    """Unavailable to who reads as often as it is told to be."""

    refusals = 0

    def readings(self, series: Int64s, start_ms: int, end_ms: int) -> ReadingBatch:
        if self.refusals:
            self.refusals -= 1
            raise UnavailableError("down for the moment")
        return super().readings(series, start_ms, end_ms)


class LookingCity:
    """Everything between the journal and the ledger, in one folder; opened again, it goes on with what is there."""

    def __init__(self, folder: Path, store: MoodyStore) -> None:
        self.clock = ManualClock(T0)
        self.store = store
        self.journal = Journal(folder / "journal.db")
        if not self.journal.reader.last():
            self.journal.append_catalog(T0, CATALOG_FILES)
        self.database = sa.create_engine(f"sqlite:///{folder / 'ledger.db'}")
        metadata.create_all(self.database)
        self.ledger = Ledger(self.database)
        self.registry = CollectorRegistry()
        self.writer = StoreWriter(
            self.journal,
            store,
            sabae_catalog(),
            catalog_of,
            ROOT,
            Meters(self.registry),
            self.clock,
            still_rng(),
            remembers=False,
        )
        self.watch = Watch(self.journal, self.ledger, self.clock, self.registry)
        history = StoredPast(store, self.writer)
        self.look_back = LookBack(self.watch, self.journal, history, self.clock, self.registry)
        self.frontier = Frontier([sensor.key for sensor in sabae_catalog().sensors])

    def put(self, *readings: tuple[float, float], key: SeriesKey = TOBA, at: float | None = None) -> int:
        """Readings (minute, value) that arrive now, or at minute `at`."""
        if at is not None:
            self.clock.advance_to(T0 + int(at * MINUTE))
        catalog = sabae_catalog()
        time = np.array([T0 + int(minute * MINUTE) for minute, _ in readings], np.int64)
        order = np.argsort(time, kind="stable")
        series = np.full(len(time), catalog.index[key], np.int32)
        value = np.array([value for _, value in readings], np.float64)
        flagged = Validation(catalog, self.frontier).flag(
            series, time[order], value[order], np.zeros(len(time), np.uint8)
        )
        self.frontier.advance(flagged)
        return self.journal.append_batch(self.clock.now_ms(), flagged, catalog)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        parts = (self.writer.run(), self.watch.run(), self.look_back.run())
        tasks = [asyncio.ensure_future(part) for part in parts]
        try:
            async with asyncio.timeout(60):
                yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            self.close()

    async def journaled(self, kind: type[Entry]) -> int:
        """Lets time pass until an entry of the kind stands in the journal and was taken; gives its position."""
        while True:
            found = [entry.position for entry in self.entries() if isinstance(entry, kind)]
            if found:
                await self.watch.caught_up(found[-1])
                return found[-1]
            await asyncio.sleep(0)
            wake_ms = self.clock.next_wake_ms
            if wake_ms is not None:
                self.clock.advance_to(wake_ms)

    def entries(self) -> Sequence[Entry]:
        return self.journal.reader.read(1, 100_000, sabae_catalog())

    def events(self) -> list[AlertEvent]:
        return [event for _, event in self.ledger.events(limit=100_000) if event.subject == str(TOBA)]

    def close(self) -> None:
        self.journal.close()
        self.database.dispose()


def told(events: Sequence[AlertEvent]) -> list[tuple[str, str, float]]:
    """(rule, state, minute)."""
    return [(e.rule, e.to_state.value, (e.at_ms - T0) / MINUTE) for e in events]
