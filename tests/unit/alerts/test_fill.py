"""New rules look back at what was, and raise nothing by it."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.engine import Engine
from alerts.fill import FILL_WITHIN_MS
from alerts.look_back import newest_of_each
from city.alert import AlertEvent
from city.catalog import Catalog
from city.entry import CatalogEntry, FillEntry, RulesEntry, TickEntry
from city.reading import Quality, ReadingBatch, SeriesKey
from tests.support.batches import batch_of, rows_of
from tests.support.rule_city import MINUTE, T0, Row, batch, entry, gauge, rule, rule_text, told, town
from tests.support.sabae import sabae_catalog, sabae_files
from tests.support.scalar_expressions import Sample
from tests.support.scalar_rules import Row as ScalarRow

CITY = town([gauge("alpha"), gauge("beta")])


def fill_entry(position: int, at_ms: int, rows: list[Row], catalog: Catalog = CITY, *devices: str) -> FillEntry:
    """What the store has of all gauges (or those named): readings by series, then time."""
    readings = batch(catalog, rows)
    readings = readings.take(np.lexsort((readings.time, readings.series)))
    names = devices or [sensor.device for sensor in catalog.sensors]
    series = np.array([catalog.index[SeriesKey(name, "water_level")] for name in names], np.int32)
    return FillEntry(position, at_ms, series, readings)


def every_minute(device: str, first: int, last: int, value: float) -> list[Row]:
    return [(device, T0 + minute * MINUTE, value, 0) for minute in range(first, last)]


def started(history: list[Row], rules: dict[str, str], at: int) -> Engine:
    """An engine that has heard the readings without a rule, and then gets rules."""
    engine = Engine("town", CITY, [])
    long_ago = ("beta", T0 - 86_400_000, 0.0, int(Quality.BAD))  # a city that has a past
    for position, row in enumerate(history or [long_ago], 1):
        engine.step(entry(CITY, position, row[1], [row]))
    assert engine.step(RulesEntry(1_000, T0 + at * MINUTE, rules)) == []
    return engine


FEW = {"rules/few.yaml": rule_text(id="few", raise_="count(1h) < 30")}


def test_in_a_city_that_has_heard_nothing_yet_the_first_reading_counts() -> None:
    engine = Engine("town", CITY, [])
    engine.step(RulesEntry(1, T0, FEW))
    engine = Engine.restore(engine.snapshot(), CITY)
    assert told(engine.step(entry(CITY, 2, T0 + 1, [("alpha", T0 + 1, 5.0, 0)]))) == [("few", "firing", 1)]


def test_a_new_rule_waits_for_its_windows_and_filling_them_raises_nothing() -> None:
    history = every_minute("alpha", 0, 90, 5.5)
    engine = started(history, FEW, 90)
    assert engine.step(entry(CITY, 1_001, T0 + 90 * MINUTE, every_minute("alpha", 90, 91, 5.5))) == []
    wanted = engine.fill_wanted()
    assert wanted is not None
    assert wanted.position == 1_000
    assert engine.step(fill_entry(1_002, T0 + 90 * MINUTE, history)) == []
    assert engine.fill_wanted() is None
    assert engine.step(entry(CITY, 1_003, T0 + 91 * MINUTE, every_minute("alpha", 91, 92, 5.5))) == []
    events = engine.step(entry(CITY, 1_004, T0 + 200 * MINUTE, every_minute("alpha", 200, 201, 5.5)))
    assert told(events)[0][:2] == ("few", "firing")


def test_what_a_window_says_of_the_past_alone_is_never_raised() -> None:
    high = {"rules/high.yaml": rule_text(id="high", raise_="max(1h) >= 9")}
    engine = started([], high, 90)
    assert engine.step(fill_entry(1_001, T0 + 90 * MINUTE, every_minute("alpha", 60, 90, 9.5))) == []
    assert engine.step(TickEntry(1_002, T0 + 600 * MINUTE)) == []
    engine = started([], high, 90)
    engine.step(fill_entry(1_001, T0 + 90 * MINUTE, every_minute("alpha", 60, 90, 9.5)))
    events = engine.step(entry(CITY, 1_002, T0 + 91 * MINUTE, every_minute("alpha", 91, 92, 1.0)))
    assert told(events) == [("high", "firing", 91 * MINUTE)]


def test_a_store_that_is_away_keeps_no_rule_from_working_for_longer_than_a_minute() -> None:
    engine = started([], FEW, 0)
    assert engine.step(entry(CITY, 1_001, T0 + FILL_WITHIN_MS - 1, [("alpha", T0 + 1, 5.0, 0)])) == []
    events = engine.step(entry(CITY, 1_002, T0 + FILL_WITHIN_MS, [("alpha", T0 + 2, 5.0, 0)]))
    assert told(events) == [("few", "firing", 2)]
    assert engine.fill_wanted() is not None
    late = [("alpha", T0 - k * 1000, 5.0, 0) for k in range(1, 60)]
    assert engine.step(fill_entry(1_003, T0 + FILL_WITHIN_MS + 1, late)) == []
    events = engine.step(entry(CITY, 1_004, T0 + FILL_WITHIN_MS + 2, [("alpha", T0 + 3, 5.0, 0)]))
    assert told(events) == [("few", "resolved", 3)]


def test_a_new_rule_about_a_group_waits_until_all_that_it_looks_at_is_there() -> None:
    few = {"rules/few.yaml": rule_text(id="few", raise_="any(count(1h) < 30)")}
    history = [*every_minute("alpha", 0, 90, 5.5), *every_minute("beta", 0, 90, 5.5)]
    engine = started(history, few, 90)
    now = [*every_minute("alpha", 90, 91, 5.5), *every_minute("beta", 90, 91, 5.5)]
    assert engine.step(entry(CITY, 1_001, T0 + 90 * MINUTE, now)) == []
    assert engine.step(fill_entry(1_002, T0 + 90 * MINUTE + 1, history, CITY, "alpha")) == []
    engine = Engine.restore(engine.snapshot(), CITY)
    # Its engine time has come, and of beta nothing is known yet.
    assert engine.step(TickEntry(1_003, T0 + 90 * MINUTE + 40_000)) == []
    assert engine.step(fill_entry(1_004, T0 + 90 * MINUTE + 40_001, history, CITY, "beta")) == []
    assert engine.step(TickEntry(1_005, T0 + 100 * MINUTE)) == []
    events = engine.step(TickEntry(1_006, T0 + 200 * MINUTE))
    assert told(events) == [("few", "firing", 150 * MINUTE)]  # its next moment: a window is empty


def test_a_group_waits_for_a_store_that_is_away_no_longer_than_a_minute() -> None:
    few = {"rules/few.yaml": rule_text(id="few", raise_="any(count(1h) < 30)")}
    engine = started([], few, 0)
    assert engine.step(entry(CITY, 1_001, T0 + 1, [("alpha", T0 + 1, 5.0, 0)])) == []
    assert engine.step(TickEntry(1_002, T0 + FILL_WITHIN_MS - 1)) == []
    assert engine.step(TickEntry(1_003, T0 + FILL_WITHIN_MS)) == []
    late = T0 + FILL_WITHIN_MS + 1_000
    assert engine.step(entry(CITY, 1_004, late, [("alpha", late, 5.0, 0)])) == []
    assert told(engine.step(TickEntry(1_005, late + MINUTE))) == [("few", "firing", FILL_WITHIN_MS + 1_000)]


def test_silence_of_a_sensor_that_no_rule_looked_at_counts_from_its_newest_reading() -> None:
    quiet = {"rules/quiet.yaml": rule_text(id="quiet", no_data="30m")}
    history = [*every_minute("alpha", 0, 90, 1.0), *every_minute("beta", 0, 90, 1.0)]
    engine = started(history, quiet, 90)
    assert engine.step(fill_entry(1_001, T0 + 90 * MINUTE + 300, history)) == []
    # Of the zone as a whole silence counts from there as well: ¾ of that time.
    zone = engine.step(TickEntry(1_002, T0 + 119 * MINUTE + 29_999))
    assert told(zone) == [("system:zone-silent", "firing", 111 * MINUTE + 30_000)]
    events = engine.step(TickEntry(1_003, T0 + 119 * MINUTE + 30_000))
    assert [(e.rule, e.subject, e.at_ms - T0) for e in events if e.rule == "quiet:no-data"] == [
        ("quiet:no-data", f"{device}:water_level", 119 * MINUTE) for device in ("alpha", "beta")
    ]


def test_rules_that_are_the_same_go_on_with_what_they_had_and_keep_what_is_pending() -> None:
    same = rule_text(id="same", raise_="max(12m) < 50 and count(12m) >= 3", for_="10m")
    engine = Engine("town", CITY, [rule(id="same", raise_="max(12m) < 50 and count(12m) >= 3", for_="10m")])
    for position, row in enumerate(every_minute("alpha", 0, 3, 5.0), 1):
        engine.step(entry(CITY, position, row[1], [row]))
    pending = engine.open_alerts()
    assert [(a.rule, a.since_ms) for a in pending] == [("same", T0 + 2 * MINUTE)]
    files = {"rules/a.yaml": same, "rules/b.yaml": rule_text(id="wide", raise_="mean(2h) >= 9")}
    assert engine.step(RulesEntry(4, T0 + 2 * MINUTE, files)) == []
    assert engine.open_alerts() == pending
    # A rule that waits beside it keeps it from nothing, and what fills the other's windows is none of its business.
    engine.step(entry(CITY, 5, T0 + 3 * MINUTE, every_minute("alpha", 3, 4, 5.0)))
    filled = [("alpha", T0 - k * MINUTE, 9.0, 0) for k in range(1, 60)] + [("alpha", T0 + 30_000, 99.0, 0)]
    assert engine.step(fill_entry(6, T0 + 3 * MINUTE, filled)) == []
    assert engine.open_alerts()[0].since_ms == pending[0].since_ms
    events = engine.step(TickEntry(7, T0 + 13 * MINUTE))
    assert told(events) == [("same", "firing", 12 * MINUTE)]


def test_a_new_sensor_in_the_catalog_is_filled_and_those_that_were_there_are_not_asked_for() -> None:
    files = {path: text for path, text in sabae_files().items() if path.startswith("catalog/")}
    rules = {"rules/r.yaml": rule_text(raise_="mean(1h) >= 9")}
    catalog = sabae_catalog()
    fewer = Catalog(
        **{
            name: getattr(catalog, name)
            for name in Catalog.__dataclass_fields__
            if name not in {"sensors", "index", "files"}
        },
        sensors=catalog.sensors[:-1] if catalog.sensors[-1].quantity.id == "water_level" else catalog.sensors,
    )
    engine = Engine("sabae", fewer, [])
    engine.step(RulesEntry(1, T0, rules))
    while (wanted := engine.fill_wanted()) is not None:
        engine.step(FillEntry(2, T0, wanted.series.astype(np.int32), ReadingBatch.empty()))
    engine.step(CatalogEntry(3, T0, files))
    wanted = engine.fill_wanted()
    found = [] if wanted is None else [str(catalog.sensors[k].key) for k in wanted.series.tolist()]
    assert found == [str(s.key) for s in catalog.sensors if s.quantity.id == "water_level" and s not in fewer.sensors]


def test_a_restart_while_it_waits_changes_nothing() -> None:
    history = every_minute("alpha", 0, 90, 5.5)
    straight = started(history, FEW, 90)
    broken = Engine.restore(straight.snapshot(), CITY)
    for step in (
        entry(CITY, 1_001, T0 + 90 * MINUTE, every_minute("alpha", 90, 91, 5.5)),
        fill_entry(1_002, T0 + 90 * MINUTE, history, CITY, "alpha"),
        entry(CITY, 1_003, T0 + 91 * MINUTE, every_minute("beta", 91, 92, 5.5)),
        entry(CITY, 1_004, T0 + 94 * MINUTE, [*every_minute("alpha", 92, 93, 5.5), *every_minute("beta", 92, 93, 5.5)]),
    ):
        assert straight.step(step) == broken.step(step)
        broken = Engine.restore(broken.snapshot(), CITY)
        assert straight.next_due_ms() == broken.next_due_ms()
    assert [(a.rule, a.subject) for a in straight.open_alerts()] == [("few", "beta:water_level")]
    assert straight.open_alerts() == broken.open_alerts()


def test_of_a_series_the_newest_readings_are_kept() -> None:
    readings = batch_of([(0, 1, 1.0), (0, 2, 2.0), (0, 3, 3.0), (1, 5, 4.0)])
    assert rows_of(newest_of_each(readings, 2)) == [(0, 2, 2.0, 0), (0, 3, 3.0, 0), (1, 5, 4.0, 0)]


_minutes = st.lists(st.integers(0, 40), unique=True, max_size=25).map(sorted)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    before=_minutes,
    during=st.integers(0, 3),
    after=st.lists(st.integers(1, 30), min_size=1, max_size=8),
    raises=st.sampled_from(["count(15m) >= 4", "mean(7m) > 4", "delta(5m) > 0", "median(20m) >= 5", "last() > 4"]),
    hold=st.sampled_from(["0", "4m"]),
    values=st.lists(st.sampled_from([1.0, 4.0, 4.5, 6.0]), min_size=40, max_size=40),
    bad=st.sets(st.integers(0, 40), max_size=4),
)
def test_filled_windows_are_what_they_would_have_been(
    before: list[int], during: int, after: list[int], raises: str, hold: str, values: list[float], bad: set[int]
) -> None:
    """A rule that comes at minute 41 says from then on what the plain evaluator says that had seen everything."""
    rows: list[Row] = [("alpha", T0 + m * MINUTE, values[m % 40], int(Quality.BAD) if m in bad else 0) for m in before]
    engine = started(rows, {"rules/r.yaml": rule_text(raise_=raises, hold=hold)}, 41)
    plain = ScalarRow("town", rule(raise_=raises, hold=hold), CITY.sensors[0], T0)
    plain.past = [Sample(t, v, q, t) for _, t, v, q in rows if not q]
    plain.seen = T0 + 41 * MINUTE
    now, position, events = 41, 1_001, list[AlertEvent]()
    for k in range(during):  # what comes meanwhile is no moment of the new rule, but stands in its windows
        if raises != "last() > 4":
            sample = ("alpha", T0 + 41 * MINUTE + (k + 1) * 1_000, values[k], 0)
            events += engine.step(entry(CITY, position, sample[1], [sample]))
            plain.past.append(Sample(sample[1], sample[2], 0, sample[1]))
            plain.seen = sample[1]
            position += 1
    events += engine.step(fill_entry(position, T0 + 41 * MINUTE + 5_000, rows))
    plain.seen = max(plain.seen or 0, T0 + 41 * MINUTE + 5_000 - 30_000)
    for step in after:
        now += step
        position += 1
        value = values[now % 40]
        events += engine.step(entry(CITY, position, T0 + now * MINUTE, [("alpha", T0 + now * MINUTE, value, 0)]))
        plain.reading(Sample(T0 + now * MINUTE, value, 0, T0 + now * MINUTE))
        plain.clock(T0 + now * MINUTE)
    assert [(e.id, e.to_state.value, e.at_ms) for e in events] == [(e[0], e[4], e[6]) for e in plain.events]
