"""The schemas take what the city's own files say, and refuse what `megane check` refuses."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from ruamel.yaml import YAML

from alerts.rule_keys import RULE_KEYS
from city.messages.text import Lang
from megane.schemas import SCHEMAS, schema

ROOT = Path(__file__).parents[3]
SABAE = ROOT / "cities" / "sabae"
KINDS = {"catalog": "catalog", "rules": "rules", "playbooks": "playbook", "scenarios": "scenario"}
FILES = [(KINDS[folder], file) for folder in KINDS for file in sorted((SABAE / folder).glob("*.yaml"))]
BROKEN = ROOT / "tests" / "rules" / "broken"
# Wrong in their structure alone; what an expression or the catalog makes wrong is not a schema's to find.
STRUCTURE = (
    "alert-level-outside",
    "for-no-duration",
    "id-grammar",
    "key-unknown",
    "list-of-text",
    "missing-keys",
    "quality-unknown",
    "quantity-unknown",
    "severity-outside",
    "severity-text",
    "title-one-language",
)


def plain(value: object) -> object:
    """As JSON has it: YAML's days and moments are texts."""
    match value:
        case dict():
            return {str(key): plain(inner) for key, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
        case date():
            return value.isoformat()
        case _:
            return value


def wrong(kind: str, text: str) -> list[str]:
    written = plain(YAML(typ="safe", pure=True).load(text))
    errors = Draft202012Validator(json.loads(schema(kind, Lang.EN))).iter_errors(written)
    return [f"{best.json_path}: {best.message}"] if (best := best_match(errors)) else []


@pytest.mark.parametrize("kind", SCHEMAS)
@pytest.mark.parametrize("lang", Lang)
def test_each_is_a_schema(kind: str, lang: Lang) -> None:
    Draft202012Validator.check_schema(json.loads(schema(kind, lang)))


@pytest.mark.parametrize(("kind", "file"), FILES, ids=[f"{kind} {file.name}" for kind, file in FILES])
def test_the_files_of_sabae_are_taken(kind: str, file: Path) -> None:
    assert wrong(kind, file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", STRUCTURE)
def test_what_is_broken_in_structure_is_refused(name: str) -> None:
    assert wrong("rules", (BROKEN / f"{name}.yaml").read_text(encoding="utf-8"))


def test_a_slip_in_the_catalog_is_refused() -> None:
    text = (SABAE / "catalog" / "sites.yaml").read_text(encoding="utf-8")
    assert wrong("catalog", text.replace("latitude:", "latitud:", 1))


def test_every_key_of_a_rule_is_described() -> None:
    for lang in Lang:
        [rule, _] = json.loads(schema("rules", lang))["anyOf"]
        assert {name for name, key in rule["properties"].items() if "description" in key} == set(RULE_KEYS)
        assert set(rule["properties"]) == set(RULE_KEYS)


def test_settings_are_described_down_to_the_endpoints() -> None:
    written = tomllib.loads('home = "x"\n[endpoints.bosai]\nurl = "https://x"\nsecret_files = ["a"]\n')
    validator = Draft202012Validator(json.loads(schema("settings", Lang.EN)))
    assert list(validator.iter_errors(written)) == []
    assert list(validator.iter_errors({"http": {"prot": 80}}))
