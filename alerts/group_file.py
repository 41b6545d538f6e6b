"""The key `by` of a rule."""

from city.rule import By
from city.section import Section


def read_by(section: Section) -> By | None:
    """What the members of each group have in common: `by: river`, or `by: [river]`."""
    chosen = section.items("by")
    if len(chosen) > 1:
        section.value("by").wrong("alerts.rule_by_several")
    return chosen[0].choice(By) if chosen else None
