"""A journal run again: the events it gives, which are those it gave."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from alerts.engine import Engine
from city.alert import AlertEvent
from city.catalog_file import load_catalog
from city.entry import CatalogEntry, Entry
from ingest.journal.reader import Reader
from megane.episodes import iso

ENTRIES_AT_ONCE: Final = 256  # some 50 MB of readings in hand at most


class ReplayedEvent(msgspec.Struct, frozen=True):
    """One told event as it is printed."""

    id: str
    rule: str
    subject: str
    from_state: str
    to_state: str
    raised_at: str
    at: str
    position: int

    @classmethod
    def of(cls, event: AlertEvent) -> "ReplayedEvent":
        """The event, its times in ISO 8601."""
        return cls(
            event.id,
            event.rule,
            event.subject,
            event.from_state,
            event.to_state,
            iso(event.raised_ms),
            iso(event.at_ms),
            event.position,
        )


def replay_journal(file: Path) -> Iterator[AlertEvent]:
    """The told events of a journal, run again from its first entry (or the snapshot that a pruned one begins with).

    Catalog and rules are those that stand in the journal. Raises a UserError for a file that is no journal.
    """
    reader = Reader(file)
    genesis = reader.genesis()
    engine = Engine.restore(genesis.snapshot) if genesis else None
    while entries := _next_entries(reader, engine):
        for entry in entries:
            if engine is None:
                # A journal begins with the catalog that its city began with.
                assert isinstance(entry, CatalogEntry)
                catalog = load_catalog(entry.files)
                engine = Engine(catalog.city, catalog, ())
            yield from (event for event in engine.step(entry) if event.told)
    reader.close()


def _next_entries(reader: Reader, engine: Engine | None) -> Sequence[Entry]:
    if engine is not None:
        return reader.read(engine.position, ENTRIES_AT_ONCE, engine.catalog)
    first = reader.catalog_at(1)
    return [] if first is None else [first]
