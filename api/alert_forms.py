"""What the pages' forms say about alerts, read: decisions, and silences once or by schedule."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Final

from fastapi import Form

from api.silencing import ident_of, schedule_of
from city.decision import AboutAlert, Acknowledge, AlertName, Assign, Close, ClosingReason, Comment, Silence
from city.errors import UserError
from city.schedule import Day

KINDS: Final = ("acknowledge", "assign", "comment", "close")
# How long nobody is told, hours: a check on the spot, a shift, until tomorrow, a week.
HOURS: Final = (1, 4, 12, 24, 168)
# Until when a schedule holds, days; the longest is that of every silence.
DAYS: Final = (7, 30, 92)
ONCE, BY_SCHEDULE = "once", "schedule"
_HOUR_MS: Final = 3_600_000
_CLOCK: Final = re.compile(r"[0-2]\d:[0-5]\d", re.ASCII)

FormKey = Annotated[str, Form(min_length=1, max_length=64)]
Kind = Annotated[str, Form(max_length=16)]
Name = Annotated[str, Form(max_length=64)]
Words = Annotated[str, Form(max_length=2_000)]
Clock = Annotated[str, Form(max_length=5)]
Number = Annotated[int, Form()]
WeekDays = Annotated[list[str] | None, Form(max_length=7)]


class FormError(UserError):
    """A field was left empty, or says what it cannot."""


def act_of(kind: str, to: str, reason: str, text: str) -> Callable[[AlertName, str], AboutAlert]:
    """What is decided, of whichever alert and key. Raises FormError."""
    match kind:
        case "acknowledge":
            return lambda name, _: Acknowledge(name)
        case "assign" if to.strip():
            return lambda name, _: Assign(name, to.strip())
        case "assign":
            raise FormError("alert_page.no-assignee")
        case "comment" if text.strip():
            return lambda name, _: Comment(name)
        case "comment":
            raise FormError("alert_page.no-words")
        case "close" if reason in set(ClosingReason):
            return lambda name, _: Close(name, ClosingReason(reason))
        case "close":
            raise FormError("alert_page.no-reason")
        case _:
            raise FormError("alert_page.no-kind")


def silence_once(hours: int, now_ms: int) -> Callable[[AlertName, str], Silence]:
    """Nobody is told of an alert's rule on its subject for so long. Raises FormError."""
    if hours not in HOURS:
        raise FormError("alert_page.no-hours")
    return lambda name, key: Silence(
        ident_of(key), now_ms, now_ms + hours * _HOUR_MS, rules=(name.rule,), subjects=(name.subject,)
    )


def silence_at_hours(
    days: Sequence[str], begin: str, end: str, until_days: int, now_ms: int
) -> Callable[[AlertName, str], Silence]:
    """The same at certain hours of the week. Raises FormError, or MistakesError for hours that are none."""
    whole_day = not begin and not end
    clocks = whole_day or (_CLOCK.fullmatch(begin) and _CLOCK.fullmatch(end) and begin != end)
    if not clocks or until_days not in DAYS or (whole_day and not days) or not set(days) <= set(Day):
        raise FormError("alert_page.no-schedule")
    said = [f"days: [{', '.join(days)}]"] if days else []
    said += [] if whole_day else [f"times: {begin}-{end}"]
    schedule = schedule_of(f"{{{', '.join(said)}}}")
    to_ms = now_ms + until_days * 24 * _HOUR_MS
    return lambda name, key: Silence(
        ident_of(key), now_ms, to_ms, rules=(name.rule,), subjects=(name.subject,), schedule=schedule
    )
