"""How a case comes to be: with the next number of its section's fiscal year, in the transaction that inserts it."""

import sqlalchemy as sa

from administration.case_tables import case_counter, case_item, case_line, city_case
from city.case import CaseState, LineKind, NewCase
from city.fiscal_year import fiscal_year


def open_case(
    connection: sa.Connection,
    new: NewCase,
    key: str,
    by: str,
    now_ms: int,
    *,
    run: str | None = None,
    step: str | None = None,
) -> str:
    """Opens it, and gives its id. What was opened under `key` before is that same case, whatever `new` says.

    Inside the caller's transaction: what is rolled back has used up no number, so that there is never a gap.
    """
    year = fiscal_year(now_ms)
    last = _locked_counter(connection, year, new.section)
    there = connection.scalar(sa.select(city_case.c.id).where(city_case.c.key == key))
    if there is not None:
        return str(there)
    number = last + 1
    of_section = sa.and_(case_counter.c.year == year, case_counter.c.section == new.section)
    connection.execute(case_counter.update().where(of_section).values(last=number))
    case_id = f"{year}-{new.section}-{number}"
    row = {
        "id": case_id,
        "year": year,
        "section": new.section,
        "number": number,
        "key": key,
        "run": run,
        "step": step,
        "title": new.title,
        "state": CaseState.OPEN,
        "assignee": new.assignee,
        "due_ms": new.due_ms,
        "opened_ms": now_ms,
        "opened_by": by,
        "changed_ms": now_ms,
        "version": 1,
    }
    connection.execute(city_case.insert(), row)
    add_items(connection, case_id, 1, new.checklist)
    line = {
        "case_id": case_id,
        "version": 1,
        "place": 0,
        "at_ms": now_ms,
        "by": by,
        "kind": LineKind.OPENED,
        "becomes": new.title,
        "text": new.text,
    }
    connection.execute(case_line.insert(), line)
    return case_id


def add_items(connection: sa.Connection, case_id: str, first: int, texts: tuple[str, ...]) -> None:
    """More on the checklist, numbered from `first`."""
    rows = [{"case_id": case_id, "number": number, "text": text} for number, text in enumerate(texts, first)]
    if rows:
        connection.execute(case_item.insert(), rows)


def _locked_counter(connection: sa.Connection, year: int, section: str) -> int:
    """The last number given. Whoever else wants one there waits until this transaction has ended.

    On SQLite the whole transaction holds the one write lock already.
    """
    where = {"year": year, "section": section}
    last = connection.scalar(_COUNTER, where)
    if last is None:
        connection.execute(_BEGIN_COUNTER, where)  # one of those who begin a year at once makes the row
        last = connection.scalar(_COUNTER, where)
    return int(last or 0)


_COUNTER = (
    sa.select(case_counter.c.last)
    .where(case_counter.c.year == sa.bindparam("year"), case_counter.c.section == sa.bindparam("section"))
    .with_for_update()
)
# As text, since both databases say it so and SQLAlchemy has it only for each of them apart.
_BEGIN_COUNTER = sa.text(
    "INSERT INTO case_counter (year, section, last) VALUES (:year, :section, 0) ON CONFLICT DO NOTHING"
)
