import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from city.catalog import Catalog
from city.decision import Acknowledge, Act, AlertName, Assign, Close, ClosingReason, Comment, Decision
from city.entry import (
    BatchEntry,
    CatalogEntry,
    CaughtUpEntry,
    DecisionEntry,
    FillEntry,
    RetroactiveEntry,
    RulesEntry,
    StartEntry,
    TickEntry,
)
from city.errors import UnavailableError
from city.ports import ClockOffset, Genesis
from city.quarantine import Quarantined, Reason
from city.reading import ReadingBatch, SeriesKey
from ingest.journal.database import JournalError
from ingest.journal.offsets import BOOTS_KEPT
from ingest.journal.pieces import ROW_BYTES
from ingest.journal.reader import Reader
from ingest.journal.retention import SPAN_MS
from ingest.journal.writer import Journal
from tests.support.batches import Row, batch_of, rows_of
from tests.support.small_catalog import catalog_of

AT = 1_700_000_000_000
CATALOG = catalog_of("a:x", "b:x")


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    opened = Journal(path)
    yield opened
    opened.close()


@pytest.fixture(params=["from memory", "from disk", "another process's reader"])
def read(request: pytest.FixtureRequest, journal: Journal) -> Callable[..., list[object]]:
    def reading(after: int, limit: int = 100, catalog: Catalog = CATALOG) -> list[object]:
        if request.param == "from memory":
            return list(journal.reader.read(after, limit, catalog))
        ids = journal._ids if request.param == "from disk" else None
        reader = Reader(journal.path, ids)
        try:
            return list(reader.read(after, limit, catalog))
        finally:
            reader.close()

    return reading


def piece(payload: bytes = b"rubbish", arrived_ms: int = AT) -> Quarantined:
    return Quarantined("m/z/a/up", payload, len(payload), payload.hex(), arrived_ms, Reason.UNDECODABLE, 1, "no JSON")


def rows(entry: object) -> list[Row]:
    assert isinstance(entry, BatchEntry)
    return rows_of(entry.batch)


def test_every_kind_of_entry_is_read_as_it_was_written(journal: Journal, read: Callable[..., list[object]]) -> None:
    batch = batch_of([(0, AT - 5, 1.25), (1, AT - 3, float("inf"), 9), (0, AT, -0.0, 4)])
    positions = [
        journal.append_rules(AT, {"rules/川.yaml": "id: x"}),
        journal.append_start(AT + 1),
        journal.append_batch(AT + 2, batch, CATALOG),
        journal.append_caught_up(AT + 3),
        journal.append_tick(AT + 4),
        journal.append_catalog(AT + 5, {"catalog/a.yaml": "b"}),
        journal.append_fill(AT + 6, np.array([0, 1], np.int32), batch, CATALOG),
        journal.append_fill(AT + 7, np.array([1], np.int32), ReadingBatch.empty(), CATALOG),
        journal.append_retroactive(AT + 8, np.array([0, 1], np.int32), np.array([AT - 9, AT - 7]), batch, CATALOG),
    ]
    found = [*read(0), *read(6)]
    assert positions == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    fills = [e for e in found if isinstance(e, FillEntry)]
    assert [(e.position, e.at_ms, e.series.tolist(), rows_of(e.batch)) for e in fills] == [
        (7, AT + 6, [0, 1], rows_of(batch)),
        (8, AT + 7, [1], []),
    ]
    retroactive = found[-1]
    assert isinstance(retroactive, RetroactiveEntry)
    assert (retroactive.series.tolist(), retroactive.from_ms.tolist()) == ([0, 1], [AT - 9, AT - 7])
    assert rows_of(retroactive.batch) == rows_of(batch)
    assert rows(found[2]) == rows_of(batch)
    assert [e for e in found[:-1] if not isinstance(e, BatchEntry | FillEntry)] == [
        RulesEntry(1, AT, {"rules/川.yaml": "id: x"}),
        StartEntry(2, AT + 1),
        CaughtUpEntry(4, AT + 3),
        TickEntry(5, AT + 4),
        CatalogEntry(6, AT + 5, {"catalog/a.yaml": "b"}),
    ]


