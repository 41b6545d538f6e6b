"""Silences: what people do not want to be told of, for a time or at certain hours."""

import secrets
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from api.admission import name_of
from api.deciding import By, Key, Words, key_of
from api.moment import iso, iso_or_none
from api.ports import MadeSilence, View
from api.problem import BothLanguages, ProblemError, in_both, problems
from api.silencing import NewSilence, ident_of, silence_of, within_reach
from city.decision import Decision, Lift
from city.schedule_file import written

# As many as the list shows at once.
LIFTED_AT_ONCE: Final = 200
Ident = Annotated[str, Field(min_length=1, max_length=32)]


class SilenceShown(BaseModel):
    """A silence with who made it, and who lifted it, if anybody did."""

    id: str
    rules: list[str]
    subjects: list[str]
    areas: list[str]
    severity_at_most: int | None
    from_: Annotated[str, Field(serialization_alias="from")]
    to: str | None
    schedule: Annotated[str, Field(description="The hours that it is in force at, as in a rule; empty: all.")]
    made: str
    by: str
    text: str
    lifted: str | None
    lifted_by: str | None


class Silences(BaseModel):
    """The newest first."""

    silences: list[SilenceShown]


class Silenced(BaseModel):
    """What was written. `applied`: false where the engine had not come to it yet; it will."""

    id: str
    position: int
    applied: bool


class Lifting(BaseModel):
    """Who lifts it, and why."""

    by: By = None
    text: Words = ""


class LiftingSeveral(Lifting):
    """Which."""

    ids: Annotated[list[Ident], Field(min_length=1, max_length=LIFTED_AT_ONCE)]


class LiftOutcome(BaseModel):
    """What came of one: done, refused (it is another's), unknown (there is none of that id)."""

    id: str
    outcome: Literal["done", "refused", "unknown"]
    position: int | None
    applied: bool
    problem: Annotated[BothLanguages | None, Field(description="Why it was not done.")] = None


class LiftOutcomes(BaseModel):
    """In the order in which they were asked for."""

    done: int
    outcomes: list[LiftOutcome]


def routes(view: View) -> APIRouter:
    """`/v1/silences`."""
    router = APIRouter(prefix="/v1", tags=["decisions"])

    @router.get("/silences", summary="Silences", responses=problems(400, 503))
    def silences(
        *,
        over: Annotated[bool, Query(description="Those that are over, too.")] = False,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
    ) -> Silences:
        """Those in force now or later."""
        found = view.decisions.silences(None if over else view.clock.now_ms(), limit)
        return Silences(silences=[_shown(made) for made in found])

    @router.post("/silences", summary="Silence alerts", responses=problems(400, 403, 503))
    def silence(request: Request, new: NewSilence, key: Key = None) -> Silenced:
        """It stands in the journal when this answers, and holds back what begins to fire from then on."""
        key = key or secrets.token_hex(16)
        wanted = silence_of(new, key, view)
        within_reach(request, wanted, view)
        made = view.decisions.decide(Decision(key, name_of(request, new.by), wanted, new.text))
        return Silenced(id=ident_of(key), position=made.position, applied=made.applied)

    @router.post("/silences/{id}/lift", summary="Lift a silence", responses=problems(400, 403, 404, 503))
    def lift(
        request: Request, lifting: Lifting, id_: Annotated[str, Path(alias="id", max_length=32)], key: Key = None
    ) -> Silenced:
        """It ends now; what still fires under it is told at once. Lifting one that is over changes nothing."""
        check(request, id_)
        by = name_of(request, lifting.by)
        made = view.decisions.decide(Decision(key or secrets.token_hex(16), by, Lift(id_), lifting.text))
        return Silenced(id=id_, position=made.position, applied=made.applied)

    @router.post("/silences/lift", summary="Lift several silences", responses=problems(400, 403, 503))
    def lift_several(request: Request, lifting: LiftingSeveral, key: Key = None) -> LiftOutcomes:
        """Each ends now. That one is refused or unknown keeps no other back; under the same key it is done once."""
        key, by = key or secrets.token_hex(16), name_of(request, lifting.by)
        refused = {id_: error for id_ in lifting.ids if (error := against(request, id_)) is not None}
        ids = [id_ for id_ in dict.fromkeys(lifting.ids) if id_ not in refused]
        made = view.decisions.decide_all([Decision(key_of(key, id_), by, Lift(id_), lifting.text) for id_ in ids])
        done = dict(zip(ids, made, strict=True))
        return LiftOutcomes(
            done=len(done),
            outcomes=[
                LiftOutcome(id=id_, outcome="done", position=done[id_].position, applied=done[id_].applied)
                if id_ in done
                else _not_lifted(id_, refused[id_])
                for id_ in lifting.ids
            ],
        )

    def check(request: Request, id_: str) -> None:
        """That there is such a silence, and that it is theirs. Raises ProblemError."""
        found = view.decisions.silence(id_)
        if found is None:
            raise ProblemError(404, "decisions.no-silence", id=id_)
        within_reach(request, found.silence, view)

    def against(request: Request, id_: str) -> ProblemError | None:
        try:
            check(request, id_)
        except ProblemError as error:
            return error
        return None

    return router


def _not_lifted(id_: str, error: ProblemError) -> LiftOutcome:
    unknown = error.key == "decisions.no-silence"
    return LiftOutcome(
        id=id_,
        outcome="unknown" if unknown else "refused",
        position=None,
        applied=False,
        problem=in_both(error.key, error.fields),
    )


def _shown(made: MadeSilence) -> SilenceShown:
    silence = made.silence
    return SilenceShown(
        id=silence.id,
        rules=list(silence.rules),
        subjects=list(silence.subjects),
        areas=list(silence.areas),
        severity_at_most=silence.severity_at_most,
        from_=iso(silence.from_ms),
        to=iso_or_none(silence.to_ms),
        schedule=written(silence.schedule),
        made=iso(made.made_ms),
        by=made.made_by,
        text=made.text,
        lifted=iso_or_none(made.lifted_ms),
        lifted_by=made.lifted_by,
    )
