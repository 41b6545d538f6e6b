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
    levels = {rule.id: (rule.severity, rule.alert_level) for rule in rules if rule.id.startswith("river-")}

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
        if event.subject == "rpi-toba:water_level" and event.rule != "river-rise"
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
