"""The rules of Sabae do what their tests say, sleep on a calm day and wake in a flood."""

from pathlib import Path

import pytest

from alerts.rule_file import read_rules
from alerts.rule_test import run_rule_tests
from city.alert import AlertState
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.rule import Rule
from firmware_sim.scenario_file import load_scenario
from tests.support.simulated_day import told_events

SABAE = Path(__file__).parents[2] / "cities" / "sabae"
OFFICIAL = {"river-standby", "river-caution", "river-evacuation", "river-danger"}


def texts(kind: str) -> dict[str, str]:
    return {str(path.relative_to(SABAE)): path.read_text("utf-8") for path in sorted(SABAE.glob(f"{kind}/*.yaml"))}


@pytest.fixture(scope="module")
def sabae() -> Catalog:
    return load_catalog(texts("catalog"))


@pytest.fixture(scope="module")
def rules(sabae: Catalog) -> tuple[Rule, ...]:
    found = read_rules(texts("rules"), sabae)
    assert found.warnings == ()
    return found.rules


def test_every_rule_has_tests_and_passes_them(sabae: Catalog, rules: tuple[Rule, ...]) -> None:
    assert [rule.id for rule in rules if not rule.tests] == []
    assert [result for result in run_rule_tests(rules, sabae) if result.failures] == []


def test_every_rule_reaches_somebody(sabae: Catalog, rules: tuple[Rule, ...]) -> None:
    endpoints = [endpoint for department in sabae.departments.values() for endpoint in department.endpoints]
    reached = {
        rule.id
        for rule in rules
        for endpoint in endpoints
        if rule.owner in (endpoint.subscription.owners or {rule.owner})
        and rule.severity >= endpoint.subscription.severity
    }

    assert reached == {rule.id for rule in rules}


def test_the_four_official_levels_are_four_rules(rules: tuple[Rule, ...]) -> None:
    levels = {
        rule.id: (rule.severity, rule.alert_level)
        for rule in rules
        if rule.id.startswith("river-") and not rule.id.endswith("-ahead")
    }

    assert levels == {
        "river-standby": (1, None),
        "river-caution": (2, 2),
        "river-evacuation": (3, 3),
        "river-danger": (4, 4),
        "river-rise": (2, None),
    }


def test_a_calm_day_disturbs_nobody(sabae: Catalog, rules: tuple[Rule, ...]) -> None:
    calm = load_scenario(texts("scenarios"), "calm-day", sabae)

    assert told_events(sabae, rules, calm, hours=24) == []


def test_a_flood_is_told_level_by_level(sabae: Catalog, rules: tuple[Rule, ...]) -> None:
    flood = load_scenario(texts("scenarios"), "river-flood", sabae)
    events = told_events(sabae, rules, flood, hours=12)
    at_toba = [
        (event.rule, event.to_state)
        for event in events
        if event.subject == "rpi-toba:water_level" and event.rule in OFFICIAL
    ]

    assert at_toba == [
        ("river-standby", AlertState.FIRING),
        ("river-caution", AlertState.FIRING),
        ("river-evacuation", AlertState.FIRING),
        ("river-evacuation", AlertState.RESOLVED),
        ("river-caution", AlertState.RESOLVED),
        ("river-standby", AlertState.RESOLVED),
    ]
    assert {"underpass-closed", "main-flow-rise", "main-pressure-drop", "rain-watch"} <= {e.rule for e in events}


def test_a_flood_is_told_ahead_of_the_evacuation_level(sabae: Catalog, rules: tuple[Rule, ...]) -> None:
    flood = load_scenario(texts("scenarios"), "river-flood", sabae)
    fired = {
        (event.rule, event.subject): event.at_ms
        for event in told_events(sabae, rules, flood, hours=6)
        if event.to_state is AlertState.FIRING
    }

    reached_ms = fired["river-evacuation", "rpi-toba:water_level"]
    assert reached_ms - fired["river-evacuation-ahead", "rpi-toba:water_level"] >= 30 * 60_000
    assert reached_ms - fired["toba-evacuation-ahead", "rpi-toba:water_level"] >= 45 * 60_000


def test_heavy_snow_wakes_the_ploughs_and_nobody_else(sabae: Catalog, rules: tuple[Rule, ...]) -> None:
    snow = load_scenario(texts("scenarios"), "heavy-snow", sabae)
    events = told_events(sabae, rules, snow, hours=24)

    snow_rules = {"snow-watch", "snow-fresh", "snow-burst", "snow-grave", "snow-alarm"}
    assert {e.rule for e in events} == {"road-frost", "road-ice", "pipes-freeze", "snow-together"} | snow_rules
    assert {e.subject for e in events if e.rule == "snow-alarm"} == {"rpi-city-hall:snow_depth"}  # nobody ploughs there
    soon_ms = snow.start_ms + 5 * 3_600_000  # half a minute at the scenario's speed
    assert {e.rule for e in events if e.at_ms < soon_ms} >= {"road-frost", "snow-watch", "snow-burst"}
    ploughed = {"rpi-sanroku:snow_depth", "rpi-tonokuchi-pass:snow_depth", "rpi-kawada-road:snow_depth"}
    over = [e for e in events if e.to_state is AlertState.RESOLVED and e.rule in snow_rules]
    calmed = {e.subject for e in over if e.at_ms < soon_ms}
    assert calmed == ploughed


def test_a_heatwave_is_told_step_by_step(sabae: Catalog, rules: tuple[Rule, ...]) -> None:
    heat = load_scenario(texts("scenarios"), "heatwave", sabae)
    events = told_events(sabae, rules, heat, hours=24)

    assert {e.rule for e in events} == {"heat-watch", "heat-alarm", "heat-grave", "hot-day", "heat-together"}
    for subject in {e.subject for e in events if e.rule not in {"hot-day", "heat-together"}}:
        day = [
            (e.rule, e.to_state) for e in events if e.subject == subject and e.at_ms < heat.start_ms + 14 * 3_600_000
        ]
        up = [rule for rule, state in day if state is AlertState.FIRING]
        down = [rule for rule, state in day if state is AlertState.RESOLVED]
        assert up in (["heat-watch", "heat-alarm", "heat-grave"], ["heat-watch", "heat-alarm"])
        assert down == up[::-1]


def test_a_school_day_tells_of_the_two_rooms_without_air(sabae: Catalog, rules: tuple[Rule, ...]) -> None:
    school = load_scenario(texts("scenarios"), "school-day", sabae)
    events = told_events(sabae, rules, school, hours=24)

    assert {e.subject for e in events} == {"rpi-kawada-school:co2", "rpi-yutaka-school:co2"}
    assert {e.rule for e in events} == {"co2-stuffy", "co2-watch", "co2-alarm", "co2-grave"}
    assert {e.subject for e in events if e.rule in {"co2-alarm", "co2-grave"}} == {"rpi-kawada-school:co2"}
    raised = sum(e.to_state is AlertState.FIRING for e in events)
    assert raised * 2 == len(events)  # all is over before the evening
