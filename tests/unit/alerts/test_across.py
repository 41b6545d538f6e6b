"""Rules across series: what is wrong with one, and how a group goes along."""

from dataclasses import replace

import numpy as np
import pytest

from alerts.engine import Engine
from alerts.rule_file import load_rules, read_rules
from alerts.rule_test import run_rule_tests
from city.alert import AlertEvent
from city.catalog import River
from city.entry import BatchEntry, CaughtUpEntry, RulesEntry, StartEntry, TickEntry
from city.errors import MistakesError
from city.messages.text import Lang
from city.quantity import QUANTITIES
from city.reading import SeriesKey
from city.rule import Rule
from tests.support.rule_city import MINUTE, T0, Row, batch, entry, gauge, rule, rule_text, text, town

SECOND = 1_000
RAIN = gauge("rain", key=SeriesKey("rain", "rainfall"), quantity=QUANTITIES["rainfall"], levels={"heavy": 30.0})
CITY = replace(
    town(
        [
            gauge("imajo", river="hino"),
            gauge("toba", river="hino"),
            gauge("mio", river="hino", delay_ms=60_000),
            gauge("kita", river="asamizu"),
            gauge("pond"),
            gauge("far", zone="other"),
            gauge("here", river="border"),
            gauge("there", river="border", zone="other"),
            RAIN,
        ]
    ),
    rivers={name: River(name, text(name), ()) for name in ("hino", "asamizu", "border")},
)
HINO = '{quantity: water_level, series: ["imajo:water_level", "toba:water_level", "mio:water_level"]}'


def load(**keys: object) -> list[str]:
    """What is said of a rule on the gauges of the Hino, mistakes and warnings."""
    source = rule_text(**{"select": HINO, **keys})
    try:
        found = read_rules({"rules/r.yaml": source}, CITY)
    except MistakesError as error:
        return error.text(Lang.EN).splitlines()[:-1]
    return [warning.text(Lang.EN) for warning in found.warnings]


@pytest.mark.parametrize(
    ("keys", "part"),
    [
        ({"by": "river"}, "`by` is for rules about groups"),
        ({"raise": "any(last() > 5)", "by": "country"}, "country"),
        ({"raise": "any(last() > 5)", "by": "[river, area]"}, "`by` takes one of"),
        ({"raise": "any(last() > 5)", "clear": "last() < 4"}, "raise and clear are about the same subject"),
        ({"raise": "any(last() > 5)", "by": "river", "select": "{quantity: water_level}"}, "lies in one zone"),
        ({"raise": 'last() > of("toba:water_level", last())', "select": "{quantity: water_level}"}, "lies in one zone"),
        ({"raise": 'of("imjo:water_level", last()) > 5'}, "imajo:water_level"),
        ({"raise": 'of("far:water_level", last()) > 5'}, "another zone (other)"),
        ({"raise": 'last() > of("rain:rainfall", last())'}, "different units"),
        ({"raise": 'last() - of("rain:rainfall", last()) > 1'}, "different units"),
        ({"raise": 'of("rain:rainfall", rate(1h)) > rate(1h)'}, "different units"),
        ({"raise": 'max_over(last()) < of("rain:rainfall", last())'}, "different units"),
        ({"raise": 'of("rain:rainfall", last()) > level("heavy")'}, 'no selected sensor has level("heavy")'),
        ({"raise": 'of("rain:rainfall", last() - level("danger")) > 0'}, 'no selected sensor has level("danger")'),
        ({"raise": "at_least(4, last() > 5)"}, "the largest group has 3 sensors"),
        ({"raise": 'of("imajo:water_level", max(30d)) > 5'}, "The window is too long"),
        ({"raise": "any(max(30d) > 5)"}, "The window is too long"),
        (
            {
                "raise": "any(last() > 5)",
                "by": "river",
                "select": '{quantity: water_level, series: ["pond:water_level"]}',
            },
            "there is no group",
        ),
    ],
)
def test_what_is_wrong(keys: dict[str, object], part: str) -> None:
    found = load(**keys)
    assert any(part in line for line in found), found


