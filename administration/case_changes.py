"""What can be done to a case, inside the caller's transaction: each act makes one version and leaves its lines.

An act that names the version it saw is refused when the case is at another by now: nobody overwrites what they have
not read. One that comes again under its key, and one that would change nothing, leaves the case as it is.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa
from msgspec import UNSET

from administration.case_evidence import Evidence
from administration.case_opening import add_items
from administration.case_shelf import line_of
from administration.case_tables import case_evidence, case_item, case_line, city_case
from city.case import (
    CHANGES,
    ENDED,
    CaseAct,
    CaseChange,
    CaseRefusedError,
    CaseState,
    LineKind,
    StaleCaseError,
    UnknownCaseError,
)
from city.case_words import state_text, told_all

ITEMS_AT_MOST: Final = 100  # what is longer is no list that a person works through
EVIDENCE_AT_MOST: Final = 100  # of 100,000 readings each: a case stays below 100 MB


@dataclass(frozen=True, slots=True)
class Change:
    """One act under way: the case as it stood, locked, and what is collected to be written."""

    connection: sa.Connection
    row: sa.Row[tuple[object, ...]]
    act: CaseAct
    now_ms: int
    lines: list[dict[str, object]] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)

    @property
    def state(self) -> CaseState:
        """Where it stood."""
        return CaseState(self.row.state)

    def say(self, kind: LineKind, was: str | None = None, becomes: str | None = None, text: str = "") -> None:
        """A line for the history."""
        self.lines.append(
            {
                "case_id": self.row.id,
                "version": self.row.version + 1,
                "place": len(self.lines),
                "at_ms": self.now_ms,
                "by": self.act.by,
                "kind": kind,
                "was": was,
                "becomes": becomes,
                "text": text,
                "key": None if self.lines else self.act.key,
            }
        )

    def move(self, to: CaseState, text: str) -> None:
        """Into another state. Raises CaseRefusedError where it cannot go there."""
        if to not in CHANGES[self.state]:
            raise CaseRefusedError("case.not-from", id=self.row.id, was=state_text(self.state), to=state_text(to))
        self.values.update(state=to, ended_ms=self.now_ms if to in ENDED else None)
        self.say(LineKind.STATE, self.state, to, text)

    def write(self) -> None:
        """Writes what was collected, as the next version; nothing where there is no line."""
        if not self.lines:
            return
        self.values.update(version=self.row.version + 1, changed_ms=self.now_ms)
        self.connection.execute(city_case.update().where(city_case.c.id == self.row.id).values(self.values))
        self.connection.execute(case_line.insert(), self.lines)


def begin(connection: sa.Connection, case_id: str, act: CaseAct, now_ms: int) -> Change | None:
    """Locks the case for an act; None where that was done before.

    Raises UnknownCaseError, and StaleCaseError where the act has not seen the newest version.
    """
    locked = sa.select(city_case).where(city_case.c.id == case_id).with_for_update()
    row = connection.execute(locked).one_or_none()
    if row is None:
        raise UnknownCaseError("case.unknown", id=case_id[:80])
    if act.key is not None:
        done = sa.exists().where(case_line.c.case_id == case_id, case_line.c.key == act.key)
        if connection.scalar(sa.select(done)):
            return None
    if act.seen is not None and act.seen != row.version:
        since = sa.select(case_line).where(case_line.c.case_id == case_id, case_line.c.version > act.seen)
        lines = connection.execute(since.order_by(case_line.c.version, case_line.c.place))
        changes = told_all([line_of(line) for line in lines])
        raise StaleCaseError("case.stale", id=case_id, seen=act.seen, version=row.version, changes=changes)
    return Change(connection, row, act, now_ms)


def change(connection: sa.Connection, case_id: str, wanted: CaseChange, act: CaseAct, now_ms: int) -> None:
    """Title, state among those of work, assignee, due time, more items. Raises CaseRefusedError for one that ended."""
    under_way = _begin_working(connection, case_id, act, now_ms)
    if under_way is None:
        return
    row = under_way.row
    if wanted.state is not UNSET and wanted.state is not under_way.state:
        if wanted.state in ENDED:
            raise CaseRefusedError("case.end-otherwise", id=case_id)
        under_way.move(wanted.state, wanted.text)
    if wanted.title is not UNSET and wanted.title != row.title:
        under_way.values["title"] = wanted.title
        under_way.say(LineKind.TITLE, row.title, wanted.title, wanted.text)
    if wanted.assignee is not UNSET and wanted.assignee != row.assignee:
        under_way.values["assignee"] = wanted.assignee
        under_way.say(LineKind.ASSIGNEE, row.assignee, wanted.assignee, wanted.text)
    if wanted.due_ms is not UNSET and wanted.due_ms != row.due_ms:
        under_way.values["due_ms"] = wanted.due_ms
        under_way.say(LineKind.DUE, _iso(row.due_ms), _iso(wanted.due_ms), wanted.text)
    if wanted.add:
        _add_items(under_way, wanted.add)
    under_way.write()


def tick(connection: sa.Connection, case_id: str, number: int, act: CaseAct, now_ms: int, *, ticked: bool) -> None:
    """Ticks an item, or takes its tick away. Raises UnknownCaseError for an item that is not there."""
    under_way = _begin_working(connection, case_id, act, now_ms)
    if under_way is None:
        return
    here = sa.and_(case_item.c.case_id == case_id, case_item.c.number == number)
    item = connection.execute(sa.select(case_item).where(here)).one_or_none()
    if item is None:
        raise UnknownCaseError("case.no-item", id=case_id, number=number)
    if ticked is (item.ticked_ms is not None):
        return
    mark = {"ticked_ms": now_ms, "ticked_by": act.by} if ticked else {"ticked_ms": None, "ticked_by": None}
    connection.execute(case_item.update().where(here).values(mark))
    under_way.say(LineKind.TICK if ticked else LineKind.UNTICK, becomes=f"{number} {item.text}")
    under_way.write()


def comment(connection: sa.Connection, case_id: str, text: str, act: CaseAct, now_ms: int) -> None:
    """Words beside it, one that has ended too."""
    under_way = begin(connection, case_id, act, now_ms)
    if under_way is not None:
        under_way.say(LineKind.COMMENT, text=text)
        under_way.write()


def attach(connection: sa.Connection, case_id: str, evidence: Evidence, text: str, act: CaseAct, now_ms: int) -> None:
    """Lays readings beside it, one that has ended too: they stay as they are now.

    Raises CaseRefusedError for too many.
    """
    under_way = begin(connection, case_id, act, now_ms)
    if under_way is None:
        return
    counted = sa.select(sa.func.count()).where(case_evidence.c.case_id == case_id)
    number = int(connection.scalar(counted) or 0) + 1
    if number > EVIDENCE_AT_MOST:
        raise CaseRefusedError("case.evidence-full", id=case_id, most=EVIDENCE_AT_MOST)
    row = evidence.row | {"case_id": case_id, "number": number, "attached_ms": now_ms, "attached_by": act.by}
    connection.execute(case_evidence.insert(), row)
    under_way.say(LineKind.EVIDENCE, becomes=f"{number} {evidence.series}", text=text)
    under_way.write()


def close(connection: sa.Connection, case_id: str, reason: str, left: str, act: CaseAct, now_ms: int) -> None:
    """It is done, for a reason. left: why so, where not all of the checklist is ticked; empty: all of it is.

    Raises CaseRefusedError where it is neither.
    """
    under_way = begin(connection, case_id, act, now_ms)
    if under_way is None:
        return
    under_way.move(CaseState.DONE, reason)
    items = sa.select(case_item.c.text).where(case_item.c.case_id == case_id, case_item.c.ticked_ms.is_(None))
    unticked = "、".join(connection.scalars(items.order_by(case_item.c.number)))
    if unticked and not left:
        raise CaseRefusedError("case.unticked", id=case_id, items=unticked)
    if unticked:
        under_way.say(LineKind.LEFT, becomes=unticked, text=left)
    under_way.write()


def reopen(connection: sa.Connection, case_id: str, reason: str, act: CaseAct, now_ms: int) -> None:
    """What was done is in progress again. Raises CaseRefusedError where it was not."""
    under_way = begin(connection, case_id, act, now_ms)
    if under_way is None:
        return
    if under_way.state is not CaseState.DONE:
        raise CaseRefusedError("case.not-done", id=case_id, was=state_text(under_way.state))
    under_way.move(CaseState.IN_PROGRESS, reason)
    under_way.write()


def void(connection: sa.Connection, case_id: str, reason: str, act: CaseAct, now_ms: int) -> None:
    """It was none. It keeps its number, and nothing changes it any more."""
    under_way = begin(connection, case_id, act, now_ms)
    if under_way is not None:
        under_way.move(CaseState.VOID, reason)
        under_way.write()


def _begin_working(connection: sa.Connection, case_id: str, act: CaseAct, now_ms: int) -> Change | None:
    under_way = begin(connection, case_id, act, now_ms)
    if under_way is not None and under_way.state in ENDED:
        raise CaseRefusedError("case.ended", id=case_id, was=state_text(under_way.state))
    return under_way


def _add_items(under_way: Change, texts: tuple[str, ...]) -> None:
    case_id = under_way.row.id
    counted = sa.select(sa.func.count()).where(case_item.c.case_id == case_id)
    first = int(under_way.connection.scalar(counted) or 0) + 1
    if first + len(texts) > ITEMS_AT_MOST + 1:
        raise CaseRefusedError("case.items-full", id=case_id, most=ITEMS_AT_MOST)
    add_items(under_way.connection, case_id, first, texts)
    for number, text in enumerate(texts, first):
        under_way.say(LineKind.ITEM, becomes=f"{number} {text}")


def _iso(time_ms: int | None) -> str | None:
    if time_ms is None:
        return None
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
