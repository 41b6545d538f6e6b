"""The reference says what the language is: every key, constant and function, and the pages in docs are its newest."""

from pathlib import Path

import pytest

from alerts.across import ACROSS, AcrossFunction
from alerts.expression import goes_across
from alerts.expression_text import LOOKUPS, read_expression
from alerts.functions import FUNCTIONS
from alerts.reference import LOOKUP_TEXTS, reference
from alerts.rule_file import load_rules
from alerts.rule_keys import RULE_KEYS
from alerts.tokens import Fault
from city.errors import MistakesError
from city.messages.text import Lang

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(("page", "lang"), [("rules.md", Lang.EN), ("rules.ja.md", Lang.JA)])
def test_the_page_in_docs_is_the_newest(page: str, lang: Lang) -> None:
    assert (DOCS / page).read_text(encoding="utf-8") == reference(lang), f"megane rules reference > docs/{page}"


def test_every_key_that_is_read_is_told() -> None:
    # A file with a key that no rule knows is answered with all that it may know.
    with pytest.raises(MistakesError) as caught:
        load_rules({"rules/r.yaml": "{zzzzzzzz: 1}"})
    [known] = [dict(m.fields)["known"] for m in caught.value.mistakes if m.key == "city.unknown_key"]
    assert set(str(known).split(", ")) == set(RULE_KEYS)


def test_every_constant_and_function_is_told() -> None:
    assert tuple(LOOKUP_TEXTS) == LOOKUPS
    page = reference(Lang.JA)
    for function in FUNCTIONS.values():
        assert f"### `{function.signature}`" in page


@pytest.mark.parametrize("function", ACROSS.values(), ids=lambda function: function.name)
def test_what_goes_across_series_is_told(function: AcrossFunction) -> None:
    assert f"| `{function.signature}` |" in reference(Lang.EN)
    found = read_expression(function.example)
    assert not isinstance(found, Fault)
    assert goes_across(found)


def test_the_examples_of_keys_are_a_rule() -> None:
    text = "\n".join(f"{name}: {key.example}" for name, key in RULE_KEYS.items() if name != "by")  # of groups alone
    text = text.replace('raise: last() >= level("evacuation")', "raise: 'last() >= level(\"evacuation\")'")
    text = text.replace(
        'clear: max(30m) < level("evacuation") - 0.10', "clear: 'max(30m) < level(\"evacuation\") - 0.10'"
    )
    [rule] = load_rules({"rules/r.yaml": text})
    assert rule.id == "river-evacuation"
