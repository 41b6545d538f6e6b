"""What one sensor has otherwise than its rules say: numbers of a rule, for that sensor alone.

sensors:
water_level:
rules:
river-rising: {for: 20m, hold: 1h, no_data: 3h, severity: 2, numbers: {limit: 0.4}}
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from city.errors import Mistake, Place
from city.section import Section
from city.value import NAME

LONGEST_MS: Final = 30 * 86_400_000  # as a rule's own durations: what has been held for longer nobody waits for


@dataclass(frozen=True, slots=True)
class Override:
    """Of one rule on one sensor; None and missing names: as the rule says. Durations in whole ms; severity 1..5.

    place: where it stands in the catalog
    """

    for_ms: int | None = None
    hold_ms: int | None = None
    no_data_ms: int | None = None
    severity: int | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    place: Place = field(default_factory=lambda: Place(""), compare=False)


def read_overrides(section: Section) -> dict[str, Override]:
    """By rule; what is wrong is noted with the section. Whether such rules are there, the rules are asked."""
    named = section.section("rules")
    found = {}
    for rule in named:
        if not NAME.fullmatch(rule):
            named.mistakes.append(Mistake.at(named.key_place(rule), "city.need_name", key="rules", found=rule[:80]))
        inner = named.section(rule)
        found[rule] = Override(
            for_ms=_duration_ms(inner, "for"),
            hold_ms=_duration_ms(inner, "hold"),
            no_data_ms=_duration_ms(inner, "no_data", least_ms=1),
            severity=inner.integer("severity", low=1, high=5, default=None),
            numbers=inner.numbers("numbers"),
            place=named.key_place(rule),
        )
    return found


def _duration_ms(section: Section, key: str, least_ms: int = 0) -> int | None:
    found_ms = section.duration_ms(key, default=None)
    if found_ms is not None and not least_ms <= found_ms <= LONGEST_MS:
        section.value(key).wrong("city.outside", key=key, found=f"{found_ms} ms", low=f"{least_ms} ms", high="30d")
    return found_ms
