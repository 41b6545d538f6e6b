"""A journal that has let go of its first days is run again from where it begins now."""

from pathlib import Path

import numpy as np

from alerts.engine import Engine
from alerts.watch import CONSUMER
from city.alert import AlertEvent
from city.entry import CatalogEntry
from city.reading import ReadingBatch, SeriesKey
from ingest.frontier import Frontier, pack_frontier
from ingest.journal.writer import Journal
from megane.in_force import catalog_of
from megane.journal_replay import replay_journal
from tests.support.rule_city import MINUTE, T0, rule_text
from tests.support.sabae import sabae_catalog, sabae_files

HOUR = 60 * MINUTE
HOURS, SNAPSHOT_EVERY = 100, 12
TOBA = SeriesKey("rpi-toba", "water_level")
WAITS = 90 * MINUTE
# It rises two hours before the place where the journal is cut: pending there.
LEVELS = [2.0 if hour % 20 < 6 else 7.0 for hour in range(HOURS)]


def lived(file: Path) -> list[AlertEvent]:
    """The told events of four days of a city that keeps two snapshots a day and in the end lets go of two days."""
    journal = Journal(file)
    catalog = sabae_catalog()
    journal.append_catalog(T0, {path: text for path, text in sabae_files().items() if path.startswith("catalog/")})
    journal.append_rules(T0, {"rules/r.yaml": rule_text(for_="90m", raise_='last() >= level("danger")', hold="3h")})
    first, *_ = journal.reader.read(0, 1, catalog)
    assert isinstance(first, CatalogEntry)
    engine = Engine(catalog.city, catalog_of(first), ())
    events: list[AlertEvent] = []
    series = np.array([catalog.index[TOBA]], np.int32)
    for hour, level in enumerate(LEVELS, 1):
        at = T0 + hour * HOUR
        batch = ReadingBatch(series, np.array([at]), np.array([level]), np.zeros(1, np.uint8))
        position = journal.append_batch(at, batch, catalog)
        for entry in journal.reader.read(engine.position, 10, catalog):
            events += [event for event in engine.step(entry) if event.told]
        if hour % SNAPSHOT_EVERY == 0:
            journal.keep_snapshot(position, engine.snapshot())
    last = journal.reader.last()
    for consumer in (CONSUMER, "store"):
        journal.save_position(consumer, last)
    journal.save_frontier(last, pack_frontier(Frontier([TOBA])))
    assert journal.prune(T0 + HOURS // 2 * HOUR) > HOURS // 3
    journal.close()
    return events


def test_it_gives_the_events_after_its_beginning_id_for_id(tmp_path: Path) -> None:
    events = lived(tmp_path / "journal.sqlite")
    replayed = list(replay_journal(tmp_path / "journal.sqlite"))
    assert [event.id for event in replayed] == [event.id for event in events if event.position >= replayed[0].position]
    assert 0 < len(replayed) < len(events)
    cut = T0 + HOURS // 2 // SNAPSHOT_EVERY * SNAPSHOT_EVERY * HOUR
    assert replayed[0].raised_ms - WAITS < cut < replayed[0].raised_ms, "the first one was pending at the cut"
