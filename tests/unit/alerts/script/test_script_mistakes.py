"""What is wrong in a script is told with its place, in the script itself, and with advice."""

import pytest

from alerts.script.file import read_script
from alerts.script.run import run_script
from city.errors import Mistake, MistakesError
from city.messages.text import Lang

SENSOR = "sensor toba:water_level {delay: 1m, levels: {danger: 6.0}}\n"
RULE = "rule\n  id: high\n  raise: last() >= 5\n  no_data: 1h\n"
CASE = SENSOR + RULE + "case one\n"  # five lines and this
END = "\nexpect nothing\n"


def mistakes_in(text: str) -> list[Mistake]:
    """Every mistake of reading, else of making ready."""
    found: list[Mistake] = []
    script = read_script(text, "a.rules-test", found)
    if found:
        return found
    try:
        run_script(script, None, {})
    except MistakesError as wrong:
        return list(wrong.mistakes)
    return []


@pytest.mark.parametrize(
    ("text", "place", "key"),
    [
        (SENSOR, "1:1", "script.no_case"),
        (CASE + "load 0m 5", "6:1", "script.no_expect"),
        (CASE + "laod 0m 5" + END, "7:1", "script.need_word_near"),
        (CASE + "?? 0m 5" + END, "7:1", "script.need_word"),
        (CASE + "load 5" + END, "7:6", "script.need_time"),
        (CASE + "load 0m" + END, "7:8", "script.need_number"),
        (CASE + "load 0m five" + END, "7:9", "script.need_number"),
        (CASE + "load 0m 5 awful" + END, "7:11", "script.left_over"),
        (CASE + "load 0m 5 arrives soon" + END, "7:19", "script.need_time"),
        (CASE + "load 0m Toba:level 5" + END, "7:9", "script.need_series"),
        (CASE + "load 0m tobe:water_level 5" + END, "7:1", "script.unknown_sensor"),
        (CASE + "load 0m to 9m each 1m 5" + END, "7:15", "script.need_word"),
        (CASE + "load 0m to 9m every 0m 5" + END, "7:24", "script.need_time"),
        (CASE + "load 0m to 9d every 1s 5" + END, "7:25", "script.too_many"),
        (CASE + "load 10m 5\nload 5m 4" + END, "8:1", "script.past"),
        (CASE + "load 10m 5\nwait until 5m" + END, "8:1", "script.past"),
        (CASE + "wait 999d" + END, "7:6", "script.time_too_long"),
        (CASE + "wait" + END, "7:5", "script.need_time"),
        (CASE + "expect 10m firing", "7:1", "script.ahead"),
        (CASE + "expect fire", "7:8", "script.need_word_near"),
        (CASE + "expect firing hihg", "7:1", "script.unknown_rule"),
        (CASE + "expect firing high tobe:water_level", "7:1", "script.unknown_sensor"),
        (CASE + "expect firing high toba:water_level more", "7:37", "script.left_over"),
        (CASE + "expect firing severity 9", "7:24", "script.need_word"),
        (CASE + "expect nothing at all", "7:16", "script.left_over"),
        (CASE + "  expect nothing" + END, "7:3", "script.indented"),
        (CASE + "wait 1m\nrule\n  id: low\n  raise: last() < 1" + END, "8:1", "script.too_late"),
        (SENSOR + "load 0m 5\n" + RULE + "case one" + END, "2:1", "script.no_case_yet"),
        (SENSOR + RULE + "case" + END, "6:5", "script.no_title"),
        (SENSOR + "rule\ncase one" + END, "2:5", "script.no_rule"),
        (SENSOR + "rules\ncase one" + END, "2:6", "script.no_path"),
        (SENSOR + "case one" + END, "2:1", "script.no_rules"),
        (RULE + "case one" + END, "5:1", "script.no_sensor"),
        ("city ../sabae\n" + CASE + END, "2:8", "script.city_sensor"),
        (SENSOR + "start 2024-01-01T00:00\n" + RULE + "case one" + END, "2:7", "script.need_moment"),
        ("sensor toba:water_level area Ueno\n" + RULE + "case one" + END, "1:30", "script.need_name"),
        (CASE + "close high" + END, "7:11", "script.need_word"),
        (CASE + "close hihg test" + END, "7:1", "script.unknown_rule"),
        (CASE + "assign high" + END, "7:12", "script.need_word"),
        (CASE + "assign to" + END, "7:10", "script.need_name"),
        # in the catalog and the rules that are made out of it
        ("sensor toba:water_level {delay: soon}\n" + RULE + "case one" + END, "1:33", "city.need_duration"),
        ("sensor toba:water_level {dealy: 1m}\n" + RULE + "case one" + END, "1:26", "city.unknown_key_near"),
        ("sensor toba:water_level area a {dealy: 1m}\n" + RULE + "case one" + END, "1:33", "city.unknown_key_near"),
        ("sensor toba:level\n" + RULE + "case one" + END, "1:18", "city.no_quantity"),
        ("sensor toba:water_level {delay: 1m\n" + RULE + "case one" + END, "1:25", "script.need_brace"),
        (
            SENSOR + "case one\nrule\n  id: high\n\n  # much\n  raise: lost() > 5" + END,
            "7:10",
            "alerts.expression_unknown_near",
        ),
        (SENSOR + "case one\nrule\n  id: high\n  raise: last() > 5\n  fro: 10m" + END, "6:3", "city.unknown_key_near"),
        (SENSOR + 'case one\nrule\n  id: high\n  raise: last() > level("x")' + END, "5:25", "alerts.rule_lookup"),
        (SENSOR + RULE + "case one\n" + RULE + END, "8:7", "alerts.rule_twice"),
        (CASE + "reload\n  id: high\n  raise: last() > five" + END, "9:19", "alerts.expression_unknown"),
        (CASE + "reload\n  - id: high\n    raise: last() > 5" + END, "8:5", "city.missing"),
    ],
)
def test_what_is_wrong_has_its_place(text: str, place: str, key: str) -> None:
    found = mistakes_in(text)
    assert (str(found[0].place), found[0].key) == (f"a.rules-test:{place}", key)
    for lang in Lang:
        assert found[0].text(lang).startswith(f"a.rules-test:{place}: ")


def test_all_mistakes_are_told_at_once() -> None:
    found = mistakes_in(CASE + "laod 0m 5\nwait soon\ncase two\n")
    assert [mistake.key for mistake in found] == [
        "script.need_word_near",
        "script.need_time",
        "script.no_expect",
        "script.no_expect",
    ]


def test_a_mistake_that_names_another_place_names_one_in_the_script() -> None:
    (found,) = mistakes_in(SENSOR + RULE + "case one\n" + RULE + END)
    assert str(dict(found.fields)["first"]) == "a.rules-test:3:3"


def test_a_mistake_of_the_header_is_told_once_for_all_cases() -> None:
    assert len(mistakes_in(SENSOR + "rule\n  id: high\n  raise: lost() > 5\ncase one" + END + "case two" + END)) == 1
