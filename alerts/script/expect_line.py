"""What is expected.

expect [TIME] STATE [RULE] [SUBJECT] [since TIME] [raised TIME] [severity N] [value V] [peak V]
[told | untold] [decided [TIME] [late | timely]] [reason REASON]
        [retroactive | live] [flapping | steady]
expect nothing [else]           # nothing was told (but what expectations before it named)
expect no [other] change        # the same, and what nobody is told counts too
expect warning [RULE]           # from reading the rules
"""

from dataclasses import replace
from typing import Final

from alerts.script.case import Expect, Expectation, ExpectNothing, ExpectWarning
from alerts.script.words import Words
from city.decision import ClosingReason
from city.errors import Place

STATES: Final = ("inactive", "pending", "firing", "resolved")
_DETAILS: Final = (
    "since",
    "raised",
    "severity",
    "value",
    "peak",
    "told",
    "untold",
    "decided",
    "reason",
    "retroactive",
    "live",
    "flapping",
    "steady",
)


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
    rule, subject = words.before(_DETAILS, 2)
    expected = replace(expected, rule=rule, subject=subject)
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
        case "reason":
            expected = replace(expected, reason=ClosingReason(words.one_of([*ClosingReason])))
        case "retroactive" | "live":
            expected = replace(expected, retroactive=detail == "retroactive")
        case "flapping" | "steady":
            expected = replace(expected, flapping=detail == "flapping")
        case _:
            expected = replace(expected, told=detail == "told")
    return expected
