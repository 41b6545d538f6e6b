"""Severity climbs and falls within one alert."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.engine import Engine
from alerts.ledger import Ledger
from alerts.rule_file import load_rules
from alerts.tables import metadata
from city.alert import AlertEvent
from city.entry import RulesEntry, TickEntry
from city.errors import MistakesError
from tests.support.rule_city import MINUTE, T0, entry, gauge, rule, rule_text, town

CITY = town([gauge("toba", delay_ms=MINUTE)])
CLIMBS = "{2: last() >= 5, 3: last() >= 6, 5: max(30m) >= 8}"
Said = tuple[str, int, float]


def run(script: str, engine: Engine | None = None, **keys: object) -> list[AlertEvent]:
    """`N:V` is a reading at minute N, `tick N` lets the clock say N."""
    engine = engine or Engine("town", CITY, [rule(**{"severity": CLIMBS, **keys})])
    events = []
    words = iter(script.split())
    for position, word in enumerate(words, 1):
        if word == "tick":
            events += engine.step(TickEntry(position, T0 + round(float(next(words)) * MINUTE)))
        else:
            minute, _, value = word.partition(":")
            time = T0 + round(float(minute) * MINUTE)
            events += engine.step(entry(CITY, position, time, [("toba", time, float(value), 0)]))
    return events


def said(events: list[AlertEvent]) -> list[Said]:
    return [(event.to_state.value, event.severity, (event.at_ms - T0) / MINUTE) for event in events]


def test_it_climbs_and_falls_and_resolves_as_one_alert() -> None:
    events = run("0:5 10:6.5 20:9 30:6.5 55:6.5 70:5 80:4")
    assert said(events) == [
        ("firing", 2, 0),
        ("firing", 3, 10),
        ("firing", 5, 20),
        ("firing", 3, 55),
        ("firing", 2, 70),
        ("resolved", 2, 80),
    ]
    assert len({event.raised_ms for event in events}) == 1
    assert len({event.id for event in events}) == len(events)
    assert [event.climbs for event in events] == [False, *[True] * (len(events) - 2), False]
    assert all(event.told for event in events)


def test_it_fires_with_the_highest_that_is_true() -> None:
    assert said(run("0:9 10:4")) == [("firing", 5, 0), ("resolved", 5, 10)]


def test_where_none_is_true_it_has_the_lowest() -> None:
    assert said(run("0:5.5", severity="{4: last() > 100, 3: last() > 50}")) == [("firing", 3, 0)]


def test_what_is_unknown_stands_as_it_was() -> None:
    events = run("0:9 20:9 tick 100", severity="{2: last() >= 5, 4: mean(10m) >= 8}")
    assert said(events) == [("firing", 4, 0)]


def test_a_timer_of_a_severity_alone_changes_it() -> None:
    events = run("0:5 tick 65", severity="{2: last() >= 5, 4: age() >= 1}")
    assert said(events) == [("firing", 2, 0), ("firing", 4, 60)]


def test_it_fires_after_its_time_with_the_severity_of_then() -> None:
    events = run("0:5 5:7 tick 20", for_="10m")
    assert said(events) == [("pending", 2, 0), ("firing", 3, 10)]


def test_a_new_alert_begins_anew() -> None:
    assert said(run("0:9 10:4 20:5.5", severity="{2: last() >= 5, 4: last() >= 8}"))[-1] == ("firing", 2, 20)


def test_a_restart_knows_how_far_it_has_climbed() -> None:
    chosen = [rule(severity=CLIMBS)]
    engine = Engine("town", CITY, chosen)
    run("0:7", engine)
    again = Engine.restore(engine.snapshot(), CITY, chosen)
    assert [alert.severity for alert in again.open_alerts()] == [3]
    assert again.step(entry(CITY, 2, T0 + MINUTE, [("toba", T0 + MINUTE, 7.5, 0)])) == []


def test_an_alert_that_is_closed_because_its_rule_is_gone_has_the_severity_that_it_had() -> None:
    engine = Engine("town", CITY, [rule(severity=CLIMBS)], rule_files={"rules/a.yaml": rule_text(severity=CLIMBS)})
    run("0:7", engine)
    assert said(engine.step(RulesEntry(2, T0 + MINUTE, {"rules/a.yaml": "[]\n"}))) == [("resolved", 3, 1)]


def test_the_ledger_has_the_severity_of_now(tmp_path: Path) -> None:
    database = sa.create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(database)
    ledger = Ledger(database)
    events = run("0:5 10:7")
    ledger.commit(events, 2)
    (alert,) = ledger.alerts()
    assert (alert.severity, alert.value, alert.raised_ms) == (3, 5.0, T0)
    assert list(ledger.unrelayed(10)) == events
    database.dispose()


@pytest.mark.parametrize(
    ("severity", "key", "column"),
    [
        ("{}", "alerts.severity_empty", 11),
        ("{high: last() >= 5}", "alerts.severity_level", 12),
        ("{6: last() >= 5}", "alerts.severity_level", 12),
        ("{3: last() >=}", "alerts.expression_syntax", 24),
        ("{3: foo() >= 5}", "alerts.expression_unknown", 15),
        ("{3: '7'}", "alerts.expression_not_condition", 16),
        ("soon", "city.need_integer", 11),
    ],
)
def test_a_mistake_is_told_with_its_place(severity: str, key: str, column: int) -> None:
    with pytest.raises(MistakesError) as caught:
        load_rules({"rules/a.yaml": rule_text(severity=severity)})
    assert [(m.key, m.place.line, m.place.column) for m in caught.value.mistakes] == [(key, 6, column)]
