from pathlib import Path

from city.reading import Quality, SeriesKey
from ingest.frontier import NEVER, Frontier, Newest, pack_frontier, restore_frontier, unpack_frontier
from ingest.journal.writer import Journal
from tests.support.batches import batch_of
from tests.support.small_catalog import catalog_of

A, B = SeriesKey("a", "x"), SeriesKey("b", "x")
T = 1_700_000_000_000


def test_before_the_first_reading_nothing_is_late() -> None:
    batch = batch_of([(0, 0, 1.0), (1, -5, 1.0)])
    assert not Frontier([A, B]).late(batch.series, batch.time).any()


def test_it_stands_at_the_newest_reading_and_a_reading_at_it_is_late() -> None:
    frontier = Frontier([A, B])
    frontier.advance(batch_of([(0, T, 1.0), (0, T + 1, 2.0)]))
    batch = batch_of([(0, T, 9.0), (0, T + 1, 9.0), (0, T + 2, 9.0), (1, T, 9.0)])
    assert frontier.late(batch.series, batch.time).tolist() == [True, True, False, False]
    assert frontier.newest() == {A: Newest(T + 1, 2.0)}


def test_bad_and_late_readings_do_not_move_it() -> None:
    frontier = Frontier([A])
    frontier.advance(batch_of([(0, T, 1.0)]))
    frontier.advance(batch_of([(0, T - 5, 2.0), (0, T + 5, 99.0, int(Quality.BAD))]))
    assert frontier.newest() == {A: Newest(T, 1.0)}


def test_of_equal_times_the_first_value_stands() -> None:
    frontier = Frontier([A, B])
    frontier.advance(batch_of([(0, T, 1.0), (1, T, 5.0), (0, T, 2.0), (1, T, 6.0)]))
    assert frontier.newest() == {A: Newest(T, 1.0), B: Newest(T, 5.0)}


def test_a_series_that_left_the_catalog_keeps_its_frontier_until_it_returns() -> None:
    frontier = Frontier([A, B])
    frontier.advance(batch_of([(0, T, 1.0), (1, T, 5.0)]))
    without = Frontier([B], frontier.newest())
    without.advance(batch_of([(0, T + 9, 6.0)]))
    back = Frontier([A, B], unpack_frontier(pack_frontier(without)))
    assert back.time.tolist() == [T, T + 9]
    assert Frontier([A]).time.tolist() == [NEVER]


def test_it_is_found_again_from_what_was_saved_and_the_batches_after_it(path: Path) -> None:
    journal = Journal(path)
    catalog = catalog_of("a:x", "b:x", "c:x")
    keys = [sensor.key for sensor in catalog.sensors]
    frontier = Frontier(keys)
    parts = [
        batch_of([(0, T, 1.0), (1, T, 5.0)]),
        batch_of([(0, T + 1, 2.0)]),
        batch_of([(1, T - 1, 7.0, int(Quality.LATE)), (0, T + 9, 3.0, int(Quality.BAD))]),
    ]
    for n, batch in enumerate(parts):
        frontier.advance(batch)
        position = journal.append_batch(T, batch, catalog)
        if n == 0:
            journal.save_frontier(position, pack_frontier(frontier))
    for saved in (journal.saved_frontier(), None):
        assert restore_frontier(saved, journal.reader, keys).newest() == frontier.newest()
        # Another catalog, with the series at other places and one of them gone.
        other = restore_frontier(saved, journal.reader, [SeriesKey("_", "x"), keys[1]])
        assert other.newest() == frontier.newest()
    journal.close()
