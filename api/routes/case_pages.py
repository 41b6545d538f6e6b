"""The pages of cases 案件: the list, and one with its checklist, history and what can be done with it.

Who decides names the version that they saw. Where it is another by now nothing is done, and the page says what changed.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request, Response
from msgspec import UNSET
from starlette.responses import RedirectResponse

from api.admission import principal_of, require
from api.cursor import read_cursor, write_cursor
from api.incident_reach import sections_reached
from api.page import Pages
from api.ports import View
from api.problem import ProblemError
from api.routes.cases import CaseId, case_within_reach, due_ms
from api.run_acts import reason_given
from city.case import (
    ENDED,
    CaseAct,
    CaseChange,
    CaseFile,
    CaseRefusedError,
    CaseState,
    CasesWanted,
    StaleCaseError,
)
from city.case_words import number_text, state_text, told
from city.catalog import Catalog
from city.errors import UserError
from city.messages.text import Text
from city.right import Right

ROWS_A_PAGE: Final = 100  # a table that a ten-year-old office PC still scrolls
UNENDED: Final = frozenset(set(CaseState) - ENDED)
Line = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=2_000)]


class Deed(StrEnum):
    """What is done with a case on its page."""

    TAKE = "take"
    BEGIN = "begin"
    CHANGE = "change"
    TICK = "tick"
    UNTICK = "untick"
    COMMENT = "comment"
    CLOSE = "close"
    REOPEN = "reopen"
    VOID = "void"


def routes(view: View) -> APIRouter:
    """`/cases`."""
    router = APIRouter(prefix="/cases", tags=["pages"])
    pages = Pages(view.notice)

    def shown(request: Request, found: CaseFile, wrong: UserError | None = None, status: int = 200) -> Response:
        catalog, case = view.catalog(), found.case
        return pages.page(
            request,
            "case.html",
            catalog,
            status=status,
            found=found,
            case=case,
            number=number_text(case, section_title(case.section, catalog)),
            section=section_title(case.section, catalog),
            state_text=state_text,
            told=told,
            ended=case.state in ENDED,
            may_act=principal_of(request).may(Right.ACT, case.section, catalog.departments),
            wrong=wrong,
            now_ms=view.clock.now_ms(),
        )

    @router.get("", summary="Page: cases")
    def cases(
        request: Request,
        text: Annotated[str, Query(max_length=200)] = "",
        section: Annotated[str, Query(max_length=64)] = "",
        state: Annotated[str, Query(max_length=30)] = "unended",
        mine: Annotated[bool | None, Query()] = None,
        after: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        """Those of the sections that they reach, searched by words, section and state."""
        catalog, who = view.catalog(), principal_of(request)
        reached = sections_reached(who, catalog)
        wanted = CasesWanted(
            sections=reached if not section else frozenset({section}) & (reached or {section}),
            states=states_of(state),
            assignee=who.name if mine else None,
            overdue=True if state == "overdue" else None,
            text="".join(letter for letter in text if letter.isprintable()),
        )
        found = view.cases.cases(wanted, None if after is None else read_cursor(after), ROWS_A_PAGE + 1)
        last = found[ROWS_A_PAGE - 1] if len(found) > ROWS_A_PAGE else None
        return pages.page(
            request,
            "cases.html",
            catalog,
            cases=found[:ROWS_A_PAGE],
            next=None if last is None else write_cursor(last.opened_ms, last.id),
            sections=[d for d in catalog.departments.values() if reached is None or d.id in reached],
            states=list(CaseState),
            state_text=state_text,
            section_title=lambda name: section_title(name, catalog),
            number_text=number_text,
            asked={"text": text, "section": section, "state": state, "mine": "true" if mine else ""},
            now_ms=view.clock.now_ms(),
        )

    @router.get("/{case}", summary="Page: a case")
    def one(request: Request, case: CaseId) -> Response:
        """With all that hangs on it."""
        return shown(request, case_within_reach(request, view, case))

    @router.post("/{case}", summary="Form: do something with a case")
    def do(
        request: Request,
        case: CaseId,
        deed: Annotated[Deed, Form()],
        version: Annotated[int, Form(ge=1, le=2**31 - 1)],
        item: Annotated[int, Form(ge=0, le=1_000_000)] = 0,
        title: Line = "",
        assignee: Annotated[str, Form(max_length=64)] = "",
        due: Annotated[str, Form(max_length=64)] = "",
        reason: Long = "",
        text: Long = "",
    ) -> Response:
        """Back to the case; or the page as it is now, with what was against it."""
        found = case_within_reach(request, view, case)
        require(request, Right.ACT, found.case.section, view.catalog())
        filled = {"title": title.strip(), "assignee": assignee.strip(), "due": due.strip()}
        try:
            deeds(view, case, CaseAct(principal_of(request).name, version), item, filled, reason, text)[deed]()
        except (StaleCaseError, CaseRefusedError) as error:
            return shown(request, case_within_reach(request, view, case), error, 409)
        except UserError as error:
            status = error.status if isinstance(error, ProblemError) else 400
            return shown(request, case_within_reach(request, view, case), error, status)
        return RedirectResponse(f"/cases/{case}", 303)

    return router


def deeds(
    view: View, case: str, act: CaseAct, item: int, filled: Mapping[str, str], reason: str, text: str
) -> Mapping[Deed, Callable[[], CaseFile]]:
    """What each of them does."""
    cases = view.cases

    def change() -> CaseFile:
        now_ms = view.clock.now_ms()
        wanted = CaseChange(
            title=filled["title"] or UNSET,
            assignee=filled["assignee"] or None,
            due_ms=due_ms(filled["due"], now_ms) if filled["due"] else UNSET,
        )
        return cases.change(case, wanted, act)

    begun = CaseChange(state=CaseState.IN_PROGRESS, assignee=act.by)
    return {
        Deed.TAKE: lambda: cases.change(case, CaseChange(assignee=act.by), act),
        Deed.BEGIN: lambda: cases.change(case, begun, act),
        Deed.CHANGE: change,
        Deed.TICK: lambda: cases.tick(case, item, act, ticked=True),
        Deed.UNTICK: lambda: cases.tick(case, item, act, ticked=False),
        Deed.COMMENT: lambda: cases.comment(case, reason_given(text), CaseAct(act.by)),
        Deed.CLOSE: lambda: cases.close(case, reason_given(reason), text.strip(), act),
        Deed.REOPEN: lambda: cases.reopen(case, reason_given(reason), act),
        Deed.VOID: lambda: cases.void(case, reason_given(reason), act),
    }


def states_of(asked: str) -> frozenset[CaseState] | None:
    """Those that are asked for; None: any."""
    if asked in {"unended", "overdue"}:
        return UNENDED
    return frozenset({CaseState(asked)}) if asked in set(CaseState) else None


def section_title(section: str, catalog: Catalog) -> Text:
    """Of one that is gone from the catalog, its id."""
    department = catalog.departments.get(section)
    return department.title if department else Text(ja=section, en=section)
