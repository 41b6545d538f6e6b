"""Cases 案件: looked for, read, and opened by hand."""

import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.admission import name_of, principal_of, require
from api.case_shown import Case, WholeCase, case_shown, whole_case
from api.cursor import read_cursor, write_cursor
from api.deciding import Key
from api.moment import read_moment
from api.ports import View
from api.problem import ProblemError, problems
from city.case import CaseFile, CaseState, CasesWanted, NewCase, UnknownCaseError
from city.catalog import Catalog
from city.due import Due
from city.principal import CITY
from city.right import Right
from city.value import near

CASES_AT_MOST: Final = 500
# A case may be overdue when it is written down; a year late or ten years ahead, somebody mistyped the year.
DUE_BACK_MS: Final = 366 * 86_400_000
DUE_AHEAD_MS: Final = 3_660 * 86_400_000
ITEMS_AT_OPENING: Final = 50  # with 200 letters each they fit into the largest request there may be
# No control characters: they are in nobody's words, and PostgreSQL takes no NUL. Long texts may have lines and tabs.
ONE_LINE: Final = r"^[^\x00-\x1f\x7f]*$"
LINES: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Title = Annotated[str, Field(min_length=1, max_length=200, pattern=ONE_LINE, examples=["鳥羽の水門の点検"])]
Assignee = Annotated[str, Field(min_length=1, max_length=64, pattern=ONE_LINE, examples=["鯖江 花子"])]
Words = Annotated[str, Field(max_length=2_000, pattern=LINES, description="In their words.")]
ItemText = Annotated[str, Field(min_length=1, max_length=200, pattern=ONE_LINE, examples=["水門確認"])]
DueText = Annotated[
    str,
    Field(
        max_length=64,
        description="`30m`, `2h`, `3d`, `2bd` (business days, to the end of office hours), or a moment.",
        examples=["2bd"],
    ),
]
CaseId = Annotated[str, Path(max_length=96, pattern=ONE_LINE, examples=["2026-bosai-12"])]
Searched = Annotated[str, Field(max_length=200, pattern=ONE_LINE)]


class Doing(BaseModel):
    """Somebody does something."""

    by: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=64,
            pattern=ONE_LINE,
            description="For whom a program does it. Who signed in does it in their own name.",
            examples=["鯖江 太郎"],
        ),
    ] = None


class OpenedByHand(Doing):
    """A case that a person opens."""

    section: Annotated[str, Field(max_length=64, description="A department of the catalog.", examples=["bosai"])]
    title: Title
    due: DueText | None = None
    assignee: Assignee | None = None
    checklist: Annotated[list[ItemText], Field(max_length=ITEMS_AT_OPENING)] = []
    text: Words = ""


class CasesFound(BaseModel):
    """The newest opened first. `next`: pass it as `after` for more; null at the end."""

    cases: list[Case]
    next: str | None


