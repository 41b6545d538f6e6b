"""Tests that stand in rule files: they pass, and where they fail they show a diff."""

import pytest

from alerts.rule_test import run_rule_tests
from city.errors import MistakesError
from tests.support.rule_city import gauge, rule, town

CITY = town([gauge("toba"), gauge("ieku")])
READINGS = '"toba:water_level": "0m 4.0, 10m 5.7, 20m 5.7, 30m 4.0"'


def results(readings: str, expect: str) -> list[str]:
    tested = rule(for_="10m", tests=f"[{{readings: {{{readings}}}, expect: [{expect}]}}]")
    return [result.diff() for result in run_rule_tests([tested], CITY)]


def test_passes() -> None:
    states = "{at: 0, state: inactive}, {at: 10m, state: pending}, {at: 20m, state: firing}, {at: 30m, state: resolved}"
    assert results(READINGS, states) == [""]
    assert results(READINGS, "{at: 30m, state: inactive}") == [""]


def test_silence_fires_too() -> None:
    assert results('"toba:water_level": "0m 6"', "{at: 9m, state: pending}, {at: 10m, state: firing}") == [""]


def test_a_failure_is_a_diff() -> None:
    found = results(READINGS, "{at: 10m, state: firing}")[0].splitlines()
    assert found[1:3] == ["-    10m toba:water_level firing", "+    10m toba:water_level pending"]
    assert found[3:] == [
        "     10m toba:water_level → pending",
        "     20m toba:water_level → firing",
        "     30m toba:water_level → resolved",
    ]


def test_a_test_may_say_when_it_begins() -> None:
    tested = rule(
        schedule="{days: [mon, tue, wed, thu, fri], times: 7:30-16:30, holidays: false}",
        tests="["
        "{start: 2024-06-03T07:00:00+09:00, readings: {'toba:water_level': '0m 6'},"
        " expect: [{at: 29m, state: inactive}, {at: 30m, state: firing}, {at: 570m, state: resolved}]},"
        "{start: 2024-06-02T07:00:00+09:00, readings: {'toba:water_level': '0m 6'},"
        " expect: [{at: 1h, state: inactive}]}"
        "]",
    )
    assert [result.diff() for result in run_rule_tests([tested], CITY)] == ["", ""]


def test_a_test_may_ask_for_the_severity() -> None:
    def result(severity: int) -> str:
        tested = rule(
            severity="{2: last() >= 5, 4: last() >= 6}",
            tests="[{readings: {'toba:water_level': '0m 5, 5m 6'}, "
            f"expect: [{{at: 5m, state: firing, severity: {severity}}}]}}]",
        )
        return run_rule_tests([tested], CITY)[0].diff()

    assert result(4) == ""
    assert result(3).splitlines()[1:3] == ["-     5m toba:water_level firing 3", "+     5m toba:water_level firing 4"]


def test_several_series_need_a_subject() -> None:
    both = f'{READINGS}, "ieku:water_level": "0m 6"'
    assert results(both, '{at: 10m, state: firing, subject: "ieku:water_level"}') == [""]
    with pytest.raises(MistakesError):
        results(both, "{at: 10m, state: firing}")


@pytest.mark.parametrize("text", ["5.0", "10m 5, 0m 4", "0m x", ""])
def test_readings_that_cannot_be_read(text: str) -> None:
    with pytest.raises(MistakesError):
        results(f'"toba:water_level": "{text or " "}"', "{at: 10m, state: firing}")
