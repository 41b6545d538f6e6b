"""Texts of playbooks with names in them: `{incident.title}`. The names are a closed list, checked at load."""

import re
from collections.abc import Mapping
from typing import Final

from city.messages.text import Text
from city.section import Section
from city.value import near

NAMES: Final[Mapping[str, Text]] = {
    "incident.id": Text(ja="事案の番号", en="the incident's id"),
    "incident.title": Text(ja="最初の警報の規則の名前", en="the title of the rule that opened the incident"),
    "incident.rule": Text(ja="規則の番号", en="the id of that rule"),
    "incident.subject": Text(
        ja="最初の警報の対象(センサー、川、地区の名前)", en="what the alert that opened it is about, in words"
    ),
    "incident.place": Text(ja="最初の警報の場所(人が始めた事案では「通報」)", en="where that alert is"),
    "incident.severity": Text(ja="今の重大度(1–5)", en="its severity now (1-5)"),
    "playbook.title": Text(ja="手順書の名前", en="the playbook's title"),
}

_NAME: Final = re.compile(r"\{([^{}]*)\}")


def read_template(section: Section, key: str) -> str:
    """The text under `key`; names in it that are none of `NAMES` are mistakes."""
    text = section.text(key)
    for name in _NAME.findall(text):
        if name not in NAMES:
            known = near(name, NAMES) or ", ".join(NAMES)
            section.value(key).wrong("administration.template_name", found=name[:80], known=known)
    if _NAME.sub("", text).count("{") + _NAME.sub("", text).count("}"):
        section.value(key).wrong("administration.template_brace")
    return text


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with `values`, which has every one of `NAMES`, put in."""
    return _NAME.sub(lambda found: values[found[1]], template)
