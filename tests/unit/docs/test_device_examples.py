"""What the documents show of other people's devices is what the catalog takes, in both languages."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from city.catalog_file import load_catalog
from city.messages.text import Lang
from ingest.codecs.json_mapping import JsonCodec
from megane.schemas import schema
from tests.support.other_devices import CITY, Ear

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGES = ("devices.md", "devices.ja.md")
EXAMPLE = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DEVICE = "devices:\n  - id: some\n    site: toba\n    owner: doboku\n"


def examples(page: str) -> list[str]:
    return EXAMPLE.findall((DOCS / page).read_text("utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_every_example_is_a_catalog(page: str) -> None:
    assert len(examples(page)) == 6
    for text in examples(page):
        whole = DEVICE + text if text.startswith(" ") else text
        load_catalog({"catalog/city.yaml": CITY, "catalog/example.yaml": whole}, "megane")


@pytest.mark.parametrize("page", PAGES)
def test_editors_take_every_example(page: str) -> None:
    validator = Draft202012Validator(json.loads(schema("catalog", Lang.EN)))
    for text in examples(page):
        written = YAML(typ="safe", pure=True).load(DEVICE + text if text.startswith(" ") else text)
        assert list(validator.iter_errors(written)) == []


def test_both_languages_show_the_same_examples() -> None:
    english, japanese = ([re.sub(r" +#.*", "", text) for text in examples(page)] for page in PAGES)
    assert english == japanese


@pytest.mark.parametrize("page", PAGES)
def test_the_message_shown_is_the_readings_told(page: str) -> None:
    [message] = re.findall(r"`(\{\"meta\".*?)`", (DOCS / page).read_text("utf-8"))
    over = load_catalog({"catalog/city.yaml": CITY, "catalog/example.yaml": examples(page)[1]}, "megane")
    ear = Ear(JsonCodec(over), over)
    assert ear.readings(ear.hear("farm/12", message)) == {
        "farm-12:water_level": [(1_719_187_200_000, 2.5)],
        "farm-12:gate": [(1_719_187_200_000, 1.0)],
    }
