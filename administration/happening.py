"""What can happen to a run, and what a run can want done. Both are closed unions; neither does anything."""

from dataclasses import dataclass

from city.run import Answer, Hand


@dataclass(frozen=True, slots=True)
class Begun:
    """The run begins."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Another event belongs to the incident, whose severity is now this."""

    severity: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The effect of a step is through, well or not (refused, or tried to the end)."""

    place: str
    well: bool


@dataclass(frozen=True, slots=True)
class Due:
    """The time that a waiting step was given is over. rung: of an approval's ladder, as it was asked for."""

    place: str
    rung: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody who may has answered an approval."""

    place: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Resolved:
    """The incident is over: its last alert resolved, or was superseded."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """A person does something, and says why. place: of the step that it is done to, None: to the run."""

    hand: Hand
    by: str
    reason: str
    place: str | None = None


Happening = Begun | Joined | Ended | Due | Answered | Resolved | ByHand


@dataclass(frozen=True, slots=True)
class Carry:
    """Do what the step says. turn: 1, and one more each time that a person has it done again; part of the key."""

    place: str
    turn: int


@dataclass(frozen=True, slots=True)
class Undo:
    """Undo what the step did."""

    place: str


@dataclass(frozen=True, slots=True)
class Wake:
    """Say `Due` after so long."""

    place: str
    after_ms: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the role on this rung of the approval's ladder, beside those before, and say `Due` when its time is over."""

    place: str
    rung: int


@dataclass(frozen=True, slots=True)
class Choose:
    """Look which way a branch goes, and say `Ended`: well for `then`, not for `else`."""

    place: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Wake nobody for this step any more, and ask nobody."""

    place: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """A person has to look: the step failed, was sent back, or nobody answered."""

    place: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing is left to do."""


Effect = Carry | Undo | Wake | Ask | Choose | Cancel | Alarm | Finish