def test_a_decision_is_written_once_under_its_key(
    journal: Journal, path: Path, read: Callable[..., list[object]]
) -> None:
    alert = AlertName("high", "a:x", AT)
    first = Decision("k1", "鯖江 太郎", Close(alert, ClosingReason.TEST), "訓練でした")
    acts: list[Act] = [Acknowledge(alert), Assign(alert, "鯖江 花子"), Comment(alert)]
    others = [Decision(f"k{place}", "鯖江 太郎", act) for place, act in enumerate(acts, 2)]
    assert journal.append_decision(AT, first) == 1
    assert [journal.append_decision(AT, decision) for decision in others] == [2, 3, 4]
    assert journal.append_decision(AT + 9, Decision("k1", "別人", Comment(alert))) == 1
    assert read(0) == [DecisionEntry(place, AT, decision) for place, decision in enumerate([first, *others], 1)]
    journal.close()
    again = Journal(path)
    assert again.append_decision(AT + 9, first) == 1
    assert again.append_tick(AT + 9) == 5
    again.close()


def test_a_journal_of_before_decisions_is_read_and_goes_on(path: Path) -> None:
    old = Journal(path)
    old.append_tick(AT)
    old._connection.execute("PRAGMA user_version = 1")
    old.close()
    reader = Reader(path)
    assert reader.read(0, 9, CATALOG) == [TickEntry(1, AT)]
    reader.close()
    again = Journal(path)
    assert again.append_decision(AT, Decision("k", "x", Comment(AlertName("high", "a:x", AT)))) == 2
    again.close()


def test_a_batch_that_spans_a_century_is_read_as_written(journal: Journal, read: Callable[..., list[object]]) -> None:
    batch = batch_of([(0, 946_684_800_000, 1.0), (1, 4_102_444_800_000, 2.0)])
    journal.append_batch(AT, batch, CATALOG)
    assert rows(read(0)[0]) == rows_of(batch)


def test_reading_stops_at_the_limit_and_after_a_catalog(journal: Journal, read: Callable[..., list[object]]) -> None:
    journal.append_tick(AT)
    journal.append_catalog(AT, {})
    journal.append_tick(AT)
    assert [len(read(0)), len(read(0, 1)), len(read(2)), len(read(3))] == [2, 1, 1, 0]


def test_series_follow_their_names_into_another_catalog(journal: Journal, read: Callable[..., list[object]]) -> None:
    journal.append_batch(AT, batch_of([(0, AT, 1.0), (1, AT, 2.0)]), CATALOG)
    later = catalog_of("aa:x", "b:x", "c:x")
    journal.append_batch(AT, batch_of([(0, AT, 3.0), (1, AT, 4.0), (2, AT, 5.0)]), later)
    assert [rows(e) for e in read(0)] == [[(0, AT, 1.0, 0), (1, AT, 2.0, 0)], [(1, AT, 4.0, 0)]]
    assert [rows(e) for e in read(0, catalog=later)] == [
        [(1, AT, 2.0, 0)],
        [(0, AT, 3.0, 0), (1, AT, 4.0, 0), (2, AT, 5.0, 0)],
    ]


def test_the_journals_time_never_decreases(journal: Journal, path: Path) -> None:
    journal.append_tick(AT)
    journal.append_batch(AT - 60_000, batch_of([(0, AT, 1.0)]), CATALOG)
    journal.close()
    again = Journal(path)
    again.append_tick(AT - 1)
    assert [entry.at_ms for entry in again.reader.read(0, 9, CATALOG)] == [AT, AT, AT]
    again.close()


def test_an_empty_batch_writes_no_entry_but_keeps_what_came_with_it(journal: Journal) -> None:
    journal.append_tick(AT)
    assert journal.append_batch(AT, batch_of([]), CATALOG, [piece()], [ClockOffset("a", "1", 5)]) == 1
    assert journal.reader.last() == 1
    assert journal.clock_offsets() == [ClockOffset("a", "1", 5)]
    assert journal.quarantine_bytes > 0


def test_the_first_clock_offset_of_a_boot_stands(journal: Journal) -> None:
    journal.append_batch(AT, batch_of([]), CATALOG, (), [ClockOffset("a", "1", 5)])
    journal.append_batch(AT, batch_of([]), CATALOG, (), [ClockOffset("a", "1", 6), ClockOffset("b", "1", 7)])
    assert journal.clock_offsets() == [ClockOffset("a", "1", 5), ClockOffset("b", "1", 7)]


