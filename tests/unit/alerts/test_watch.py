"""The watch on a real journal and a real ledger, with a clock that the test moves."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from alerts.engine import Engine
from alerts.ledger import Ledger
from alerts.tables import metadata
from alerts.watch import CONSUMER, SNAPSHOT_WORK_S, Watch
from city.alert import AlertEvent
from city.entry import CatalogEntry, RulesEntry
from city.reading import ReadingBatch, SeriesKey
from ingest.journal.writer import Journal
from tests.support.manual_clock import ManualClock
from tests.support.rule_city import MINUTE, T0, rule_text
from tests.support.sabae import sabae_catalog, sabae_files

CATALOG_FILES = {path: text for path, text in sabae_files().items() if path.startswith("catalog/")}
RULES = {"rules/r.yaml": rule_text(for_="10m", raise_='last() >= level("danger")', no_data="2h")}
TOBA = SeriesKey("rpi-toba", "water_level")


class Place:
    """A journal and a ledger in one folder."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(T0)
        self.journal = Journal(folder / "journal.db")
        self.database = sa.create_engine(f"sqlite:///{folder / 'ledger.db'}")
        metadata.create_all(self.database)
        self.ledger = Ledger(self.database)
        self.heard = 0
        self.work_s: Iterator[float] = itertools.repeat(0.0)
        self.registry = CollectorRegistry()
        self.journal.append_catalog(T0, CATALOG_FILES)
        self.journal.append_rules(T0, RULES)

    def hear(self) -> None:
        self.heard += 1

    def put(self, minute: int, value: float) -> int:
        """A reading at 鳥羽 that arrives at once."""
        at = T0 + minute * MINUTE
        self.clock.advance_to(at)
        series = np.array([sabae_catalog().index[TOBA]], np.int32)
        batch = ReadingBatch(series, np.array([at]), np.array([value]), np.zeros(1, np.uint8))
        return self.journal.append_batch(at, batch, sabae_catalog())

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Watch]:
        self.registry = CollectorRegistry()
        watch = Watch(
            self.journal, self.ledger, self.clock, self.registry, self.hear, steady_s=lambda: next(self.work_s)
        )
        task = asyncio.create_task(watch.run(), name="watch")
        yield watch
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    def events(self) -> list[AlertEvent]:
        return [event for _, event in self.ledger.events(limit=10_000) if event.subject == str(TOBA)]

    def again(self) -> list[AlertEvent]:
        """The events of the journal, run again from its beginning."""
        engine = Engine("sabae", sabae_catalog(), ())
        found = []
        while entries := self.journal.reader.read(engine.position, 100, engine.catalog):
            for entry in entries:
                found += engine.step(entry)
        return [event for event in found if event.subject == str(TOBA)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.journal.close()
    place.database.dispose()


def told(events: list[AlertEvent]) -> list[tuple[str, str, int]]:
    return [(e.rule, e.to_state.value, (e.at_ms - T0) // MINUTE) for e in events]


async def test_a_tick_is_written_when_a_timer_is_due(place: Place) -> None:
    async with asyncio.timeout(60), place.watching() as watch:
        last = place.put(0, 7.0)
        await watch.caught_up(last)
        assert told(place.events()) == [("high", "pending", 0)]
        place.clock.advance_to(T0 + 9 * MINUTE)
        await place.clock.pass_until(watch.caught_up(last + 1))
        assert told(place.events()) == [("high", "pending", 0), ("high", "firing", 10)]
        assert place.clock.now_ms() >= T0 + 10 * MINUTE
        assert place.heard == 1
        assert [(a.rule, a.since_ms - T0) for a in await watch.open_alerts()] == [("high", 10 * MINUTE)]
    assert place.registry.get_sample_value("megane_engine_ticks_total") == 1
    assert place.ledger.newest_snapshot() is not None
    assert place.journal.position_of(CONSUMER) == place.ledger.snapshot_position()


async def test_a_restart_goes_on_where_it_ended(place: Place) -> None:
    script = [(0, 7.0), (12, 7.2), (30, 5.0), (40, 7.0), (45, 5.0), (200, 6.9), (215, 6.9)]
    for part in (script[:2], script[2:5], script[5:]):
        async with asyncio.timeout(60), place.watching() as watch:
            for minute, value in part:
                await watch.caught_up(place.put(minute, value))
    found = place.events()
    assert told(found) == [
        ("high", "pending", 0),
        ("high", "firing", 10),
        ("high", "resolved", 30),
        ("high", "pending", 40),
        ("high", "inactive", 45),
        ("high:no-data", "firing", 165),
        ("high", "pending", 200),
        ("high:no-data", "resolved", 200),
        ("high", "firing", 210),
    ]
    assert found == place.again()


async def test_without_its_snapshots_it_runs_the_journal_again_and_nothing_comes_twice(place: Place) -> None:
    async with asyncio.timeout(60), place.watching() as watch:
        for minute, value in ((0, 7.0), (12, 7.2), (30, 5.0)):
            await watch.caught_up(place.put(minute, value))
    before = place.events()
    with place.database.begin() as connection:
        connection.execute(metadata.tables["engine_snapshot"].delete())
    place.ledger.save_snapshot(3, T0, b"broken")
    place.ledger.save_snapshot(99_999, T0, b"of another journal")
    async with asyncio.timeout(60), place.watching() as watch:
        await watch.caught_up(place.put(31, 4.0))
    assert place.events() == before == place.again()


async def test_what_cost_much_work_is_not_done_again_however_early_it_dies(place: Place) -> None:
    for minute in range(5):
        place.put(minute, 1.0)
    place.work_s = itertools.count(0.0, SNAPSHOT_WORK_S)  # of each round, of which the first has one entry
    async with asyncio.timeout(60), place.watching() as watch:
        await watch.caught_up(7)
        await watch.open_alerts()  # answered behind the round that the engine is at
        assert [position for position, _ in place.ledger.snapshots()] == [7, 1], "and it has not ended"


async def test_a_ledger_that_is_away_loses_nothing(place: Place) -> None:
    async with asyncio.timeout(60), place.watching() as watch:
        await watch.caught_up(2)
        with place.database.begin() as connection:
            connection.execute(sa.text("ALTER TABLE alert_event RENAME TO elsewhere"))
        last = place.put(0, 7.0)
        await place.clock.somebody_sleeps()
        assert watch.position < last
        with place.database.begin() as connection:
            connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO alert_event"))
        await place.clock.pass_until(watch.caught_up(last))
    assert told(place.events())[0] == ("high", "pending", 0)


def test_new_rules_and_a_new_catalog_in_the_journal_keep_what_is_the_same(place: Place) -> None:
    place.put(0, 7.0)
    engine = Engine("sabae", sabae_catalog(), ())
    for entry in place.journal.reader.read(0, 1, engine.catalog):
        assert isinstance(entry, CatalogEntry)
        engine.step(entry)
    for entry in place.journal.reader.read(1, 100, engine.catalog):
        engine.step(entry)
    before = engine.open_alerts()
    assert before
    assert engine.step(RulesEntry(10, T0, {**RULES, "rules/s.yaml": rule_text(id="other")})) == []
    assert engine.step(CatalogEntry(11, T0, CATALOG_FILES)) == []
    assert engine.open_alerts() == before
    assert Engine.restore(engine.snapshot()).open_alerts() == before
