"""Validation, quality checks and frontier, vectorized over batches, against a plain reading of what they say."""

import dataclasses
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from city.catalog import Catalog
from city.quality_limits import QualityLimits
from city.reading import Int64s
from ingest.frontier import Frontier
from ingest.journal.writer import Journal
from ingest.quality.examination import Examination
from ingest.quality.keeping import pack_memories, unpack_memories
from ingest.quality.neighbours import neighbours_of
from ingest.sensor_health import SensorHealth
from ingest.standing import Standing, pack_standing, restore_standing
from ingest.validation import Validation
from tests.support.batches import Row, rows_of
from tests.support.scalar_quality import HOUR, Arrived, ScalarQuality
from tests.support.small_catalog import catalog_of

T = 1_700_000_000_000 // HOUR * HOUR
SERIES = 5


def gauges() -> Catalog:
    """Five gauges beside one another: 6 m an hour, and limits that are met often. The last is not looked at."""
    catalog = catalog_of("a:x", "b:x", "c:x", "d:x", "e:x")
    river = dataclasses.replace(catalog.sensors[0].quantity, low=-5.0, high=30.0, rate_per_hour=6.0)
    limits = QualityLimits(spike=0.5, flat_ms=2 * HOUR, rest=0.05, drift=0.4, calm=0.5)
    nothing = QualityLimits(rate_per_hour=float("inf"))
    return dataclasses.replace(
        catalog,
        sensors=tuple(
            dataclasses.replace(
                sensor,
                quantity=river,
                quality=nothing if place == SERIES - 1 else limits,
                resolution=0.1 if place else None,
            )
            for place, sensor in enumerate(catalog.sensors)
        ),
    )


CATALOG = gauges()
KEYS = [sensor.key for sensor in CATALOG.sensors]
PLACES: Int64s = np.arange(SERIES)
BESIDE = {
    series: [other for other in row if other >= 0] for series, row in enumerate(neighbours_of(CATALOG, PLACES).tolist())
}

# Values around the limits, times close together: equal times, disorder and leaps are common.
READING = st.tuples(
    st.integers(0, SERIES - 1),
    st.one_of(st.integers(T, T + 20), st.integers(T, T + 3 * HOUR)),
    st.sampled_from([-5.1, -5.0, 0.0, 0.05, 1.0, 1.04, 1.6, 6.0, 7.0, 30.0, 30.1]),
    st.sampled_from([T, T + 20, T + HOUR, T + 4 * HOUR]),
)
BATCHES = st.lists(st.lists(READING, max_size=12), max_size=6)


