"""Lines of an incident's chronology as people read them, with who, and at which step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.actor import Actors
from api.run_picture import kind_words, place_words
from api.run_ports import IncidentFile, Line
from api.wording import moment
from city.catalog import Catalog
from city.messages import CATALOGUE, say
from city.messages.text import Lang
from city.output_words import read_set, set_words

# All that any line is filled with: one that was written by an earlier version has fewer.
_FIELDS: Final = (
    *("title", "title_en", "subject", "severity", "text", "to", "case", "section", "device", "set", "problem"),
    *("until", "way", "role", "question", "reason"),
)


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One line, in words. where: at which step, empty where at none."""

    at_ms: int
    who: str
    what: str
    where: str


def chronology_of(found: IncidentFile, lines: Sequence[Line], actors: Actors, lang: Lang) -> Sequence[ToldLine]:
    """Those lines of an incident, as they were written."""
    kinds = {step.place: step.kind for step in found.steps}
    return [
        ToldLine(
            line.at_ms, actors.name(line.by, lang), line_words(line, actors.catalog, lang), _where(line, kinds, lang)
        )
        for line in lines
    ]


def line_words(line: Line, catalog: Catalog, lang: Lang) -> str:
    """What it tells, without who and when."""
    key = f"runs.line_{line.kind}"
    if key not in CATALOGUE:
        return line.kind
    fields = dict.fromkeys(_FIELDS, "") | dict(line.fields)
    if "until_ms" in line.fields:
        fields["until"] = moment(int(line.fields["until_ms"]), lang)
    if lang is Lang.EN and fields["title_en"]:
        fields["title"] = fields["title_en"]
    fields["role"] = _word(f"access.role.{fields['role']}", fields["role"], lang)
    fields["reason"] = _word(f"alert_page.reason-{fields['reason']}", fields["reason"], lang)
    fields["way"] = _word(f"business.way-{fields['way']}", fields["way"], lang)
    fields["problem"] = _word(f"business.problem-{fields['problem']}", fields["problem"], lang)
    joint = "、" if lang is Lang.JA else ", "
    fields["to"] = joint.join(endpoint_words(name, catalog, lang) for name in fields["to"].split(", "))
    device = catalog.devices.get(fields["device"])
    if device is not None:
        fields["device"] = device.title.of(lang)
        if known := read_set(fields["set"], device):
            fields["set"] = set_words(known, device).of(lang)
    return say(key, lang, **fields).strip()


def endpoint_words(name: str, catalog: Catalog, lang: Lang) -> str:
    """An endpoint's title; of a channel of `notify`, its name in the settings."""
    title = next((one.title for each in catalog.departments.values() for one in each.endpoints if one.id == name), None)
    return title.of(lang) if title else name.removeprefix("notify:")


def _word(key: str, value: str, lang: Lang) -> str:
    return say(key, lang) if key in CATALOGUE else value


def _where(line: Line, kinds: Mapping[str, str], lang: Lang) -> str:
    if line.place is None:
        return ""
    kind = kinds.get(line.place)
    where = place_words(line.place, lang)
    return where if kind is None else f"{where} {kind_words(kind, lang)}"