@pytest.mark.parametrize(
    "keys",
    [
        {"raise": "at_least(3, last() > 5)", "by": "[river]"},
        {"raise": "any(last() > 5)", "select": "{quantity: water_level}"},  # a group for each zone
        {"raise": 'of("rain:rainfall", sum(1h)) >= 30 and rate(1h) > 0.2'},
        {"raise": 'of("rain:rainfall", last() - level("heavy")) > 0'},
        {"raise": 'last() - of("imajo:water_level", last()) * 2 > 1', "clear": "last() < 3"},
        {
            "raise": 'any(last() > of("toba:water_level", level("danger")))',
            "clear": 'of("imajo:water_level", age()) > 2',
        },
    ],
)
def test_what_is_right(keys: dict[str, object]) -> None:
    assert load(**keys) == []


def test_the_version_changes_with_by() -> None:
    versions = {rule(raise_="any(last() > 5)", **by).version for by in ({}, {"by": "river"}, {"by": "area"})}
    assert len(versions) == 3


def rules(**keys: object) -> tuple[Rule, ...]:
    return load_rules({"rules/r.yaml": rule_text(**{"select": HINO, **keys})}, CITY)


def changes(events: list[AlertEvent]) -> list[tuple[str, str, int]]:
    return [(e.subject, e.to_state.value, e.at_ms - T0) for e in events]


class City:
    """An engine and its journal."""

    def __init__(self, **keys: object) -> None:
        self.engine = Engine("town", CITY, rules(**keys))
        self.position = 0

    def batch(self, at: int, *rows: Row) -> list[tuple[str, str, int]]:
        self.position += 1
        return changes(
            self.engine.step(entry(CITY, self.position, T0 + at, [(d, T0 + t, v, q) for d, t, v, q in rows]))
        )

    def tick(self, at: int) -> list[tuple[str, str, int]]:
        self.position += 1
        return changes(self.engine.step(TickEntry(self.position, T0 + at)))


def test_a_group_waits_for_its_slowest_member() -> None:
    city = City(raise_="any(last() >= 5)", by="river")
    assert city.batch(SECOND, ("imajo", 0, 5.5, 0)) == []
    assert city.engine.next_due_ms() == T0 + 60_000
    assert city.tick(59_999) == []
    assert city.tick(60_000) == [("river/hino", "firing", 0)]


def test_each_river_is_a_subject_of_its_own() -> None:
    city = City(
        raise_="any(last() >= 5)", by="river", select="{quantity: water_level, area: [centre], river: [hino, asamizu]}"
    )
    city.batch(SECOND, ("imajo", 0, 5.5, 0), ("kita", 1, 5.5, 0))
    assert city.tick(2 * MINUTE) == [("river/hino", "firing", 0), ("river/asamizu", "firing", 1)]


def test_three_gauges_of_one_river() -> None:
    city = City(raise_="at_least(2, last() >= 5)", by="river")
    city.batch(SECOND, ("imajo", 0, 5.5, 0), ("toba", 0, 4.0, 0), ("mio", 0, 4.0, 0))
    city.batch(10 * MINUTE + SECOND, ("toba", 10 * MINUTE, 5.1, 0))
    events = city.engine.step(TickEntry(9, T0 + 12 * MINUTE))
    assert changes(events) == [("river/hino", "firing", 10 * MINUTE)]
    assert events[0].evidence.series == "toba:water_level"
    assert events[0].evidence.value == 5.1
    city.position = 9
    city.batch(21 * MINUTE, ("imajo", 20 * MINUTE, 6.5, 0))
    city.batch(30 * MINUTE + SECOND, ("toba", 30 * MINUTE, 4.9, 0))
    (resolved,) = city.engine.step(TickEntry(13, T0 + 40 * MINUTE))
    assert (resolved.evidence.peak, resolved.at_ms - T0) == (6.5, 30 * MINUTE)


