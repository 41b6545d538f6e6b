"""Validation and frontier, vectorized over batches, against a plain reading of the rules one reading at a time."""

import dataclasses
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from city.catalog import Catalog
from city.reading import Quality
from ingest.frontier import Frontier, Newest, restore_frontier
from ingest.journal.writer import Journal
from ingest.validation import SHORTEST_STEP_MS, Validation
from tests.support.batches import Row, batch_of, rows_of
from tests.support.small_catalog import catalog_of

T = 1_700_000_000_000
HOUR = 3_600_000
BAD, SUSPECT, LATE = int(Quality.BAD), int(Quality.SUSPECT), int(Quality.LATE)
Reading = tuple[int, int, float]  # series, time, value


def gauges() -> Catalog:
    catalog = catalog_of("a:x", "b:x", "c:x")
    river = dataclasses.replace(catalog.sensors[0].quantity, low=-5.0, high=30.0, rate_per_hour=6.0)
    return dataclasses.replace(catalog, sensors=tuple(dataclasses.replace(s, quantity=river) for s in catalog.sensors))


CATALOG = gauges()
KEYS = [sensor.key for sensor in CATALOG.sensors]

# Values around the limits, times close together: equal times, disorder and leaps are common.
READING = st.tuples(
    st.integers(0, 2),
    st.one_of(st.integers(T, T + 20), st.integers(T, T + 3 * HOUR)),
    st.sampled_from([-5.1, -5.0, 0.0, 0.05, 1.0, 6.0, 7.0, 30.0, 30.1]),
)
BATCHES = st.lists(st.lists(READING, max_size=12), max_size=6)


def plain(batches: list[list[Reading]]) -> tuple[list[list[Row]], dict[int, Newest]]:
    """What rules.md and formats.md say, one reading after the other."""
    newest: dict[int, Newest] = {}
    found: list[list[Row]] = []
    for batch in batches:
        before = dict(newest)
        rows: list[Row] = []
        for series, time, value in sorted(batch, key=lambda reading: reading[1]):
            quality = BAD if not -5.0 <= value <= 30.0 else 0
            if series in before and time <= before[series].time_ms:
                quality |= LATE
            if not quality:
                former = newest.get(series)
                if former is None or time > former.time_ms:
                    if former is not None:
                        step_ms = max(time - former.time_ms, SHORTEST_STEP_MS)
                        if abs(value - former.value) > 6.0 / HOUR * step_ms:
                            quality |= SUSPECT
                    newest[series] = Newest(time, value)
            rows.append((series, time, value, quality))
        found.append(rows)
    return found, newest


@given(BATCHES)
def test_vectorized_validation_is_the_plain_one(batches: list[list[Reading]]) -> None:
    validation = Validation(CATALOG, Frontier(KEYS))
    found = []
    for rows in batches:
        batch = batch_of(rows)
        found.append(rows_of(validation.flag(batch.series, batch.time, batch.value, batch.quality.copy())))
    expected, newest = plain(batches)
    assert found == expected
    assert validation.frontier.newest() == {KEYS[series]: each for series, each in newest.items()}


@given(st.lists(READING, max_size=30), st.data())
def test_readings_in_order_are_flagged_alike_however_they_are_cut(readings: list[Reading], data: st.DataObject) -> None:
    """In order and without duplicates, so that no cut makes a reading late."""
    inorder = sorted({(s, t): (s, t, v) for s, t, v in readings}.values(), key=lambda reading: reading[1])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(inorder)), max_size=5)))
    parts = [inorder[a:b] for a, b in zip([0, *cuts], [*cuts, len(inorder)], strict=True)]
    whole, _ = plain([inorder])
    validation = Validation(CATALOG, Frontier(KEYS))
    found: list[Row] = []
    for part in parts:
        batch = batch_of(part)
        found += rows_of(validation.flag(batch.series, batch.time, batch.value, batch.quality.copy()))
    assert found == whole[0]


@settings(deadline=None, max_examples=25)  # each example opens a file
@given(BATCHES)
def test_the_frontier_is_found_again_from_the_journal(batches: list[list[Reading]]) -> None:
    validation = Validation(CATALOG, Frontier(KEYS))
    with TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        for rows in batches:
            batch = batch_of(rows)
            journal.append_batch(
                T, validation.flag(batch.series, batch.time, batch.value, batch.quality.copy()), CATALOG
            )
        assert restore_frontier(None, journal.reader, KEYS).newest() == validation.frontier.newest()
        journal.close()