def lived(seed: int) -> list[Arrived]:
    """Two and a half days of five gauges in good order, with all that goes wrong with one: about 1,000 readings."""
    random = np.random.default_rng(seed)
    every_ms = int(random.choice([1_200_000, 1_800_000, 2_400_000]))
    days = 2.5
    rows: list[Arrived] = []
    weather = np.cumsum(random.normal(0, 0.02, 400))
    for series in range(SERIES):
        steps = int(days * 24 * HOUR / every_ms)
        time = T + int(random.integers(every_ms)) + np.arange(steps) * every_ms
        value = 1.0 + series / 7 + weather[: steps * 2 : 2] + random.normal(0, 0.03, steps)
        what, begin = random.integers(6), int(random.integers(steps // 2, steps))
        if what == 1:
            value[begin:] = value[begin]
        elif what == 2:
            value[begin:] += np.arange(steps - begin) * random.choice([-0.05, 0.05, 0.01])
        elif what == 3:
            value[random.random(steps) < 0.1] += random.choice([-0.7, 3.0, 9.0])
        elif what == 4:
            value[begin:] += random.choice([0.6, 4.0])
        age = random.integers(0, 2_000, steps)
        if what == 5:
            age[begin:] += random.choice([-120_000, 400_000, 4_000_000])
        if random.random() < 0.3:
            value = np.round(value, 1)
        there = random.random(steps) > random.choice([0.0, 0.1, 0.5])
        columns = (time[there], value[there], (time + age)[there])
        rows += [(series, int(t), float(v), int(a)) for t, v, a in zip(*columns, strict=True)]
    return sorted(rows, key=lambda row: row[1])


def columns_of(rows: list[Arrived]) -> tuple[Int64s, ...]:
    series, time, value, arrived = zip(*rows, strict=True) if rows else ((), (), (), ())
    return (
        np.array(series, np.int64),
        np.array(time, np.int64),
        np.array(value, np.float64),
        np.array(arrived, np.int64),
    )


def examined(validation: Validation, rows: list[Arrived]) -> tuple[list[Row], dict[str, int]]:
    series, time, value, arrived = columns_of(rows)
    quality = np.zeros(len(rows), np.uint8)
    flagged = validation.examine(series.astype(np.int32), time, value.astype(np.float64), quality, arrived)
    return rows_of(flagged.batch), {check: count for check, count in flagged.found.items() if count}


def anew() -> Validation:
    return Validation(CATALOG, Frontier(KEYS))


def cut(rows: list[Arrived], cuts: list[int]) -> list[list[Arrived]]:
    inside = sorted(min(each, len(rows)) for each in cuts)
    return [rows[a:b] for a, b in zip([0, *inside], [*inside, len(rows)], strict=True)]


def restarted(validation: Validation) -> Validation:
    """As a process finds it that begins where this one ended."""
    examination = Examination(CATALOG)
    examination.remember(unpack_memories(pack_memories(validation.examination.memories(), KEYS), KEYS))
    return Validation(CATALOG, Frontier(KEYS, validation.frontier.newest()), examination)


@settings(deadline=None)
@given(BATCHES)
def test_vectorized_validation_is_the_plain_one(batches: list[list[Arrived]]) -> None:
    validation, plain = anew(), ScalarQuality(CATALOG, BESIDE)
    for rows in batches:
        assert examined(validation, rows) == plain.batch(rows)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 1_000), max_size=8))
def test_over_days_it_is_the_plain_one_however_readings_are_cut_and_wherever_it_is_restarted(
    seed: int, cuts: list[int]
) -> None:
    rows = lived(seed)
    whole, found = ScalarQuality(CATALOG, BESIDE).batch(rows)
    assert examined(anew(), rows) == (whole, found)
    validation = anew()
    flagged: list[Row] = []
    for part in cut(rows, cuts):
        flagged += examined(validation, part)[0]
        validation = restarted(validation)
    assert flagged == whole


def test_every_check_finds_something_in_such_days() -> None:
    found: set[str] = set()
    for seed in range(30):
        found |= examined(anew(), lived(seed))[1].keys()
    assert found >= {"rate", "spike", "flat", "drift", "clock"}


@settings(deadline=None, max_examples=25)  # each example opens a file
@given(BATCHES, st.integers(0, 6))
def test_where_it_stands_is_found_again_from_the_journal(batches: list[list[Arrived]], saved_after: int) -> None:
    validation = anew()
    standing = Standing(validation, SensorHealth(CATALOG))
    with TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        for number, rows in enumerate(batches):
            series, time, value, _ = columns_of(rows)
            arrived: Int64s = np.full(len(rows), T)
            flagged = validation.examine(
                series.astype(np.int32), time, value.astype(np.float64), np.zeros(len(rows), np.uint8), arrived
            )
            position = journal.append_batch(T, flagged.batch, CATALOG)
            if number == saved_after:
                journal.save_frontier(position, pack_standing(standing, KEYS))
        found = restore_standing(journal.saved_frontier(), journal.reader, CATALOG)
        assert found.validation.frontier.newest() == validation.frontier.newest()
        memories = (each.examination.memories() for each in (found.validation, validation))
        again, before = (pack_memories(each, KEYS) for each in memories)
        assert again == before
        journal.close()
