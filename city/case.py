"""Cases 案件: the unit of business, from its opening to its end, as immutable records."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from city.errors import UserError


class CaseState(StrEnum):
    """Where a case is. Overdue is none of them: that is a question of the hour."""

    OPEN = "open"  # 受付
    IN_PROGRESS = "in_progress"  # 対応中
    WAITING = "waiting_for_approval"  # 決裁待ち
    DONE = "done"  # 完了
    VOID = "void"  # 取消: opened by mistake; it keeps its number


ENDED: Final = frozenset({CaseState.DONE, CaseState.VOID})
# What may become what. Into and out of an end it goes with a reason only; a void case is none, and stays so.
CHANGES: Final[Mapping[CaseState, frozenset[CaseState]]] = {
    CaseState.OPEN: frozenset({CaseState.IN_PROGRESS, CaseState.WAITING, *ENDED}),
    CaseState.IN_PROGRESS: frozenset({CaseState.OPEN, CaseState.WAITING, *ENDED}),
    CaseState.WAITING: frozenset({CaseState.OPEN, CaseState.IN_PROGRESS, *ENDED}),
    CaseState.DONE: frozenset({CaseState.IN_PROGRESS}),
    CaseState.VOID: frozenset(),
}


class LineKind(StrEnum):
    """What a line of a case's history tells of."""

    OPENED = "opened"  # becomes: the title
    TITLE = "title"
    STATE = "state"  # text: the reason, where it ends or begins again
    ASSIGNEE = "assignee"
    DUE = "due"
    ITEM = "item"  # one more on the checklist
    TICK = "tick"
    UNTICK = "untick"
    LEFT = "left"  # done all the same: becomes: what was not ticked, text: why
    COMMENT = "comment"
    EVIDENCE = "evidence"  # becomes: the series


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a history: who changed what, when, from what to what.

    version: the one that the change made; all lines of one change have the same
    was, becomes: None where there was, or is, nothing. Times in them are ISO 8601, UTC
    text: words beside it, empty where nobody said any
    """

    version: int
    at_ms: int
    by: str
    kind: LineKind
    was: str | None = None
    becomes: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing to do. number: its place on the list, from 1. ticked_ms, ticked_by: None until it is ticked."""

    number: int
    text: str
    ticked_ms: int | None = None
    ticked_by: str | None = None


@dataclass(frozen=True, slots=True)
class AttachedReadings:
    """Readings of one series laid beside a case, as they stood then; the readings themselves are asked for apart.

    number: from 1 within the case; from_ms ≤ time < to_ms
    sha256: of the document that holds them, hexadecimal
    """

    number: int
    series: str
    unit: str
    from_ms: int
    to_ms: int
    readings: int
    sha256: str
    attached_ms: int
    attached_by: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands, without what hangs on it.

    id: `2026-bosai-12`: fiscal year, section, number
    due_ms: when it should be over; None: whenever
    run: the run that opened it, and step: at which of its steps; None: a person did
    version: how many changes it has seen, its opening included
    items, ticked: how long its checklist is, and how much of it is ticked
    """

    id: str
    year: int
    section: str
    number: int
    title: str
    state: CaseState
    assignee: str | None
    due_ms: int | None
    opened_ms: int
    opened_by: str
    changed_ms: int
    ended_ms: int | None
    version: int
    run: str | None
    step: str | None
    items: int
    ticked: int

    def overdue(self, now_ms: int) -> bool:
        """Whether it should have ended by now and has not."""
        return self.due_ms is not None and self.due_ms < now_ms and self.state not in ENDED


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all that hangs on it, each in its order."""

    case: Case
    checklist: tuple[ChecklistItem, ...]
    history: tuple[Line, ...]
    evidence: tuple[AttachedReadings, ...]


class NewCase(msgspec.Struct, frozen=True):
    """A case that is to be opened. section: a department of the catalog."""

    section: str
    title: str
    checklist: tuple[str, ...] = ()
    due_ms: int | None = None
    assignee: str | None = None
    text: str = ""


class CaseChange(msgspec.Struct, frozen=True):
    """What is to be otherwise; what is left out stays. add: more items at the end of the checklist."""

    title: str | UnsetType = UNSET
    state: CaseState | UnsetType = UNSET
    assignee: str | UnsetType | None = UNSET
    due_ms: int | UnsetType | None = UNSET
    add: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class CaseAct:
    """Who does something to a case.

    by: their name
    seen: the version that they looked at when they decided; None: whatever stands by now, which suits what only adds
    key: what comes a second time under its key is not done again; None: no such thing
    """

    by: str
    seen: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class CasesWanted:
    """Which cases are asked for: those that fit all that is given.

    text: stands in the title, the number or the history, in upper or lower case
    """

    sections: frozenset[str] | None = None
    states: frozenset[CaseState] | None = None
    assignee: str | None = None
    overdue: bool | None = None
    run: str | None = None
    text: str = ""


class UnknownCaseError(UserError):
    """There is no such case, or nothing of that number on it."""


class StaleCaseError(UserError):
    """Somebody changed the case since the version that was seen: it says what, and who."""


class CaseRefusedError(UserError):
    """The case cannot be changed so, as it stands."""
