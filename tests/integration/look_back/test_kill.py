"""kill -9 while late readings are looked at: the ledger ends with what the journal says, id for id."""

import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from alerts.ledger import Ledger
from city.entry import BatchEntry, RetroactiveEntry
from ingest.journal.reader import Reader
from megane.journal_replay import replay_journal
from tests.support.sabae import sabae_catalog

ROOT = Path(__file__).parents[3]
COUNT, KILLS = 240, (40, 95, 160)


def lived(folder: Path, until: int | None) -> None:
    """Lets the city live until it has put that batch there, and kills it; None: to its end."""
    command = [sys.executable, "-m", "tests.support.killed_looking_city", str(folder), str(COUNT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if until is not None and int(line) >= until:
                process.kill()
                break
        assert process.wait(60) == (0 if until is None else -9)


def test_a_city_that_is_killed_in_the_middle_of_passes_ends_with_the_events_of_its_journal(tmp_path: Path) -> None:
    for until in (*KILLS, None):
        lived(tmp_path, until)
    reader = Reader(tmp_path / "journal.db")
    entries = reader.read(1, 100_000, sabae_catalog())
    reader.close()
    assert sum(isinstance(entry, RetroactiveEntry) for entry in entries) > len(KILLS)
    database = sa.create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger = Ledger(database)
    position = ledger.position()  # a pass that was journaled while the city ended waits for its next start
    committed = [event for _, event in ledger.events(limit=100_000) if event.told]
    database.dispose()
    assert position >= max(entry.position for entry in entries if isinstance(entry, BatchEntry))
    assert any(event.retroactive for event in committed)
    assert len({event.id for event in committed}) == len(committed)
    replayed = [event.id for event in replay_journal(tmp_path / "journal.db") if event.position <= position]
    assert replayed == [event.id for event in committed]
