"""`inhibits` of rules: read, and checked over all of them."""

from collections.abc import Mapping, Sequence

from city.errors import Mistake
from city.rule import Rule
from city.section import Section
from city.value import near


def read_inhibits(section: Section) -> tuple[str, ...]:
    """The ids that stand there, each once."""
    return tuple(dict.fromkeys(item.text() for item in section.items("inhibits") if item.text()))


def check_inhibits(rules: Sequence[Rule], sections: Sequence[Section]) -> list[Mistake]:
    """Notes circles as mistakes in the sections where the rules stand; gives warnings of ids that no rule has.

    These keep no rule from working: they may stand in a file that is not looked at here.
    """
    warnings: list[Mistake] = []
    inhibits = {rule.id: rule.inhibits for rule in rules}
    noted: set[str] = set()
    for rule, section in zip(rules, sections, strict=True):
        for item in section.items("inhibits"):
            found = item.text()
            if found and found not in inhibits:
                nearest = near(found, inhibits) or "—"
                warnings.append(Mistake.at(item.place, "alerts.inhibits_unknown", found=found[:80], near=nearest))
        cycle = _cycle(rule.id, inhibits)
        if cycle and not noted & set(cycle):  # a circle is one mistake, not one for each of its rules
            noted.update(cycle)
            section.value("inhibits").wrong("alerts.inhibits_cycle", cycle=" → ".join([*cycle, cycle[0]]))
    return warnings


def _cycle(start: str, inhibits: Mapping[str, Sequence[str]]) -> list[str]:
    """The ids from `start` on, in order, that lead back to it; empty where none do."""
    before: dict[str, str] = {}
    waiting = [start]
    while waiting:
        rule = waiting.pop()
        for inhibited in inhibits.get(rule, ()):
            if inhibited == start:
                way = [rule]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            if inhibited not in before:
                before[inhibited] = rule
                waiting.append(inhibited)
    return []
