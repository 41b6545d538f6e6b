"""Runs 業務: what people do with them, at whichever door, and what may be against it."""

from dataclasses import dataclass
from enum import StrEnum

from city.errors import UserError


class Hand(StrEnum):
    """What a person does to a run, or to one of its steps."""

    PAUSE = "pause"
    RESUME = "resume"
    TAKE_OVER = "take_over"  # pauses, and only they resume
    STOP = "stop"
    SKIP = "skip"
    REDO = "redo"


class Answer(StrEnum):
    """How somebody answers an approval.

    One whose text or evidence changed while it was shown is void; a new one is put, on the same rung and with the same
    deadline, and the run goes on waiting for it.
    """

    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Report:
    """What a person starts a playbook for. severity: 1 to 5; text: what is known, and from whom."""

    playbook: str
    title: str
    section: str
    severity: int
    text: str
    drill: bool = False


@dataclass(frozen=True, slots=True)
class IncidentsWanted:
    """Which incidents. None: all. sections: of these, and the city's own; open: whether their run goes on."""

    open: bool | None = None
    sections: frozenset[str] | None = None
    drill: bool | None = None


class UnknownIncidentError(UserError):
    """There is none of that id."""


class UnknownApprovalError(UserError):
    """There is none of that id."""


class AnsweredError(UserError):
    """It cannot be answered (any more), or not so: it changed, or somebody was quicker."""


class NotYoursError(UserError):
    """Somebody else has to answer."""


class StartError(UserError):
    """There is no such playbook, or no such section."""


class HandError(UserError):
    """What a person wants done cannot be done to this run, or step, now."""
