"""A rule on trial runs like any other, and nobody hears of it."""

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from alerts.engine import Engine
from alerts.ledger import Ledger
from alerts.tables import metadata
from city.alert import ZONE_SILENT, AlertEvent, AlertState
from city.entry import RulesEntry, TickEntry
from tests.support.rule_city import MINUTE, T0, entry, gauge, rule, rule_text, town

CITY = town([gauge("toba"), gauge("ieku")])
TRIAL = rule(id="trial", shadow="true", no_data="30m")


def run(engine: Engine) -> list[AlertEvent]:
    events = []
    for k, (minute, value) in enumerate(((0, 5.5), (10, 4.0), (20, 5.5)), 1):
        events += engine.step(entry(CITY, k, T0 + minute * MINUTE, [("toba", T0 + minute * MINUTE, value, 0)]))
    return [*events, *engine.step(TickEntry(4, T0 + 60 * MINUTE))]


def test_it_says_what_the_same_rule_in_force_would_say_and_is_told_to_nobody() -> None:
    trial = run(Engine("town", CITY, [TRIAL]))
    real = run(Engine("town", CITY, [replace(TRIAL, shadow=False)]))
    assert {event.rule for event in trial} == {"trial", "trial:no-data"}
    silent = [event for event in real if event.rule != ZONE_SILENT]
    assert [(e.id, e.at_ms, e.to_state) for e in trial] == [(e.id, e.at_ms, e.to_state) for e in silent]
    assert all(event.shadow and not event.told for event in trial)


def test_the_silence_of_a_zone_is_no_business_of_a_rule_on_trial() -> None:
    assert ZONE_SILENT in {event.rule for event in run(Engine("town", CITY, [replace(TRIAL, shadow=False)]))}
    assert ZONE_SILENT not in {event.rule for event in run(Engine("town", CITY, [TRIAL]))}


def test_what_is_open_says_that_it_is_on_trial() -> None:
    engine = Engine("town", CITY, [TRIAL, rule()])
    run(engine)
    assert {(a.rule, a.shadow) for a in engine.open_alerts()} >= {("trial", True), ("high", False)}


def test_a_rule_that_comes_into_force_begins_anew_and_tells() -> None:
    text = rule_text(id="trial", shadow="true", no_data="30m")
    engine = Engine("town", CITY, [TRIAL], rule_files={"rules/a.yaml": text})
    engine.step(entry(CITY, 1, T0, [("toba", T0, 5.5, 0)]))
    events = engine.step(
        RulesEntry(2, T0 + 5 * MINUTE, {"rules/a.yaml": text.replace("shadow: true", "shadow: false")})
    )
    events += engine.step(entry(CITY, 3, T0 + 10 * MINUTE, [("toba", T0 + 10 * MINUTE, 5.5, 0)]))
    assert [(e.to_state, e.told) for e in events] == [(AlertState.RESOLVED, False), (AlertState.FIRING, True)]


def test_in_the_ledger_it_stands_apart(tmp_path: Path) -> None:
    database = sa.create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(database)
    ledger = Ledger(database)
    events = [event for event in run(Engine("town", CITY, [TRIAL, rule()])) if event.subject == "toba:water_level"]
    ledger.commit(events, 4)
    assert [event for _, event in ledger.events()] == events
    assert {event.rule for event in ledger.unrelayed(10)} == {"high"}
    assert {alert.rule for alert in ledger.alerts()} == {"high"}
    assert {(alert.rule, alert.shadow) for alert in ledger.alerts(shadow=True)} == {
        ("trial", True),
        ("trial:no-data", True),
    }
    assert len(ledger.alerts(shadow=None)) == len(ledger.alerts()) + len(ledger.alerts(shadow=True))
    database.dispose()
