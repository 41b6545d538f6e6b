"""The key `flaps` of a rule."""

from typing import Final

from city.rule import Flaps
from city.section import Section

# Two are a coincidence; a row remembers so many beginnings, and who waits for more is told of each of them.
LIMIT_LEAST: Final = 3
LIMIT_MOST: Final = 20
WITHIN_MOST_MS: Final = 7 * 86_400_000  # what comes and goes once a day is no flapping, but weather


def read_flaps(section: Section) -> Flaps | None:
    """How often within what time an alert begins to fire before it is held; None where the rule does not say."""
    if section.optional("flaps") is None:
        return None
    before = len(section.mistakes)
    inner = section.section("flaps")
    limit = inner.integer("limit", low=LIMIT_LEAST, high=LIMIT_MOST)
    within_ms = inner.duration_ms("within")
    if len(section.mistakes) == before and not 0 < within_ms <= WITHIN_MOST_MS:
        inner.value("within").wrong("alerts.rule_flaps_within")
    return Flaps(limit, within_ms)
