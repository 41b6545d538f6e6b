"""What is expected.

expect [TIME] STATE [RULE] [SUBJECT] [since TIME] [raised TIME] [severity N] [value V] [peak V]
[told | untold] [decided [TIME] [late | timely]]
expect nothing [else]           # nothing was told (but what expectations before it named)
expect no [other] change        # the same, and what nobody is told counts too
expect warning [RULE]           # from reading the rules
"""

from dataclasses import replace
from typing import Final

from alerts.script.case import Expect, Expectation, ExpectNothing, ExpectWarning
from alerts.script.words import Words
from city.errors import Place

STATES: Final = ("inactive", "pending", "firing", "resolved")
_DETAILS: Final = ("since", "raised", "severity", "value", "peak", "told", "untold", "decided")


def read_expectation(words: Words, place: Place) -> Expectation:
    """What stands behind the word `expect`."""
    if words.skip("nothing"):
        return ExpectNothing(place, besides=words.skip("else"), pending=False)
    if words.skip("no"):
        besides = words.skip("other")
        words.one_of(("change",))
        return ExpectNothing(place, besides, pending=True)
    if words.skip("warning"):
        return ExpectWarning(place, words.take() or None)
    at_ms = words.time_ms() if words.at_time() else None
    expected = Expect(place, words.one_of(STATES), at_ms)
    names: list[str] = []
    while words.next and words.next not in _DETAILS:
        names.append(words.take())
    if len(names) > 2:  # noqa: PLR2004  a rule and a subject
        raise words.wrong("script.left_over", found=names[2][:80])
    expected = replace(expected, rule=names[0] if names else None, subject=names[1] if names[1:] else None)
    while words.next:
        expected = _detail(words, expected)
    return expected


def _detail(words: Words, expected: Expect) -> Expect:
    detail = words.one_of(_DETAILS)
    match detail:
        case "since":
            expected = replace(expected, since_ms=words.time_ms())
        case "raised":
            expected = replace(expected, raised_ms=words.time_ms())
        case "severity":
            expected = replace(expected, severity=int(words.one_of("12345")))
        case "value":
            expected = replace(expected, value=words.number())
        case "peak":
            expected = replace(expected, peak=words.number())
        case "decided":
            if words.at_time():
                expected = replace(expected, decided_ms=words.time_ms())
            if expected.decided_ms is None or words.next in {"late", "timely"}:
                expected = replace(expected, late=words.one_of(("late", "timely")) == "late")
        case _:
            expected = replace(expected, told=detail == "told")
    return expected
