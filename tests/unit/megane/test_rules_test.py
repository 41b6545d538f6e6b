"""`megane rules test`: rule files and scripts, side by side."""

from pathlib import Path

import msgspec
import pytest

from city.errors import MistakesError
from city.messages.text import Lang
from megane.rules_test import RulesTestError, run_rules_test
from megane.rules_test import Tested as Result

SABAE = Path(__file__).parents[3] / "cities" / "sabae"
SCRIPT = "sensor a:water_level\nrules high.yaml\ncase one\nload 0m {value}\nexpect firing\n"
RULE = """
id: high
title: {ja: 高, en: high}
owner: x
select: {quantity: water_level}
raise: last() > 5
severity: 1
"""


def results(capsys: pytest.CaptureFixture[str]) -> list[Result]:
    return msgspec.json.decode(capsys.readouterr().out, type=list[Result])


def test_the_scripts_of_a_city_stand_beside_its_rules(capsys: pytest.CaptureFixture[str]) -> None:
    run_rules_test([SABAE / "rules"], None, as_json=True, lang=Lang.EN)
    found = results(capsys)
    assert {result.passed for result in found} == {True}
    assert {bool(result.case) for result in found} == {True, False}
    assert all(bool(result.case) != bool(result.rule) for result in found)


def test_a_script_of_its_own_needs_no_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "high.yaml").write_text(RULE, "utf-8")
    (tmp_path / "one.rules-test").write_text(SCRIPT.format(value=6), "utf-8")
    run_rules_test([tmp_path / "one.rules-test"], None, as_json=True, lang=Lang.EN)
    assert [(result.case, result.passed) for result in results(capsys)] == [("one", True)]


def test_a_script_may_name_its_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"city {SABAE}\nrules {SABAE}/rules/river.yaml\ncase one\nload 0m rpi-toba:water_level 7\n"
    (tmp_path / "one.rules-test").write_text(text + "expect firing river-danger rpi-toba:water_level\n", "utf-8")
    run_rules_test([tmp_path], None, as_json=True, lang=Lang.EN)
    assert [result.passed for result in results(capsys)] == [True]


def test_what_fails_is_shown_and_ends_in_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "high.yaml").write_text(RULE, "utf-8")
    (tmp_path / "one.rules-test").write_text(SCRIPT.format(value=4), "utf-8")
    with pytest.raises(RulesTestError):
        run_rules_test([tmp_path / "one.rules-test"], None, as_json=False, lang=Lang.EN)
    said = capsys.readouterr().out
    assert "- 5: expect firing" in said
    assert "1 tests, 1 failed" in said


def test_what_is_wrong_is_told_before_anything_is_run(tmp_path: Path) -> None:
    (tmp_path / "one.rules-test").write_text("case one\n", "utf-8")
    (tmp_path / "two.rules-test").write_text("sensor a\n", "utf-8")
    with pytest.raises(MistakesError) as wrong:
        run_rules_test([tmp_path], None, as_json=False, lang=Lang.JA)
    assert {Path(mistake.place.file).name for mistake in wrong.value.mistakes} == {"one.rules-test", "two.rules-test"}
