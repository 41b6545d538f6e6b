"""What people do with a case: change, tick, comment, attach readings, close, reopen, make void.

Who changes what stands names the version that they saw. Where it is another by now they are refused (409), and told
what changed and by whom. What only adds (comments, evidence) names none.
"""

from collections.abc import Callable
from typing import Annotated, Final

import numpy as np
from fastapi import APIRouter, Request
from msgspec import UNSET
from pydantic import Field

from api.admission import require
from api.case_shown import WholeCase, whole_case
from api.deciding import Key
from api.moment import iso, read_moment
from api.ports import View
from api.problem import ProblemError, problems
from api.routes.cases import (
    LINES,
    Assignee,
    CaseId,
    Doing,
    DueText,
    ItemText,
    Title,
    Words,
    case_within_reach,
    due_ms,
    who,
)
from api.routes.sensors import index_of
from api.routes.series import check_points
from city.case import (
    CaseAct,
    CaseChange,
    CaseFile,
    CaseRefusedError,
    CaseState,
    StaleCaseError,
    UnknownCaseError,
)
from city.reading import ReadingBatch, SeriesKey
from city.right import Right

Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="The one that you saw.", examples=[3])]
Reason = Annotated[str, Field(min_length=1, max_length=2_000, pattern=LINES, description="Why.")]


class Deciding(Doing):
    """Somebody decides on what they saw."""

    version: Version


class Changed(Deciding):
    """What is left out stays; null for assignee or due: none any more."""

    title: Title | None = None
    state: Annotated[CaseState | None, Field(description="One of those of work; an end has its own act.")] = None
    assignee: Assignee | None = None
    due: DueText | None = None
    add: Annotated[tuple[ItemText, ...], Field(max_length=50, description="More for the checklist.")] = ()
    text: Words = ""


class Ticked(Deciding):
    """An item of the checklist, ticked or not."""

    item: Annotated[int, Field(ge=1, le=1_000_000, examples=[2])]
    ticked: bool = True


class Commented(Doing):
    """Words beside it."""

    text: Annotated[str, Field(min_length=1, max_length=2_000, pattern=LINES, examples=["水門を閉めた"])]


class Attached(Doing):
    """Readings of one series at from ≤ time < to, at most 100,000. They stay as they are now."""

    series: Annotated[str, Field(max_length=140, examples=["rpi-toba:water_level"])]
    from_: Annotated[str, Field(alias="from", max_length=64, examples=["2026-06-23T06:00:00+09:00"])]
    to: Annotated[str | None, Field(max_length=64, description="Default: now.")] = None
    text: Words = ""


class Closed(Deciding):
    """It is done."""

    reason: Reason
    left: Annotated[Words, Field(description="Why, where items of the checklist are left unticked.")] = ""


class Ended(Deciding):
    """Why it is void, or in progress again."""

    reason: Reason