def test_what_comes_behind_a_group_is_no_moment_of_it_but_is_known() -> None:
    city = City(raise_="all(last() >= 5)", by="river")
    city.batch(SECOND, ("imajo", 0, 5.5, 0), ("toba", 0, 5.5, 0))
    assert city.tick(10 * MINUTE) == []
    assert city.batch(10 * MINUTE, ("mio", 5 * MINUTE, 5.5, 0)) == []
    assert city.tick(11 * MINUTE) == []
    again = Engine.restore(city.engine.snapshot(), CITY, city.engine.rules)
    for engine in (city.engine, again):
        wanted = engine.pass_wanted(T0 + 12 * MINUTE)
        assert wanted is not None
        assert [str(CITY.sensors[k].key) for k in wanted.series.tolist()] == [
            "imajo:water_level",
            "mio:water_level",
            "toba:water_level",
        ]
    city.batch(12 * MINUTE, ("imajo", 12 * MINUTE, 5.5, 0))
    assert city.tick(13 * MINUTE) == [("river/hino", "firing", 12 * MINUTE)]


def test_no_group_moves_between_a_start_and_having_caught_up() -> None:
    city = City(raise_="any(last() >= 5)", for_="5m")
    city.engine.step(StartEntry(1, T0))
    city.position = 1
    assert city.batch(20 * MINUTE, ("imajo", MINUTE, 5.5, 0), ("mio", MINUTE, 4.5, 0)) == []
    assert city.engine.next_due_ms() is None
    assert city.batch(21 * MINUTE, ("toba", 2 * MINUTE, 4.5, 0), ("imajo", 15 * MINUTE, 4.5, 0)) == []
    events = city.engine.step(CaughtUpEntry(4, T0 + 22 * MINUTE))
    assert changes(events) == [
        ("town", "pending", MINUTE),
        ("town", "firing", 6 * MINUTE),
        ("town", "resolved", 15 * MINUTE),
    ]


def test_a_neighbour_warns_of_the_series() -> None:
    city = City(raise_='last() >= 4 and of("imajo:water_level", delta(10m)) >= 1', clear="last() < 4")
    city.batch(SECOND, ("imajo", 0, 3.0, 0), ("toba", 0, 4.2, 0), ("mio", 0, 3.0, 0))
    city.batch(10 * MINUTE, ("imajo", 10 * MINUTE, 4.0, 0))
    events = city.engine.step(TickEntry(3, T0 + 12 * MINUTE))
    # Its own condition is that of the neighbour: imajo is a subject as well.
    assert changes(events) == [
        ("imajo:water_level", "firing", 10 * MINUTE),
        ("toba:water_level", "firing", 10 * MINUTE),
    ]
    assert [e.evidence.value for e in events] == [4.0, 4.2]


def test_silence_of_a_member_stays_a_matter_of_the_sensor() -> None:
    city = City(raise_="any(last() >= 5)", no_data="10m", by="river")
    city.batch(SECOND, ("imajo", 0, 3.0, 0), ("toba", MINUTE, 3.0, 0), ("mio", MINUTE, 3.0, 0))
    city.batch(6 * MINUTE, ("toba", 6 * MINUTE, 3.0, 0), ("mio", 6 * MINUTE, 3.0, 0))
    assert city.tick(11 * MINUTE) == [("imajo:water_level", "firing", 10 * MINUTE)]


