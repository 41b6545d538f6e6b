"""What the city says of its sensors' health: how many readings of the last hour were without a doubt."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from city.catalog import Catalog
from city.reading import Quality, ReadingBatch, SeriesKey
from city.sensor_health import measured, with_health
from ingest.frontier import Frontier
from ingest.journal.writer import Journal
from ingest.sensor_health import SPAN_MS, SensorHealth
from ingest.standing import Standing, pack_standing, restore_standing
from ingest.validation import Validation
from tests.support.batches import Row, batch_of, rows_of
from tests.support.ingester import Ingester, ingester, running
from tests.support.manual_clock import ManualClock
from tests.support.small_catalog import catalog_of

T = 1_700_000_400_000 // SPAN_MS * SPAN_MS
NOBODY = np.empty(0, np.int32)
BAD, SUSPECT, LATE, CLOCK = (int(bit) for bit in Quality)


def healthy(*names: str) -> Catalog:
    catalog = catalog_of(*names)
    return replace(catalog, sensors=with_health(catalog.sensors))


CATALOG = healthy("a:x", "b:x")  # a:x, a:x-health, b:x, b:x-health
A, A_HEALTH, B, B_HEALTH = range(4)


class City:
    """A health and a frontier that moves with what it says."""

    def __init__(self) -> None:
        self.health = SensorHealth(CATALOG)
        self.frontier = Frontier([sensor.key for sensor in CATALOG.sensors])

    def hears(self, span: int, *rows: tuple[int, int], unusable: Sequence[int] = ()) -> list[tuple[int, float]]:
        """A batch of (series, quality) in that span of ten minutes: what is said with it, (series, percent)."""
        at_ms = T + span * SPAN_MS + 1_000
        said = self.health.say(at_ms, self.frontier)
        self.frontier.advance(said)
        batch = batch_of([(series, at_ms - 5, 1.0, quality) for series, quality in rows])
        self.health.count(at_ms, batch, np.array(unusable, np.int32))
        assert all(time == at_ms and quality == 0 for _, time, _, quality in rows_of(said))
        return [(series, value) for series, _, value, _ in rows_of(said)]


def test_every_sensor_has_one_but_those_of_the_city_itself() -> None:
    assert [str(sensor.key) for sensor in CATALOG.sensors] == ["a:x", "a:x-health", "b:x", "b:x-health"]
    assert [str(sensor.key) for sensor in measured(CATALOG.sensors)] == ["a:x", "b:x"]
    health = CATALOG.sensors[A_HEALTH]
    assert (health.quantity.id, health.owner, health.public, health.site) == ("health", "d", False, "s")
    assert with_health([health]) == (health,)


def test_nothing_is_said_in_the_first_span_after_a_start_and_then_by_the_span() -> None:
    city = City()
    assert city.hears(0, (A, 0), (A, 0), (B, 0)) == []
    assert city.hears(0, (A, 0)) == []
    assert city.hears(1, (A, 0)) == [(A_HEALTH, 100.0), (B_HEALTH, 100.0)]
    assert city.hears(1, (A, 0)) == []


def test_what_is_bad_or_suspect_is_a_doubt_and_what_is_late_or_of_a_reckoned_time_is_none() -> None:
    city = City()
    city.hears(0, (A, BAD), (A, SUSPECT), (A, LATE), (A, CLOCK), (A, 0), (A, 0), (B, LATE))
    assert city.hears(1) == [(A_HEALTH, 66.0), (B_HEALTH, 100.0)]


def test_what_could_not_be_used_is_a_doubt_too() -> None:
    city = City()
    city.hears(0, (A, 0), unusable=[A, A, A, B])
    assert city.hears(1) == [(A_HEALTH, 25.0), (B_HEALTH, 0.0)]


def test_it_is_of_the_last_hour_and_said_where_it_changes_and_once_an_hour() -> None:
    city = City()
    said = [city.hears(span, *([(A, SUSPECT)] if span < 2 else [(A, 0)])) for span in range(16)]
    percents = [[value for _, value in row] for row in said]
    assert percents[:9] == [[], [0.0], [], [33.0], [50.0], [60.0], [66.0], [83.0], [100.0]]
    assert percents[9:] == [[], [], [], [], [], [100.0], []]


def test_of_a_silent_sensor_nothing_is_said() -> None:
    city = City()
    city.hears(0, (A, 0), (B, 0))
    said = [city.hears(span, (A, 0)) for span in range(1, 20)]
    assert sum(series == B_HEALTH for row in said for series, _ in row) == 1
    assert sum(series == A_HEALTH for row in said for series, _ in row) == 4


def test_a_clock_that_is_put_back_makes_it_say_nothing_twice() -> None:
    city = City()
    city.hears(0, (A, 0))
    assert city.hears(3, (A, SUSPECT)) == [(A_HEALTH, 100.0)]
    assert city.hears(1, (A, SUSPECT)) == []
    assert city.hears(4, (A, 0)) == [(A_HEALTH, 33.0)]


def test_a_restart_changes_nothing_but_that_it_is_silent_at_first(path: Path) -> None:
    keys = [sensor.key for sensor in CATALOG.sensors]
    journal = Journal(path)
    city = City()
    standing = Standing(Validation(CATALOG, city.frontier), city.health)
    for span in range(5):
        at_ms = T + span * SPAN_MS
        rows: list[Row] = [(A, at_ms - 5, 1.0, SUSPECT if span == 1 else 0)]
        city.health.say(at_ms, city.frontier)
        city.health.count(at_ms, batch_of(rows), NOBODY)
        position = journal.append_batch(at_ms, batch_of(rows), CATALOG)
        if span == 2:
            journal.save_frontier(position, pack_standing(standing, keys))
    again = restore_standing(journal.saved_frontier(), journal.reader, CATALOG).health
    journal.close()
    later = [T + span * SPAN_MS for span in (5, 6)]
    assert again.memory().columns["heard"].tolist() == city.health.memory().columns["heard"].tolist()
    assert len(again.say(later[0], city.frontier)) == 0
    assert again.say(later[1], city.frontier).value.tolist() == [80.0]
    assert city.health.say(later[1], city.frontier).value.tolist() == [80.0]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def city(path: Path, clock: ManualClock) -> Ingester:
    return ingester(path, CATALOG, clock)


def pack(city: Ingester, *values: float, name: str = "x") -> str:
    t = city.clock.now_ms() / 1000 - len(values)
    return json.dumps(
        [{"n": name, "u": "m" if name == "x" else "/100", "t": t + n, "v": v} for n, v in enumerate(values)]
    )


async def test_it_goes_into_the_journal_with_the_readings_and_the_books_balance(
    city: Ingester, clock: ManualClock
) -> None:
    async with running(city):
        city.deliver("m/z/a/up", pack(city, 1.0, 3_000.0, 1.1, 1.2))
        await city.settled(1)
        clock.advance(1_200)
        city.deliver("m/z/b/up", pack(city, 1.0))
    rows = city.rows()
    assert (A_HEALTH, clock.now_ms(), 75.0, 0) in [(s, t, v, q) for s, t, v, q in rows if s == A_HEALTH]
    assert len(rows) == 6
    assert city.count("megane_readings_received_total") == 6
    assert city.count("megane_health_readings_total") == 1


async def test_a_device_does_not_speak_of_its_own_health(city: Ingester) -> None:
    async with running(city):
        city.deliver("m/z/a/up", pack(city, 100.0, name="x-health"))
        city.deliver("m/z/a/up", pack(city, 1.0))
    assert [series for series, *_ in city.rows()] == [A]
    assert city.count("megane_readings_total", outcome="quarantined", reason="wrong_identity") == 1
    (piece,) = city.quarantine.pieces(limit=10)
    assert "x-health" in piece.detail
    assert SeriesKey("a", "x-health") in CATALOG.index


def test_empty_batches_are_counted_too() -> None:
    health = SensorHealth(CATALOG)
    health.count(T, ReadingBatch.empty(), NOBODY)
    assert len(health.memory().series) == 0
