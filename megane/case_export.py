"""`megane case export`: all cases as a table or as JSON, page by page out of the running city."""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from city.messages import say
from city.messages.text import Lang
from megane.cases import CaseError, CaseTold, Sought
from megane.decide import running_city
from megane.local_api import LocalApi
from megane.local_time import local_time

PAGE: Final = 500  # the most that the API gives at once
COLUMNS: Final = (
    "id", "number", "year", "section", "title", "state", "assignee", "due", "overdue",
    "opened", "opened_by", "ended", "checklist", "run", "version",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # Excel takes full-width ones too


def run_export(home: Path | None, sought: Sought, *, as_csv: bool, as_json: bool, lang: Lang) -> None:
    """Writes them to standard output, the newest first. Raises CaseError where it is not said in which form."""
    if as_csv == as_json:
        raise CaseError("case.which-form")
    cases = _all(running_city(home), sought)
    if as_json:
        written = b"[" + b",\n".join(bytes(case) for case in cases) + b"]\n"
    else:
        told = (msgspec.json.decode(case, type=CaseTold) for case in cases)
        written = "\ufeff".encode() + _table(told, lang).encode()  # Excel needs the mark to read UTF-8
    sys.stdout.buffer.write(written)


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: with an apostrophe before it (OWASP, "CSV Injection")."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _all(city: LocalApi, sought: Sought) -> Iterator[msgspec.Raw]:
    class Page(msgspec.Struct, frozen=True):
        cases: list[msgspec.Raw]
        next: str | None

    after: dict[str, str] = {}
    while True:
        page = msgspec.json.decode(city.get("/v1/cases", limit=PAGE, **sought.query, **after), type=Page)
        yield from page.cases
        if page.next is None:
            return
        after = {"after": page.next}


def _table(cases: Iterator[CaseTold], lang: Lang) -> str:
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")  # RFC 4180
    lines.writerow(say(f"case.column-{column}", lang) for column in COLUMNS)
    for case in cases:
        row = {
            "id": case.id,
            "number": case.number[lang],
            "year": str(case.year),
            "section": case.section,
            "title": case.title,
            "state": case.state_title[lang],
            "assignee": case.assignee or "",
            "due": local_time(case.due),
            "overdue": say("case.overdue", lang) if case.overdue else "",
            "opened": local_time(case.opened),
            "opened_by": case.opened_by,
            "ended": local_time(case.ended),
            "checklist": f"{case.ticked} / {case.items}" if case.items else "",
            "run": case.run or "",
            "version": str(case.version),
        }
        lines.writerow(guarded(row[column]) for column in COLUMNS)
    return written.getvalue()
