"""The reference of the rule language, written from the tables that the language itself is read by."""

from collections.abc import Iterator, Sequence
from typing import Final

from alerts.across import ACROSS
from alerts.dimensions import NAMES
from alerts.expression_text import LOOKUPS
from alerts.function import Example, Function
from alerts.functions import FUNCTIONS
from alerts.rule_keys import RULE_KEYS
from alerts.tokens import MAX_DEPTH, MAX_LENGTH
from alerts.window import MAX_SAMPLES
from city.messages import say
from city.messages.text import Lang, Text

LOOKUP_TEXTS: Final = {
    "level": Text(
        ja="カタログがそのセンサーに与えた水位などの基準値。なければ値はない。",
        en="A named threshold that the catalog gives the sensor; nothing where it gives none.",
    ),
    "attr": Text(
        ja="カタログがそのセンサーに与えた数。なければ値はない。",
        en="A named number that the catalog gives the sensor; nothing where it gives none.",
    ),
    "number": Text(
        ja="規則の numbers にある数。カタログがそのセンサーについて上書きしていればその数。",
        en="A number of the rule's `numbers`, or what the catalog has in its place for the sensor.",
    ),
}


def reference(lang: Lang) -> str:
    """The whole page as Markdown, in one language."""
    parts = [
        f"# {say('reference.title', lang)}",
        say("reference.head", lang),
        f"## {say('reference.keys', lang)}",
        _keys(lang),
        f"## {say('reference.expressions', lang)}",
        say("reference.language", lang, length=MAX_LENGTH, depth=MAX_DEPTH, samples=MAX_SAMPLES),
        f"## {say('reference.constants', lang)}",
        _table([(f'`{name}("…")`', LOOKUP_TEXTS[name].of(lang)) for name in LOOKUPS], lang, "what", "meaning"),
        f"## {say('reference.functions', lang)}",
        *(part for function in FUNCTIONS.values() for part in _function(function, lang)),
        f"## {say('reference.across', lang)}",
        say("reference.across-head", lang),
        _across(lang),
    ]
    return "\n\n".join(parts) + "\n"


def _keys(lang: Lang) -> str:
    rows = [
        (f"`{name}`", key.text.of(lang), _default(key.default, required=key.required, lang=lang), f"`{key.example}`")
        for name, key in RULE_KEYS.items()
    ]
    return _table(rows, lang, "key", "meaning", "default", "example")


def _across(lang: Lang) -> str:
    rows = [(f"`{f.signature}`", f.text.of(lang), f"`{f.example}`") for f in ACROSS.values()]
    return _table(rows, lang, "what", "meaning", "example")


def _default(default: str, *, required: bool, lang: Lang) -> str:
    if required:
        return say("reference.required", lang)
    return f"`{default}`" if default else "—"


def _function(function: Function, lang: Lang) -> Iterator[str]:
    yield f"### `{function.signature}`"
    yield f"{function.text.of(lang)} {say('reference.gives', lang, kind=NAMES[function.dimension].of(lang))}"
    yield _table([_example(example, lang) for example in function.examples], lang, "example", "readings", "at", "value")


def _example(example: Example, lang: Lang) -> tuple[str, ...]:
    value = say("reference.nothing", lang) if example.value is None else f"{example.value:.6g}"
    if example.resolution:
        value += f" ({say('reference.resolution', lang)} {example.resolution:g})"
    return f"`{example.expression}`", f"`{example.readings}`", example.at, value


def _table(rows: Sequence[Sequence[str]], lang: Lang, *headings: str) -> str:
    lines = [[say(f"reference.column-{heading}", lang) for heading in headings], ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)
