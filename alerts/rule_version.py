"""What tells one version of a rule from another: alerts go on over a change of anything else."""

import hashlib
from collections.abc import Collection, Iterable

import msgspec

from city.rule import Rule, Select


def version_of(rule: Rule) -> str:
    """64 bits of SHA-256 over everything that decides about events."""
    decides: tuple[object, ...] = (
        rule.id,
        sorted((name, sorted(chosen) if chosen is not None else None) for name, chosen in _selection(rule.select)),
        rule.raise_.text,
        rule.clear.text if rule.clear else None,
        rule.for_ms,
        rule.hold_ms,
        rule.no_data_ms,
        rule.severity,
        rule.quality.value,
    )
    if rule.numbers:
        decides = (*decides, sorted(rule.numbers.items()))
    if rule.severities:
        decides = (*decides, [(level, source.text) for level, source in rule.severities])
    if rule.schedule:
        decides = (*decides, rule.schedule)
    if rule.shadow:  # what it raised on trial was told to nobody: in force, it begins anew
        decides = (*decides, "shadow")
    if rule.flaps is not None:
        decides = (*decides, ("flaps", rule.flaps.limit, rule.flaps.within_ms))
    if rule.by is not None:
        decides = (*decides, ("by", rule.by.value))
    return hashlib.sha256(msgspec.json.encode(decides)).hexdigest()[:16]


def _selection(select: Select) -> Iterable[tuple[str, Collection[str] | None]]:
    return (
        ("quantity", [select.quantity]),
        ("area", select.area),
        ("river", select.river),
        ("site", select.site),
        ("series", select.series),
    )