def test_a_device_that_restarts_for_ever_forgets_its_own_oldest_boots(journal: Journal) -> None:
    journal.append_batch(AT, batch_of([]), CATALOG, (), [ClockOffset("b", "old", 5)])
    mad = [ClockOffset("a", str(n), n) for n in range(BOOTS_KEPT + 10)]
    journal.append_batch(AT, batch_of([]), CATALOG, (), mad)
    assert journal.clock_offsets() == [ClockOffset("b", "old", 5), *mad[10:]]


def test_a_released_message_leaves_with_all_its_pieces_and_nothing_else(journal: Journal) -> None:
    journal.append_batch(AT, batch_of([]), CATALOG, [piece(), piece(), piece(b"other")])
    whole = journal.quarantine_bytes
    stored = Quarantined("m/z/a/up", b"rubbish", 7, b"rubbish".hex(), AT, Reason.UNDECODABLE, 1, "no JSON", id=2)
    journal.append_batch(AT, batch_of([]), CATALOG, [piece(b"rubbish!")], released=[stored])
    assert journal.quarantine_bytes == whole - 2 * (ROW_BYTES + 7) + (ROW_BYTES + 8)


def test_catalog_and_rules_in_force_are_the_newest_up_to_a_position(journal: Journal) -> None:
    journal.append_catalog(AT, {"a": "1"})
    journal.append_rules(AT, {"r": "1"})
    journal.append_catalog(AT, {"a": "2"})
    reader = journal.reader
    assert [reader.catalog_at(p) for p in (0, 2, 3)] == [
        None,
        CatalogEntry(1, AT, {"a": "1"}),
        CatalogEntry(3, AT, {"a": "2"}),
    ]
    assert [reader.rules_at(p) for p in (1, 3)] == [None, RulesEntry(2, AT, {"r": "1"})]


async def test_the_tail_wakes_when_another_thread_appends(journal: Journal) -> None:
    appending = threading.Thread(target=journal.append_tick, args=(AT,))
    appending.start()
    await journal.tail.past(0)
    appending.join()
    await journal.tail.past(0)


def test_readers_and_writers_in_many_threads_see_every_entry_once(journal: Journal) -> None:
    each, writers = 50, 3
    seen: list[list[int]] = []

    def write() -> None:
        for n in range(each):
            journal.append_batch(AT + n, batch_of([(0, AT + n, 1.0)]), CATALOG)

    def follow() -> None:
        positions: list[int] = []
        while len(positions) < each * writers:
            positions += [e.position for e in journal.reader.read(len(positions), 7, CATALOG)]
        seen.append(positions)

    threads = [threading.Thread(target=t) for t in (*[write] * writers, follow, follow)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [list(range(1, each * writers + 1))] * 2


def test_a_full_disk_is_said_and_nothing_is_half_written(journal: Journal) -> None:
    journal.append_tick(AT)
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    batch = batch_of([(0, AT + n, 1.0) for n in range(10_000)])
    with pytest.raises(UnavailableError, match="full"):
        journal.append_batch(AT, batch, CATALOG, [piece()])
    assert (journal.reader.last(), journal.quarantine_bytes) == (1, 0)
    journal._connection.execute("PRAGMA max_page_count = 1000000")
    assert journal.append_batch(AT, batch, CATALOG, [piece()]) == 2


def test_only_one_process_writes(journal: Journal, path: Path) -> None:
    with pytest.raises(JournalError) as said:
        Journal(path)
    assert said.value.key == "ingest.journal_locked"


@pytest.mark.parametrize(
    ("content", "key"),
    [(b"SQLite format 3\0" + b"x" * 5000, "ingest.journal_damaged"), (b"my diary" * 900, "ingest.journal_damaged")],
)
def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes, key: str) -> None:
    path.write_bytes(content)
    with pytest.raises(JournalError) as said:
        Journal(path)
    assert said.value.key == key
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE diary (day)")
    other.close()
    with pytest.raises(JournalError) as said:
        Journal(path)
    assert said.value.key == "ingest.journal_foreign"


