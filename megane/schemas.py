"""The JSON Schema of every kind of file that a city has: for editors, and for whoever writes such files by program."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from administration.playbook import read_playbook
from administration.steps import STEPS
from administration.steps.step import PlaybookStep
from alerts.rule_file import read_rule
from alerts.rule_keys import RULE_KEYS
from city.catalog_file import read_catalog
from city.errors import Mistake, Place
from city.messages import say
from city.messages.text import Lang
from city.schema import ANY_KEY, Json, Noted, NotedSection
from city.section import Section
from firmware_sim.actuators import Answer
from firmware_sim.faults import FAULTS
from firmware_sim.phenomena import PHENOMENA
from firmware_sim.prefecture import MAX_DEVICES
from firmware_sim.scenario_file import MAX_SEED, MAX_SPEED, FirmwareKind
from megane.settings import Settings

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[Json] = {
    "type": "object",
    "properties": {"ja": {"type": "string"}, "en": {"type": "string"}},
    "required": ["ja", "en"],
    "additionalProperties": False,
}


def catalog(_: Lang) -> Json:
    """`catalog/*.yaml`: each file holds some of the kinds of things."""
    noted = Noted()
    mistakes = [_unusable()]
    read_catalog([NotedSection(noted, mistakes)], {}, mistakes)
    devices = noted.keys["devices"].members
    assert devices is not None
    sensor = devices.keys["sensors"].keys[ANY_KEY]
    # Bounds and units hang on the quantity, of which the readers saw one.
    sensor.keys["unit"].kind = {"type": "string"}
    sensor.keys["range"] = Noted({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
    sensor.keys["levels"] = Noted({"type": ["object", "null"], "additionalProperties": {"type": "number"}})
    return {**noted.schema(), "required": []}


def rules(lang: Lang) -> Json:
    """`rules/*.yaml`: one rule or a list of them."""
    noted = Noted()
    read_rule(NotedSection(noted, [_unusable()]), "")
    climbing: Json = {"type": "object", "patternProperties": {"^[1-5]$": {"type": "string"}}, "minProperties": 1}
    one = noted.keys["severity"].kind
    noted.keys["severity"].kind = {
        "anyOf": [one, {**climbing, "additionalProperties": False}]
    }  # the reader saw a number
    rule = noted.schema()
    properties = rule["properties"]
    assert isinstance(properties, dict)
    for name, key in RULE_KEYS.items():
        properties[name] = {**properties[name], "description": key.text.of(lang), "examples": [key.example]}
    return {"anyOf": [rule, {"type": "array", "items": rule}]}


def playbooks(lang: Lang) -> Json:
    """`playbooks/*.yaml`: one playbook a file. Steps stand within steps: each list of them is the same definition."""
    mistakes = [_unusable()]
    noted = Noted()
    read_playbook(NotedSection(noted, mistakes), "")
    listed: Json = {"$ref": "#/$defs/steps"}
    for key in ("steps", "on_resolve"):
        noted.keys[key] = Noted(listed)

    def within(section: Section, key: str) -> tuple[PlaybookStep, ...]:
        assert isinstance(section, NotedSection)
        section.optional(key)
        section.noted.keys[key] = Noted(listed)
        return ()

    kinds: dict[str, object] = {}
    for name, kind in STEPS.items():
        step = Noted()
        kind.read(NotedSection(step, mistakes), within)
        kinds[name] = {**step.schema(), "description": kind.documentation.of(lang), "examples": list(kind.examples)}
    one: Json = {
        "type": "object",
        "properties": kinds,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
    return {**noted.schema(), "$defs": {"steps": {"anyOf": [{"type": "array", "items": one}, one]}}}


def scenario(_: Lang) -> Json:
    """`scenarios/*.yaml`. What a phenomenon or a fault takes besides hangs on its kind: `megane check` knows it."""
    duration: Json = {"anyOf": [{"const": 0}, {"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"}]}

    def listed(keys: Json, *required: str) -> Json:
        return {"type": "array", "items": {"type": "object", "properties": keys, "required": list(required)}}

    return {
        "type": "object",
        "properties": {
            "title": _TEXT,
            "start": {"type": "string", "format": "date-time"},
            "span": duration,
            "sampling": duration,
            "firmware": {"enum": [kind.value for kind in FirmwareKind]},
            "seed": {"type": "integer", "minimum": 0, "maximum": MAX_SEED},
            "speed": {"type": "number", "minimum": 0.01, "maximum": MAX_SPEED},
            "prefecture": {
                "type": "object",
                "properties": {"devices": {"type": "integer", "minimum": 1, "maximum": MAX_DEVICES}},
                "required": ["devices"],
                "additionalProperties": False,
            },
            "phenomena": listed(
                {
                    "name": {"type": "string"},
                    "kind": {"enum": [kind.name for kind in PHENOMENA]},
                    "sensors": {"type": "object"},
                    "noise": {"type": "number", "minimum": 0},
                },
                "name",
                "kind",
            ),
            "faults": listed(
                {
                    "kind": {"enum": [kind.name for kind in FAULTS]},
                    "devices": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
                    "after": duration,
                    "lasts": duration,
                },
                "kind",
                "devices",
            ),
            "actuators": listed(
                {
                    "devices": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
                    "answer": {"enum": [answer.value for answer in Answer]},
                    "takes": duration,
                },
                "devices",
            ),
        },
        "required": ["title", "start", "span", "sampling", "seed"],
        "additionalProperties": False,
    }


def settings(_: Lang) -> Json:
    """`megane.toml`."""
    return msgspec.json.schema(Settings, schema_hook=_any)


SCHEMAS: Final[Mapping[str, Callable[[Lang], Json]]] = {
    "catalog": catalog,
    "rules": rules,
    "playbook": playbooks,
    "scenario": scenario,
    "settings": settings,
}


def schema(kind: str, lang: Lang) -> bytes:
    """The schema of a kind of file as JSON, its descriptions in `lang`."""
    title = say(f"rules.schema-{kind}", lang)
    found = {"$schema": _DIALECT, "title": title, **SCHEMAS[kind](lang)}
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"


def _any(_: type) -> Json:
    """An option of a store may be anything."""
    return {"description": "Checked by the kind of store."}


def _unusable() -> Mistake:
    """One mistake keeps a reader from making a catalog of what is not there."""
    return Mistake(Place(""), "city.missing", (("key", ""),))