def test_a_long_history_is_the_same_as_its_parts() -> None:
    minutes = np.arange(40_000)
    values = np.round(4.5 + np.sin(minutes / 47), 2)
    rows = [(("imajo", "toba", "mio")[k % 3], T0 + k * MINUTE, float(values[k]), 0) for k in minutes.tolist()]
    whole, parts = (
        Engine("town", CITY, rules(raise_="all(mean(1h) >= 5)")),
        Engine("town", CITY, rules(raise_="all(mean(1h) >= 5)")),
    )
    end = T0 + 50_000 * MINUTE
    all_at_once = batch(CITY, rows)
    found = whole.step(BatchEntry(1, rows[-1][1], all_at_once, arrived=all_at_once.time.copy()))
    found += whole.step(TickEntry(2, end))
    cut: list[AlertEvent] = []
    for position, begin in enumerate(range(0, len(rows), 7_919), 1):
        piece = batch(CITY, rows[begin : begin + 7_919])
        cut += parts.step(BatchEntry(position, int(piece.time[-1]), piece, arrived=piece.time.copy()))
    cut += parts.step(TickEntry(99, end))
    assert [e.id for e in found] == [e.id for e in cut]
    assert len(found) > 200


def test_a_reload_keeps_what_is_the_same_and_closes_what_is_gone() -> None:
    source = rule_text(select=HINO, raise_="any(last() >= 5)", by="river")
    engine = Engine("town", CITY, load_rules({"rules/r.yaml": source}, CITY, check_names=False))
    engine.step(entry(CITY, 1, T0, [("imajo", T0, 5.5, 0)]))
    assert changes(engine.step(TickEntry(2, T0 + 2 * MINUTE))) == [("river/hino", "firing", 0)]
    assert engine.step(RulesEntry(3, T0 + 3 * MINUTE, {"rules/r.yaml": source})) == []
    assert [a.subject for a in engine.open_alerts()] == ["river/hino"]
    by_area = source.replace("by: river", "by: area")
    assert changes(engine.step(RulesEntry(4, T0 + 4 * MINUTE, {"rules/r.yaml": by_area}))) == [
        ("river/hino", "resolved", 4 * MINUTE)
    ]
    # What the windows say of the past raises nothing; the next reading does.
    assert changes(engine.step(entry(CITY, 5, T0 + 5 * MINUTE, [("toba", T0 + 5 * MINUTE, 4.5, 0)]))) == []
    assert changes(engine.step(TickEntry(6, T0 + 7 * MINUTE))) == [("area/centre", "firing", 5 * MINUTE)]


def test_a_test_in_a_rule_file_is_about_its_group() -> None:
    text_of_tests = """
- readings: {"imajo:water_level": "0m 4.0, 10m 5.1", "toba:water_level": "0m 4.0, 5m 5.2"}
  expect: [{at: 9m, state: inactive}, {at: 10m, state: firing}]
- readings: {"imajo:water_level": "0m 5.1", "kita:water_level": "0m 5.1"}
  expect: [{at: 1m, state: firing, subject: river/asamizu}, {at: 1m, state: inactive, subject: river/hino}]
"""
    select = "{quantity: water_level, river: [hino, asamizu]}"
    source = rule_text(select=select, raise_="all(last() >= 5)", by="river") + "tests:" + text_of_tests
    first, second = run_rule_tests(load_rules({"rules/r.yaml": source}, CITY, check_names=False), CITY)
    assert first.passed, first.diff()
    assert [(f.subject, f.found) for f in second.failures] == [("river/hino", "firing")]


def test_a_neighbour_that_leaves_the_catalog_takes_its_rule_along() -> None:
    engine = Engine("town", CITY, rules(raise_='of("toba:water_level", last()) >= 5'))
    engine.step(entry(CITY, 1, T0, [("toba", T0, 5.5, 0)]))
    assert len(engine.step(TickEntry(2, T0 + 2 * MINUTE))) == 3
    without = town([sensor for sensor in CITY.sensors if sensor.device != "toba"])
    events: list[AlertEvent] = []
    engine._reload(without, engine.rules, events)
    assert changes(events) == [(f"{name}:water_level", "resolved", 2 * MINUTE) for name in ("imajo", "mio", "toba")]
