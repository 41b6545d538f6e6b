"""Incidents 事案 and their runs: looked for, read, and taken in hand."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from api import run_acts
from api.admission import principal_of
from api.approval_ports import Approval
from api.cursor import read_cursor, write_cursor
from api.incident_reach import incident_within_reach, sections_reached
from api.ports import View
from api.problem import problems
from api.routes.cases import LINES, ONE_LINE
from api.run_shown import IncidentsFound, WholeIncident, row_shown, whole_incident
from city.run import Hand, IncidentsWanted

INCIDENTS_AT_MOST: Final = 500
IncidentId = Annotated[str, Path(max_length=64, pattern=ONE_LINE)]
Reason = Annotated[
    str, Field(min_length=1, max_length=2_000, pattern=LINES, description="Why; it stands in the chronology.")
]


class Resolved(BaseModel):
    """What a person started is over."""

    reason: Reason


class HandLaid(BaseModel):
    """What is done to a run, or (skip, redo) to one of its steps."""

    hand: Literal["pause", "resume", "take_over", "stop", "skip", "redo"]
    place: Annotated[
        str | None, Field(max_length=200, pattern=ONE_LINE, description="Of the step.", examples=["steps.2"])
    ] = None
    reason: Reason


def routes(view: View) -> APIRouter:
    """`/v1/incidents`."""
    router = APIRouter(prefix="/v1/incidents", tags=["runs"])

    def shown(request: Request, ident: str) -> WholeIncident:
        found = incident_within_reach(request, view, ident)

        def yours(asked: Approval) -> bool:
            return can_answer(request, view, asked, found.incident.opened_by)

        return whole_incident(found, yours)

    @router.get("", summary="Incidents", responses=problems(400, 503))
    def incidents(
        request: Request,
        open_: Annotated[bool | None, Query(alias="open", description="Whether something is left to do.")] = None,
        drill: Annotated[bool | None, Query(description="Exercises alone, or none of them.")] = None,
        limit: Annotated[int, Query(ge=1, le=INCIDENTS_AT_MOST)] = 100,
        after: Annotated[str | None, Query(max_length=200, description="`next` of the answer before.")] = None,
    ) -> IncidentsFound:
        """Those of the sections that you reach and the city's own, page by page."""
        wanted = IncidentsWanted(open_, sections_reached(principal_of(request), view.catalog()), drill)
        rows = view.incidents.incidents(wanted, None if after is None else read_cursor(after), limit + 1)
        last = rows[limit - 1].incident if len(rows) > limit else None
        return IncidentsFound(
            incidents=[row_shown(row) for row in rows[:limit]],
            next=None if last is None else write_cursor(last.opened_ms, last.id),
        )

    @router.get("/{ident}", summary="One incident", responses=problems(400, 404, 503))
    def one(request: Request, ident: IncidentId) -> WholeIncident:
        """With its run, chronology, approvals, deliveries and cases."""
        return shown(request, ident)

    @router.post("/{ident}/resolve", summary="End an incident", responses=ACT_PROBLEMS)
    def resolve(request: Request, ident: IncidentId, resolved: Resolved) -> WholeIncident:
        """One that a person started; others end with their last alert."""
        run_acts.resolve(request, view, ident, resolved.reason)
        return shown(request, ident)

    @router.post("/{ident}/hand", summary="Take a run in hand", responses=ACT_PROBLEMS)
    def hand(request: Request, ident: IncidentId, laid: HandLaid) -> WholeIncident:
        """Pause, resume, take over, stop; skip a step, or have it done again."""
        run_acts.by_hand(request, view, ident, Hand(laid.hand), laid.reason, laid.place)
        return shown(request, ident)

    return router


ACT_PROBLEMS: Final = problems(400, 403, 404, 409, 503)


def can_answer(request: Request, view: View, asked: Approval, opened_by: str | None) -> bool:
    """Whether an approval waits for whoever asks."""
    return asked.answered_ms is None and view.runs.refusal(asked, opened_by, principal_of(request)) is None
