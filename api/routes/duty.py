"""The duty roster, for programs and the command line."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from api.admission import principal_of
from api.moment import iso, read_moment
from api.ports import View
from api.problem import problems
from city.duty import Duty, NewDuty
from city.principal import CITY
from city.right import Role

AHEAD_MS: Final = 31 * 86_400_000  # a month's roster
Moment = Annotated[str, Field(max_length=40, examples=["2026-11-30T17:15:00+09:00"])]
PersonId = Annotated[str, Field(min_length=1, max_length=32, description="As `/v1/people` has it.")]


class WantedDuty(BaseModel):
    """What is to stand in the roster."""

    person: PersonId
    role: Role
    unit: Annotated[str, Field(max_length=64, description="A department's id; empty: the whole city.")] = CITY
    from_: Annotated[Moment, Field(alias="from")]
    to: Moment
    in_place_of: Annotated[
        PersonId | None, Field(description="Who is away, and whom they act for; null: on duty themselves.")
    ] = None
    weeks: Annotated[int, Field(description="The same in each of so many weeks.")] = 1


class DutyShown(BaseModel):
    """One entry. Names beside the ids, for people."""

    id: str
    person: str
    name: str
    role: Role
    unit: str
    from_: Annotated[str, Field(serialization_alias="from")]
    to: str
    in_place_of: str | None
    in_place_of_name: str | None
    made: str
    made_by: str


class DutiesShown(BaseModel):
    """By their beginning."""

    duties: list[DutyShown]


def routes(view: View) -> APIRouter:
    """`/v1/duty`."""
    router = APIRouter(prefix="/v1/duty", tags=["people"])
    duties, people = view.access.duties, view.access.people

    def shown(entries: list[Duty]) -> DutiesShown:
        names = {one.id: one.name for one in people.all()}
        return DutiesShown(duties=[_shown(entry, names) for entry in entries])

    @router.get("", summary="The duty roster", responses=problems(400, 401, 403, 503))
    def listed(
        from_: Annotated[str | None, Query(alias="from", max_length=40, description="Default: now.")] = None,
        to: Annotated[str | None, Query(max_length=40, description="Default: 31 days later.")] = None,
    ) -> DutiesShown:
        """Entries in force at some time between."""
        from_ms = view.clock.now_ms() if from_ is None else read_moment("from", from_)
        until_ms = from_ms + AHEAD_MS if to is None else read_moment("to", to)
        return shown(list(duties.between(from_ms, until_ms)))

    @router.post("", summary="Add to the roster", responses=problems(400, 401, 403, 503))
    def add(request: Request, wanted: WantedDuty) -> DutiesShown:
        """In force at once. Nobody can make themselves a substitute."""
        new = NewDuty(
            wanted.person,
            wanted.role,
            wanted.unit,
            read_moment("from", wanted.from_),
            read_moment("to", wanted.to),
            wanted.in_place_of,
        )
        return shown(list(duties.add(new, wanted.weeks, principal_of(request))))

    @router.post("/{ident}/remove", summary="Remove from the roster", responses=problems(400, 401, 403, 503))
    def remove(request: Request, ident: str) -> DutyShown:
        """Who acted by it acts no more; the audit log keeps what it was."""
        return shown([duties.remove(ident, principal_of(request))]).duties[0]

    return router


def _shown(entry: Duty, names: dict[str, str]) -> DutyShown:
    away = entry.in_place_of
    return DutyShown(
        id=entry.id,
        person=entry.person,
        name=names[entry.person],
        role=entry.role,
        unit=entry.unit,
        from_=iso(entry.from_ms),
        to=iso(entry.until_ms),
        in_place_of=away,
        in_place_of_name=None if away is None else names[away],
        made=iso(entry.made_ms),
        made_by=entry.made_by,
    )