def routes(view: View) -> APIRouter:
    """`/v1/cases`, what is read of it, and the way in."""
    router = APIRouter(prefix="/v1/cases", tags=["cases"])

    @router.get("", summary="Cases", responses=problems(400, 503))
    def cases(
        request: Request,
        section: Annotated[
            list[Searched] | None, Query(description="Of any of these departments.", examples=[["bosai"]])
        ] = None,
        state: Annotated[list[CaseState] | None, Query(description="In any of these.")] = None,
        assignee: Annotated[Searched | None, Query(examples=["鯖江 花子"])] = None,
        overdue: Annotated[bool | None, Query(description="Only those that are, or are not.")] = None,
        run: Annotated[Searched | None, Query(description="Those that this run opened.")] = None,
        text: Annotated[Searched, Query(description="Stands in title, number or history.", examples=["水門"])] = "",
        limit: Annotated[int, Query(ge=1, le=CASES_AT_MOST)] = 100,
        after: Annotated[Searched | None, Query(description="`next` of the answer before.")] = None,
    ) -> CasesFound:
        """Those that fit all that is given, page by page."""
        wanted = CasesWanted(
            sections=_reached(request, section, view.catalog()),
            states=None if state is None else frozenset(state),
            assignee=assignee,
            overdue=overdue,
            run=run,
            text=text,
        )
        found = view.cases.cases(wanted, None if after is None else read_cursor(after), limit + 1)
        catalog, now_ms = view.catalog(), view.clock.now_ms()
        return CasesFound(
            cases=[case_shown(case, catalog, now_ms) for case in found[:limit]],
            next=write_cursor(found[limit - 1].opened_ms, found[limit - 1].id) if len(found) > limit else None,
        )

    @router.post("", summary="Open a case", responses=problems(400, 403, 503))
    def open_case(request: Request, opened: OpenedByHand, key: Key = None) -> WholeCase:
        """It gets the next number of its section's fiscal year, once under its key."""
        catalog, now_ms = view.catalog(), view.clock.now_ms()
        _known_section(opened.section, catalog)
        require(request, Right.ACT, opened.section, catalog)
        new = NewCase(
            section=opened.section,
            title=opened.title,
            checklist=tuple(opened.checklist),
            due_ms=None if opened.due is None else due_ms(opened.due, now_ms),
            assignee=opened.assignee,
            text=opened.text,
        )
        return whole_case(view.cases.open(new, who(request, opened), key or secrets.token_hex(16)), catalog, now_ms)

    @router.get("/{case}", summary="One case", responses=problems(400, 404, 503))
    def one(request: Request, case: CaseId) -> WholeCase:
        """With its checklist, evidence and history."""
        return whole_case(case_within_reach(request, view, case), view.catalog(), view.clock.now_ms())

    @router.get(
        "/{case}/evidence/{number}",
        summary="Attached readings",
        response_class=Response,
        responses=problems(400, 404, 503)
        | {200: {"description": "The document.", "content": {"application/json": {"schema": {"type": "object"}}}}},
    )
    def evidence(request: Request, case: CaseId, number: Annotated[int, Path(ge=1, le=1_000_000)]) -> Response:
        """The readings as they stood when they were attached, in columns; `sha256` is of these very bytes."""
        case_within_reach(request, view, case)
        try:
            document = view.cases.evidence(case, number)
        except UnknownCaseError as e:
            raise ProblemError(404, e.key, **e.fields) from e
        return Response(document, media_type="application/json")

    return router


def who(request: Request, doing: Doing) -> str:
    """Under which name it is written down. Raises ProblemError for another's."""
    return name_of(request, doing.by)


def case_within_reach(request: Request, view: View, case: str) -> CaseFile:
    """The case, where who asks may see those of its section. Else there is none: not even that is told of it."""
    try:
        found = view.cases.case(case)
    except UnknownCaseError as e:
        raise ProblemError(404, e.key, **e.fields) from e
    if not principal_of(request).may(Right.SEE_CASES, found.case.section, view.catalog().departments):
        raise ProblemError(404, "case.unknown", id=case[:80])
    return found


def _reached(request: Request, asked: list[str] | None, catalog: Catalog) -> frozenset[str] | None:
    """The sections whose cases are to be shown: of those asked for, those that who asks may see; None: all."""
    principal, tree = principal_of(request), catalog.departments
    if principal.may(Right.SEE_CASES, CITY, tree):
        return None if asked is None else frozenset(asked)
    return frozenset(unit for unit in asked or tree if principal.may(Right.SEE_CASES, unit, tree))


def due_ms(text: str, now_ms: int) -> int:
    """When it is due: a term from now, or a moment. Raises DueError, UnreadableTimeError, or ProblemError (400)."""
    if "-" not in text:  # as each moment has
        return Due.parse(text).end_ms(now_ms)
    moment_ms = read_moment("due", text)
    if not -DUE_BACK_MS <= moment_ms - now_ms <= DUE_AHEAD_MS:
        raise ProblemError(400, "case.due-span", found=text)
    return moment_ms


def _known_section(section: str, catalog: Catalog) -> None:
    if section not in catalog.departments:
        nearest = near(section, catalog.departments) or ", ".join(catalog.departments)
        raise ProblemError(400, "case.section", found=section, near=nearest)
