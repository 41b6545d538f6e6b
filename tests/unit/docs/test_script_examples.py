"""The scripts that the documents show are run, and the two languages show the same."""

import re
from pathlib import Path

import pytest

from alerts.script.file import read_script
from alerts.script.run import run_script
from city.errors import Mistake

DOCS = Path(__file__).resolve().parents[3] / "docs"
EXAMPLE = re.compile(r"^```rules-test\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ("rule-scripts.md", "rule-scripts.ja.md")


def examples(page: str) -> list[str]:
    return EXAMPLE.findall((DOCS / page).read_text("utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_every_example_comes_out_as_it_says(page: str) -> None:
    assert examples(page)
    for text in examples(page):
        mistakes: list[Mistake] = []
        script = read_script(text, page, mistakes)
        assert mistakes == []
        assert [result.diff() for result in run_script(script, None, {})] == [""] * len(script.cases)


def test_both_languages_show_the_same_examples() -> None:
    def without_titles(text: str) -> str:
        return re.sub(r"^case .*$", "case", text, flags=re.MULTILINE)

    english, japanese = ([without_titles(text) for text in examples(page)] for page in PAGES)
    assert english == japanese