def routes(view: View) -> APIRouter:
    """`/v1/cases/{case}` and what is done with it."""
    router = APIRouter(prefix="/v1/cases", tags=["cases"])

    def shown(request: Request, case: str, act: Callable[[], CaseFile]) -> WholeCase:
        """The case after an act of who may; what is against it becomes a problem."""
        seen = case_within_reach(request, view, case)
        require(request, Right.ACT, seen.case.section, view.catalog())
        try:
            found = act()
        except UnknownCaseError as e:
            raise ProblemError(404, e.key, **e.fields) from e
        except (StaleCaseError, CaseRefusedError) as e:
            raise ProblemError(409, e.key, **e.fields) from e
        return whole_case(found, view.catalog(), view.clock.now_ms())

    @router.patch("/{case}", summary="Change a case", responses=ACT_PROBLEMS)
    def change(request: Request, case: CaseId, changed: Changed, key: Key = None) -> WholeCase:
        """Title, state among those of work, assignee, due time, more items: all of it, or nothing."""
        wanted = _wanted(changed, view.clock.now_ms())
        return shown(request, case, lambda: view.cases.change(case, wanted, deciding(request, changed, key)))

    @router.post("/{case}/ticks", summary="Tick an item", responses=ACT_PROBLEMS)
    def tick(request: Request, case: CaseId, ticked: Ticked, key: Key = None) -> WholeCase:
        """Or take its tick away."""
        return shown(
            request,
            case,
            lambda: view.cases.tick(case, ticked.item, deciding(request, ticked, key), ticked=ticked.ticked),
        )

    @router.post("/{case}/comments", summary="Comment on a case", responses=ACT_PROBLEMS)
    def comment(request: Request, case: CaseId, commented: Commented, key: Key = None) -> WholeCase:
        """On one that has ended, too."""
        return shown(request, case, lambda: view.cases.comment(case, commented.text, adding(request, commented, key)))

    @router.post("/{case}/evidence", summary="Attach readings", responses=ACT_PROBLEMS)
    def attach(request: Request, case: CaseId, attached: Attached, key: Key = None) -> WholeCase:
        """Lays the readings themselves beside the case, with a hash; on one that has ended, too."""
        unit, span_ms, batch = _readings(view, attached)
        act = adding(request, attached, key)
        return shown(
            request, case, lambda: view.cases.attach(case, attached.series, unit, span_ms, batch, attached.text, act)
        )

    @router.post("/{case}/close", summary="Close a case", responses=ACT_PROBLEMS)
    def close(request: Request, case: CaseId, closed: Closed, key: Key = None) -> WholeCase:
        """It is done, for a reason; with items left unticked only where it is said why."""
        return shown(
            request, case, lambda: view.cases.close(case, closed.reason, closed.left, deciding(request, closed, key))
        )

    @router.post("/{case}/reopen", summary="Reopen a case", responses=ACT_PROBLEMS)
    def reopen(request: Request, case: CaseId, again: Ended, key: Key = None) -> WholeCase:
        """What was done is in progress again."""
        return shown(request, case, lambda: view.cases.reopen(case, again.reason, deciding(request, again, key)))

    @router.post("/{case}/void", summary="Make a case void", responses=ACT_PROBLEMS)
    def void(request: Request, case: CaseId, ended: Ended, key: Key = None) -> WholeCase:
        """It was opened by mistake. It keeps its number, and nothing changes it any more."""
        return shown(request, case, lambda: view.cases.void(case, ended.reason, deciding(request, ended, key)))

    return router


ACT_PROBLEMS: Final = problems(400, 403, 404, 409, 503)


def adding(request: Request, doing: Doing, key: str | None) -> CaseAct:
    """Who adds something."""
    return CaseAct(who(request, doing), None, key)


def deciding(request: Request, decided: Deciding, key: str | None) -> CaseAct:
    """Who decides, and on which version."""
    return CaseAct(who(request, decided), decided.version, key)


def _wanted(changed: Changed, now_ms: int) -> CaseChange:
    said = changed.model_fields_set
    return CaseChange(
        title=UNSET if changed.title is None else changed.title,
        state=UNSET if changed.state is None else changed.state,
        assignee=changed.assignee if "assignee" in said else UNSET,
        due_ms=UNSET if "due" not in said else None if changed.due is None else due_ms(changed.due, now_ms),
        add=changed.add,
        text=changed.text,
    )


def _readings(view: View, attached: Attached) -> tuple[str, tuple[int, int], ReadingBatch]:
    """Unit, span and readings that are asked for. Raises ProblemError."""
    try:
        key = SeriesKey.parse(attached.series)
    except ValueError as e:
        raise ProblemError(400, "case.series", found=attached.series) from e
    catalog = view.catalog()
    index = index_of(key.device, key.sensor, catalog)
    from_ms = read_moment("from", attached.from_)
    to_ms = view.clock.now_ms() + 1 if attached.to is None else read_moment("to", attached.to)
    if from_ms >= to_ms:
        raise ProblemError(400, "api.span-empty", start=iso(from_ms), end=iso(to_ms))
    check_points(view.store, index, from_ms, to_ms, to_ms - from_ms)
    batch = view.store.readings(np.array([index], np.int64), from_ms, to_ms)
    return catalog.sensors[index].quantity.unit, (from_ms, to_ms), batch
