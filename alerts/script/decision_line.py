"""What people decide.

acknowledge [RULE] [SUBJECT]
assign [RULE] [SUBJECT] to NAME
comment [RULE] [SUBJECT]
close [RULE] [SUBJECT] true_alarm | false_alarm | test | maintenance
"""

from typing import Final

from alerts.script.case import Decide
from alerts.script.words import Words
from city.decision import ClosingReason
from city.errors import Place

VERBS: Final = ("acknowledge", "assign", "comment", "close")
_REASONS: Final = tuple(str(reason) for reason in ClosingReason)


def read_decision(verb: str, words: Words, place: Place) -> Decide:
    """What stands behind one of `VERBS`."""
    rule, subject = words.before(("to", *_REASONS), 2)
    if verb == "close":
        return Decide(place, verb, rule, subject, reason=ClosingReason(words.one_of(_REASONS)))
    if verb == "assign":
        words.one_of(("to",))
        if not words.next:
            raise words.wrong("script.need_name", found="")
        return Decide(place, verb, rule, subject, whom=words.take())
    return Decide(place, verb, rule, subject)
