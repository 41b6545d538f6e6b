"""A rule's numbers, and what the catalog overrides for one sensor."""

from dataclasses import replace

import pytest

from alerts.engine import Engine
from alerts.rule_file import read_rules
from city.catalog_file import load_catalog
from city.errors import MistakesError
from city.messages.text import Lang
from city.override import Override
from tests.support.rule_city import MINUTE, T0, entry, gauge, rule, rule_text, told, town

RISING = {"raise_": 'last() >= number("limit")', "numbers": "{limit: 5}"}

CATALOG = """
city: {{id: town, title: {{ja: 町, en: Town}}, outline: [[35.9, 136.1], [36.0, 136.1], [36.0, 136.2]]}}
zones: [{{id: town, title: {{ja: 町, en: Town}}}}]
areas: [{{id: centre, title: {{ja: 中央, en: Centre}}, zone: town}}]
departments: [{{id: bosai, title: {{ja: 防災, en: Civil protection}}}}]
sites: [{{id: bridge, title: {{ja: 橋, en: Bridge}}, area: centre, latitude: 35.95, longitude: 136.15}}]
devices:
  - id: toba
    site: bridge
    owner: bosai
    sensors:
      water_level:
        rules: {rules}
"""


def mistakes(rules: str, text: str) -> tuple[list[str], list[str]]:
    """Mistakes and warnings of a rule under these overrides."""
    try:
        catalog = load_catalog({"catalog/c.yaml": CATALOG.format(rules=rules)})
        warnings = read_rules({"rules/r.yaml": text}, catalog).warnings
        return [], [warning.text(Lang.EN) for warning in warnings]
    except MistakesError as error:
        return error.text(Lang.EN).splitlines()[:-1], []


def test_a_number_is_the_rules_own_where_the_sensor_has_none() -> None:
    city = town([gauge("alpha"), gauge("beta", overrides={"high": Override(numbers={"limit": 7.0})})])
    engine = Engine("town", city, [rule(**RISING)])
    events = engine.step(entry(city, 1, T0, [("alpha", T0, 6.0, 0), ("beta", T0, 6.0, 0)]))
    assert [(e.subject, e.to_state) for e in events] == [("alpha:water_level", "firing")]
    [event] = engine.step(entry(city, 2, T0 + MINUTE, [("beta", T0 + MINUTE, 7.0, 0)]))
    assert event.subject == "beta:water_level"


def test_durations_and_severity_are_overridden_for_the_one_sensor() -> None:
    odd = {"high": Override(for_ms=MINUTE, hold_ms=5 * MINUTE, severity=4)}
    city = town([gauge("alpha"), gauge("beta", overrides=odd)])
    engine = Engine("town", city, [rule()])
    events = engine.step(entry(city, 1, T0, [("alpha", T0, 6.0, 0), ("beta", T0, 6.0, 0)]))
    assert [(e.subject, e.to_state, e.severity) for e in events] == [
        ("alpha:water_level", "firing", 2),
        ("beta:water_level", "pending", 4),
    ]
    later = T0 + MINUTE
    events = engine.step(entry(city, 2, later, [("beta", later, 6.0, 0)]))
    assert told(events) == [("high", "firing", MINUTE)]
    assert [alert.severity for alert in engine.open_alerts()] == [2, 4]
    low = later + MINUTE
    events = engine.step(entry(city, 3, low, [("alpha", low, 1.0, 0), ("beta", low, 1.0, 0)]))
    assert [(e.subject, e.to_state) for e in events] == [("alpha:water_level", "resolved")]


def test_another_override_keeps_what_the_row_knows() -> None:
    before = town([gauge("alpha")])
    engine = Engine("town", before, [rule(for_="10m")])
    engine.step(entry(before, 1, T0, [("alpha", T0, 6.0, 0)]))
    after = town([gauge("alpha", overrides={"high": Override(for_ms=2 * MINUTE)})])
    engine = Engine.restore(engine.snapshot(), after, [rule(for_="10m")])
    due = T0 + 2 * MINUTE
    assert told(engine.step(entry(after, 2, due, [("alpha", due, 6.0, 0)]))) == [("high", "firing", 2 * MINUTE)]


def test_numbers_are_part_of_the_version_only_where_they_are() -> None:
    assert rule().version == rule(numbers="{}").version
    assert rule(**RISING).version != rule(**{**RISING, "numbers": "{limit: 6}"}).version
    assert rule().version == replace(rule(), numbers={}).version


@pytest.mark.parametrize(
    ("rules", "text", "words"),
    [
        ("{}", rule_text(raise_='last() >= number("lim")', numbers="{limit: 5}"), "r.yaml:5:26: Column 18"),
        ("{high: {numbers: {limt: 6}}}", rule_text(**RISING), "nearest, or what there is: limit"),
        ("{high: {no_data: 1h}}", rule_text(), "has no `no_data`"),
        ("{high: {for: 40d}}", rule_text(), "30d"),
        ("{high: {severity: 9}}", rule_text(), "severity"),
        ("{high: {colour: red}}", rule_text(), "colour"),
        ("{high: {for: 1m}}", rule_text(select="{quantity: water_level, series: ['toba:other']}"), "other"),
    ],
)
def test_mistakes_are_named_where_they_stand(rules: str, text: str, words: str) -> None:
    found, _ = mistakes(rules, text)
    assert any(words in line for line in found), found


def test_an_override_of_a_rule_that_is_not_there_is_a_warning() -> None:
    found, warnings = mistakes("{hihg: {for: 1m}}", rule_text())
    assert found == []
    assert any("nearest: high" in line and "c.yaml" in line for line in warnings)
