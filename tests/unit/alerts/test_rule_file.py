"""Rules from YAML: every mistake at once, at its place."""

from pathlib import Path

import pytest

from alerts.rule_file import load_rules, read_rules
from city.errors import MistakesError
from city.messages.text import Lang
from city.rule import Rule
from tests.support.rule_city import gauge, rule, rule_text, town

CITY = town([gauge("toba"), gauge("ieku", levels={}, attributes={"interval_s": 1.0})])

FLOW = """
- {id: standby, title: {ja: 水防団待機水位, en: Stand-by}, owner: nobody,
   select: {quantity: water_level}, raise: 'last() >= level("caution")', severity: 1, quality: any}
- {id: danger, title: {ja: はん濫危険水位, en: Danger}, owner: nobody,
   select: {quantity: water_level}, raise: 'last() >= level("danger")', severity: 4, quality: any}
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(MistakesError) as caught:
        load_rules({"rules/r.yaml": text}, CITY)
    return caught.value.text(Lang.EN).splitlines()[:-1]


def test_flow_style_and_owners_left_unchecked() -> None:
    found = load_rules({"rules/r.yaml": FLOW}, CITY, check_names=False)
    assert [(r.id, r.severity, r.quality.value) for r in found] == [("standby", 1, "any"), ("danger", 4, "any")]
    assert len(mistakes(FLOW)) == 2


def test_all_keys() -> None:
    found = rule(
        for_="10m",
        clear='max(30m) < level("danger") - 0.1',
        hold="20m",
        alert_level=3,
        no_data="2h",
        act_within="1h",
        quality="any",
        playbook="flood",
        tests='[{readings: {"toba:water_level": "0m 5.0"}, expect: [{at: 0, state: pending}]}]',
    )
    assert (found.for_ms, found.hold_ms, found.no_data_ms, found.alert_level) == (600_000, 1_200_000, 7_200_000, 3)
    assert found.tests[0].expect[0].state == "pending"


def test_every_mistake_at_once() -> None:
    text = rule_text(raise_="lats() >= 5", for_="soon", severity=9, flaps="[x]", owner="doboku", colour="red")
    found = mistakes(text)
    assert len(found) == 6
    for part in (
        "r.yaml:5:9",
        "Did you mean `last`",
        "`flaps` must hold",
        "doboku",
        "colour",
        "severity",
    ):
        assert any(part in line for line in found), part


@pytest.mark.parametrize(
    ("keys", "part"),
    [
        ({"raise": 'last() >= level("dagner")'}, "caution, danger"),
        ({"raise": "at_least(3, last() > 1)"}, "the largest group has 2 sensors"),
        ({"raise": "mean(3h) > 1"}, "at most 8192 readings"),
        ({"no_data": "0"}, "longer than 0"),
        ({"for": "60d"}, "at most 30d"),
        ({"select": "{quantity: water_level, area: [nowhere]}"}, "nowhere"),
        ({"select": '{quantity: water_level, series: ["tooba:water_level"]}'}, "toba:water_level"),
        ({"tests": '[{readings: {"x:y": "0m 1"}, expect: [{at: 0, state: burning}]}]'}, "burning"),
    ],
)
def test_mistake(keys: dict[str, object], part: str) -> None:
    assert any(part in line for line in mistakes(rule_text(**keys)))


def test_two_rules_of_one_id() -> None:
    with pytest.raises(MistakesError) as caught:
        load_rules({"a.yaml": rule_text(), "b.yaml": rule_text()})
    assert "a.yaml:1" in caught.value.text(Lang.EN)


def test_a_rule_that_matches_no_sensor_is_a_warning() -> None:
    found = read_rules({"r.yaml": rule_text(select="{quantity: co2}")}, CITY)
    assert len(found.rules) == 1
    assert "matches no sensor" in found.warnings[0].text(Lang.EN)


def version(**keys: object) -> str:
    return rule(**keys).version


def test_the_version_is_of_what_decides() -> None:
    assert version() == version(title="{ja: 別, en: Other}", act_within="2h", playbook="x")
    changed: list[dict[str, object]] = [
        {"raise": "last() > 5"},
        {"clear": "last() < 5"},
        {"for": "1m"},
        {"hold": "1m"},
        {"no_data": "1m"},
        {"quality": "any"},
        {"severity": 3},
    ]
    assert len({version(), *(version(**keys) for keys in changed)}) == len(changed) + 1


def test_the_rules_of_sabae_load(pytestconfig: pytest.Config) -> None:
    folder = Path(pytestconfig.rootpath) / "cities" / "sabae" / "rules"
    found: tuple[Rule, ...] = load_rules({path.name: path.read_text() for path in folder.glob("*.yaml")})
    assert {"river-standby", "river-caution", "river-evacuation", "river-danger"} <= {r.id for r in found}


def test_inhibits_names_rules_and_never_in_a_circle() -> None:
    files = {
        f"rules/{name}.yaml": rule_text(id=name, inhibits=f"[{inhibits}]")
        for name, inhibits in (("danger", "caution, cautoin"), ("caution", "watch"), ("watch", ""))
    }
    found = read_rules(files)
    assert {rule.id: rule.inhibits for rule in found.rules}["danger"] == ("caution", "cautoin")
    (warning,) = (warning.text(Lang.EN) for warning in found.warnings)
    assert warning.startswith("rules/danger.yaml:7:")
    assert warning.endswith("`inhibits` names `cautoin`, which is no rule. The nearest: caution.")
    assert (
        read_rules({"rules/x.yaml": rule_text()}).rules[0].version
        == read_rules({"rules/x.yaml": rule_text(inhibits="[other]")}).rules[0].version
    )
    with pytest.raises(MistakesError) as caught:
        load_rules({**files, "rules/watch.yaml": rule_text(id="watch", inhibits="[danger]")})
    (mistake,) = (mistake.text(Lang.EN) for mistake in caught.value.mistakes)
    assert "caution → watch → danger → caution" in mistake
    with pytest.raises(MistakesError) as caught:
        load_rules({"rules/x.yaml": rule_text(inhibits="[high]")})
    assert "high → high" in caught.value.text(Lang.EN)
