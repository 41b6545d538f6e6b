"""`severity:` from YAML: a number, or severities that an alert climbs to, each with its condition."""

from typing import Final

from city.errors import Mistake
from city.rule import Source
from city.section import Section
from city.written import Written
from city.yaml_file import Entries, Scalar

_LEVELS: Final = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}


def read_severity(section: Section) -> tuple[int, tuple[tuple[int, Source], ...]]:
    """The severity that a rule has at least, and those with a condition, ascending."""
    value = section.value("severity")
    if not isinstance(value.node, Entries):
        return (value.integer(1, 5) if value.node is not None else 1), ()
    named = section.section("severity")
    found: dict[int, Source] = {}
    for key in named:
        condition = named.value(key)
        if key not in _LEVELS:
            named.mistakes.append(Mistake.at(named.key_place(key), "alerts.severity_level", found=key[:80]))
        elif condition.text():
            written = condition.node.written if isinstance(condition.node, Scalar) else Written("")
            found[_LEVELS[key]] = Source(condition.text(), condition.place, written)
    if not list(named):
        value.wrong("alerts.severity_empty")
    return min(found, default=1), tuple(sorted(found.items()))
