"""`megane case …`: cases looked for, opened, worked on and closed, told to the running city."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec
from rich.console import Console
from rich.table import Table

from city.case import ENDED, CaseState
from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from megane.decide import running_city, who
from megane.local_api import LocalApi
from megane.local_time import local_time

COLUMNS: Final = ("number", "title", "state", "assignee", "due", "checklist")


class CaseError(UserError):
    """What was asked of a case cannot be understood."""


class Item(msgspec.Struct, frozen=True):
    """One thing to do."""

    number: int
    text: str
    ticked: str | None
    by: str | None


class HistoryLine(msgspec.Struct, frozen=True):
    """A line of the history, in words."""

    version: int
    at: str
    by: str
    told: dict[Lang, str]


class Evidence(msgspec.Struct, frozen=True):
    """Readings that are attached."""

    number: int
    series: str
    from_: str = msgspec.field(name="from")
    to: str
    readings: int
    sha256: str


class CaseTold(msgspec.Struct, frozen=True):
    """A case as the API tells of it; in a list without what hangs on it."""

    id: str
    number: dict[Lang, str]
    year: int
    section: str
    title: str
    state: CaseState
    state_title: dict[Lang, str]
    assignee: str | None
    due: str | None
    overdue: bool
    opened: str
    opened_by: str
    changed: str
    ended: str | None
    version: int
    run: str | None
    items: int
    ticked: int
    checklist: list[Item] = []
    evidence: list[Evidence] = []
    history: list[HistoryLine] = []


class CasesTold(msgspec.Struct, frozen=True):
    """A page of a list."""

    cases: list[CaseTold]
    next: str | None


@dataclass(frozen=True, slots=True)
class Sought:
    """Which cases are asked for. ended: those that have, too, where no states are named."""

    sections: Sequence[str] = ()
    states: Sequence[CaseState] = ()
    assignee: str | None = None
    overdue: bool = False
    text: str = ""
    ended: bool = False

    @property
    def query(self) -> Mapping[str, str | Sequence[str]]:
        """As the API is asked."""
        states = self.states or [state for state in CaseState if self.ended or state not in ENDED]
        asked: dict[str, str | Sequence[str]] = {"state": list(states), "text": self.text}
        if self.sections:
            asked["section"] = list(self.sections)
        if self.assignee is not None:
            asked["assignee"] = self.assignee
        return asked | ({"overdue": "true"} if self.overdue else {})


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something, once under a key; version: the one that they saw, None: as it is now."""

    by: str | None
    key: str | None
    version: int | None = None


def run_list(home: Path | None, sought: Sought, limit: int, *, as_json: bool, lang: Lang) -> None:
    """Prints cases, the newest first. Raises NotRunningError or LocalApiError, as every command here."""
    answer = running_city(home).get("/v1/cases", limit=limit, **sought.query)
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    found = msgspec.json.decode(answer, type=CasesTold)
    table = Table(box=None)
    for column in COLUMNS:
        table.add_column(say(f"case.column-{column}", lang), overflow="fold")
    for case in found.cases:
        late = f" {say('case.overdue', lang)}" if case.overdue else ""
        checklist = f"{case.ticked}/{case.items}" if case.items else ""
        due = f"{local_time(case.due)[:16]}{late}"
        table.add_row(case.id, case.title, case.state_title[lang], case.assignee or "", due, checklist)
    console = Console(markup=False, highlight=False)
    console.print(table if found.cases else say("case.empty", lang))
    if found.next is not None:
        console.print(say("case.more", lang))


def run_show(home: Path | None, case: str, *, as_json: bool, lang: Lang) -> None:
    """Prints one case with all that hangs on it."""
    answer = running_city(home).get(_path(case))
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    found = msgspec.json.decode(answer, type=CaseTold)
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(f"{found.number[lang]}  {found.title}")
    late = f" ({say('case.overdue', lang)})" if found.overdue else ""
    rows = {
        "state": found.state_title[lang],
        "assignee": found.assignee or say("case.none", lang),
        "due": f"{local_time(found.due)[:16] or say('case.none', lang)}{late}",
        "opened": f"{local_time(found.opened)} {found.opened_by}",
        "ended": local_time(found.ended),
        "version": str(found.version),
    }
    for name, value in rows.items():
        if value:
            console.print(f"{say(f'case.column-{name}', lang)}: {value}")
    _section(console, "checklist", [_item(item) for item in found.checklist], lang)
    _section(console, "evidence", [_evidence(piece, lang) for piece in found.evidence], lang)
    told = [f"{local_time(line.at)} {line.by} {line.told[lang]}" for line in found.history]
    _section(console, "history", told, lang)


def run_open(
    home: Path | None, new: Mapping[str, object], by: str | None, key: str | None, *, as_json: bool, lang: Lang
) -> None:
    """Opens a case: `new` as the API takes it, but for who does it."""
    body = {"by": who(by), **new}
    answer = running_city(home).post("/v1/cases", body, key or secrets.token_hex(16))
    _print(answer, "case.opened", as_json=as_json, lang=lang)


def run_add(
    home: Path | None, case: str, what: str, more: Mapping[str, object], doing: Doing, *, as_json: bool, lang: Lang
) -> None:
    """Adds to a case: `comments` or `evidence`."""
    body = {"by": who(doing.by), **more}
    answer = running_city(home).post(f"{_path(case)}/{what}", body, doing.key or secrets.token_hex(16))
    _print(answer, "case.done", as_json=as_json, lang=lang)


def run_decide(
    home: Path | None, case: str, what: str, more: Mapping[str, object], doing: Doing, *, as_json: bool, lang: Lang
) -> None:
    """Changes what stands: `ticks`, `close`, `reopen`, `void`; empty: the case itself."""
    city = running_city(home)
    body = {"by": who(doing.by), "version": doing.version or _newest(city, case), **more}
    key = doing.key or secrets.token_hex(16)
    answer = city.post(f"{_path(case)}/{what}", body, key) if what else city.patch(_path(case), body, key)
    _print(answer, "case.done", as_json=as_json, lang=lang)


def _newest(city: LocalApi, case: str) -> int:
    return msgspec.json.decode(city.get(_path(case)), type=CaseTold).version


def _path(case: str) -> str:
    return f"/v1/cases/{quote(case, safe='')}"


def _print(answer: bytes, key: str, *, as_json: bool, lang: Lang) -> None:
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    case = msgspec.json.decode(answer, type=CaseTold)
    number = f"{case.number[lang]} ({case.id})" if case.number[lang] != case.id else case.id
    Console(highlight=False, markup=False, soft_wrap=True).print(say(key, lang, number=number, version=case.version))


def _section(console: Console, name: str, lines: Sequence[str], lang: Lang) -> None:
    if lines:
        console.print(f"\n{say(f'case.{name}', lang)}")
        for line in lines:
            console.print(f"  {line}")


def _item(item: Item) -> str:
    if item.ticked is None:
        return f"☐ {item.number}. {item.text}"
    return f"☑ {item.number}. {item.text}  {item.by} {local_time(item.ticked)}"


def _evidence(piece: Evidence, lang: Lang) -> str:
    return say(
        "case.attached",
        lang,
        number=piece.number,
        series=piece.series,
        start=local_time(piece.from_),
        end=local_time(piece.to),
        readings=piece.readings,
        sha256=piece.sha256,
    )
