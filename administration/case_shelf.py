"""Cases as they are looked for and read. Each statement sees the newest commit, and holds up no writer."""

import zlib
from collections.abc import Sequence

import sqlalchemy as sa

from administration.case_tables import case_evidence, case_item, case_line, city_case
from city.case import (
    ENDED,
    AttachedReadings,
    Case,
    CaseFile,
    CaseState,
    CasesWanted,
    ChecklistItem,
    Line,
    LineKind,
    UnknownCaseError,
)


def find_cases(
    connection: sa.Connection, wanted: CasesWanted, after: tuple[int, str] | None, limit: int, now_ms: int
) -> Sequence[Case]:
    """Those that fit, the newest opened first. after: time and id of the last one that was seen."""
    chosen = _CASES.where(*_fitting(wanted, now_ms))
    if after is not None:
        chosen = chosen.where(sa.tuple_(city_case.c.opened_ms, city_case.c.id) < after)
    chosen = chosen.order_by(city_case.c.opened_ms.desc(), city_case.c.id.desc()).limit(limit)
    return [_case(row) for row in connection.execute(chosen).mappings()]


def read_case(connection: sa.Connection, case_id: str) -> CaseFile:
    """The case with all that hangs on it. Raises UnknownCaseError.

    The case itself is read first: should somebody change it meanwhile, then what is read with it is newer than its
    version, never older, and whoever decides on that is refused rather than let through.
    """
    row = connection.execute(_CASES.where(city_case.c.id == case_id)).mappings().one_or_none()
    if row is None:
        raise UnknownCaseError("case.unknown", id=case_id[:80])
    items = sa.select(case_item).where(case_item.c.case_id == case_id).order_by(case_item.c.number)
    lines = sa.select(case_line).where(case_line.c.case_id == case_id)
    attached = sa.select(*_ATTACHED).where(case_evidence.c.case_id == case_id).order_by(case_evidence.c.number)
    return CaseFile(
        case=_case(row),
        checklist=tuple(
            ChecklistItem(item.number, item.text, item.ticked_ms, item.ticked_by) for item in connection.execute(items)
        ),
        history=tuple(
            line_of(line) for line in connection.execute(lines.order_by(case_line.c.version, case_line.c.place))
        ),
        evidence=tuple(AttachedReadings(**piece) for piece in connection.execute(attached).mappings()),
    )


def read_evidence(connection: sa.Connection, case_id: str, number: int) -> bytes:
    """The document of attached readings. Raises UnknownCaseError where none has this number."""
    here = sa.select(case_evidence.c.body).where(case_evidence.c.case_id == case_id, case_evidence.c.number == number)
    body = connection.scalar(here)
    if body is None:
        raise UnknownCaseError("case.no-evidence", id=case_id[:80], number=number)
    return zlib.decompress(body)


def line_of(row: sa.Row[tuple[object, ...]]) -> Line:
    """A line of the history out of its row."""
    return Line(row.version, row.at_ms, row.by, LineKind(row.kind), row.was, row.becomes, row.text)


def _fitting(wanted: CasesWanted, now_ms: int) -> list[sa.ColumnElement[bool]]:
    table = city_case.c
    fits: list[sa.ColumnElement[bool]] = []
    if wanted.sections is not None:
        fits.append(table.section.in_(sorted(wanted.sections)))
    if wanted.states is not None:
        fits.append(table.state.in_(sorted(wanted.states)))
    if wanted.assignee is not None:
        fits.append(table.assignee == wanted.assignee)
    if wanted.run is not None:
        fits.append(table.run == wanted.run)
    if wanted.overdue is not None:
        late = sa.and_(sa.func.coalesce(table.due_ms, now_ms) < now_ms, table.state.not_in(sorted(ENDED)))
        fits.append(late if wanted.overdue else sa.not_(late))
    if wanted.text:
        told = [column.icontains(wanted.text, autoescape=True) for column in (case_line.c.becomes, case_line.c.text)]
        in_history = sa.exists().where(case_line.c.case_id == table.id, sa.or_(*told))
        named = [column.icontains(wanted.text, autoescape=True) for column in (table.id, table.title)]
        fits.append(sa.or_(*named, in_history))
    return fits


def _count(*ticked: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    counted = sa.select(sa.func.count()).where(case_item.c.case_id == city_case.c.id, *ticked)
    return counted.correlate(city_case).scalar_subquery()


_CASES = sa.select(
    *(column for column in city_case.c if column.name != "key"),
    _count().label("items"),
    _count(case_item.c.ticked_ms.is_not(None)).label("ticked"),
)
_ATTACHED = [column for column in case_evidence.c if column.name not in {"case_id", "body"}]


def _case(row: sa.RowMapping) -> Case:
    named = {name: row[name] for name in Case.__dataclass_fields__}
    return Case(**named | {"state": CaseState(row["state"])})