def test_a_newer_journal_is_refused_and_left_alone(path: Path) -> None:
    Journal(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    for opening in (Journal, Reader):
        with pytest.raises(JournalError) as said:
            opening(path)
        assert said.value.key == "ingest.journal_newer"


def test_a_missing_journal_is_named_by_a_reader(path: Path) -> None:
    with pytest.raises(JournalError) as said:
        Reader(path)
    assert said.value.key == "ingest.journal_missing"
    assert not path.exists()


def test_a_damaged_row_is_named(journal: Journal, path: Path) -> None:
    journal.append_batch(AT, batch_of([(0, AT, 1.0)]), CATALOG)
    (body,) = journal._connection.execute("SELECT body FROM entry").fetchone()
    journal._connection.execute("UPDATE entry SET body = ?", (body[:30] + b"\xff" + body[31:],))
    reader = Reader(path)
    with pytest.raises(JournalError, match="Entry 1"):
        reader.read(0, 1, CATALOG)
    reader.close()


def test_positions_and_the_frontier_outlive_the_process(journal: Journal, path: Path) -> None:
    assert (journal.position_of("store"), journal.saved_frontier()) == (0, None)
    journal.save_position("store", 7)
    journal.save_position("store", 8, [piece()])
    journal.save_frontier(5, b"f")
    journal.close()
    again = Journal(path)
    assert (again.position_of("store"), again.saved_frontier()) == (8, (5, b"f"))
    again.close()


class TestPruning:
    @pytest.fixture
    def journal(self, path: Path) -> Iterator[Journal]:
        """Ten spans of one batch each, a snapshot kept after every one; catalogs at 1 and 3, rules at 2."""
        opened = Journal(path)
        opened.append_catalog(AT, {"c": "1"})
        opened.append_rules(AT, {"r": "1"})
        opened.append_catalog(AT, {"c": "2"})
        for span in range(1, 11):
            at = AT + span * SPAN_MS
            position = opened.append_batch(at, batch_of([(0, at, float(span))]), CATALOG)
            assert opened.keep_snapshot(position, b"snapshot %d" % position)
        yield opened
        opened.close()

    def test_snapshots_between_spans_and_of_no_entry_are_not_kept(self, journal: Journal) -> None:
        position = journal.append_tick(AT + 10 * SPAN_MS + 1)
        assert not journal.keep_snapshot(position, b"too soon")
        assert not journal.keep_snapshot(99, b"of the future")

    def test_nothing_goes_that_a_consumer_still_needs(self, journal: Journal) -> None:
        later = AT + 100 * SPAN_MS
        assert journal.prune(later) == 0, "nobody has said how far it is"
        journal.save_position("store", 9)
        journal.save_frontier(6, b"")
        assert journal.prune(later) == 6
        journal.save_frontier(13, b"")
        assert journal.prune(later) == 9

    def test_nothing_goes_before_its_retention_is_over(self, journal: Journal) -> None:
        journal.save_position("store", 13)
        assert journal.prune(AT + 4 * SPAN_MS) == 6

    def test_the_rest_begins_with_its_snapshot_catalog_and_rules(self, journal: Journal, path: Path) -> None:
        journal.save_position("store", 8)
        assert journal.reader.genesis() is None
        assert journal.prune(AT + 100 * SPAN_MS) == 8
        journal.close()
        reader = Reader(path)
        assert reader.genesis() == Genesis(8, b"snapshot 8")
        assert [e.position for e in reader.read(8, 99, CATALOG)] == [9, 10, 11, 12, 13]
        assert reader.catalog_at(8) == CatalogEntry(3, AT, {"c": "2"})
        assert reader.rules_at(8) == RulesEntry(2, AT, {"r": "1"})
        with pytest.raises(JournalError, match="up to 8"):
            reader.read(7, 1, CATALOG)
        assert reader.series_keys() == (SeriesKey("a", "x"), SeriesKey("b", "x"))
        reader.close()

    def test_positions_go_on_after_everything_went(self, journal: Journal, path: Path) -> None:
        journal.save_position("store", 13)
        assert journal.prune(AT + 100 * SPAN_MS) == 13
        journal.close()
        again = Journal(path)
        assert again.append_tick(AT) == 14
        assert again.reader.read(13, 9, CATALOG) == [TickEntry(14, AT + 10 * SPAN_MS)]
        again.close()

    def test_the_file_gets_smaller(self, journal: Journal) -> None:
        at = AT + 11 * SPAN_MS
        many = batch_of([(0, at + k, 0.1) for k in range(1000)])
        position = max([journal.append_batch(at, many, CATALOG) for _ in range(300)])
        assert journal.keep_snapshot(position, b"")
        journal.save_position("store", position)
        before = journal._connection.execute("PRAGMA page_count").fetchone()[0]
        assert journal.prune(at + 100 * SPAN_MS) == position
        assert journal._connection.execute("PRAGMA page_count").fetchone()[0] < before / 20
