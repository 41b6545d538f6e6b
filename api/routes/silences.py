"""Silences: what people do not want to be told of, for a time or at certain hours."""

import hashlib
import secrets
from collections.abc import Collection
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from api.admission import name_of, require
from api.moment import iso, iso_or_none, read_moment
from api.ports import MadeSilence, View
from api.problem import ProblemError, problems
from api.routes.decisions import By, Key, Words, owner_of
from city.alert import NO_DATA, ZONE_SILENT
from city.decision import Decision, Lift, Silence
from city.errors import Mistake, MistakesError
from city.messages import CATALOGUE
from city.right import Right
from city.schedule import Schedule
from city.schedule_file import read_schedules, written
from city.section import file_section
from city.value import near

# A season. What nobody wants to hear of for longer is a matter for the rule, where others see it.
LONGEST_DAYS: Final = 92
_DAY_MS: Final = 86_400_000
NAMES_AT_MOST: Final = 100
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=140)]], Field(max_length=NAMES_AT_MOST)]


class NewSilence(BaseModel):
    """Alerts that fit all that is given are told to nobody; what still fires when it is over is told then."""

    by: By = None
    text: Words = ""
    rules: Annotated[Names, Field(description="Ids; with a rule its `:no-data` too.")] = []
    subjects: Annotated[Names, Field(description="`device:sensor`.")] = []
    areas: Names = []
    severity_at_most: Annotated[int | None, Field(ge=1, le=5)] = None
    from_: Annotated[str | None, Field(alias="from", max_length=64, description="Default: now.")] = None
    to: Annotated[str | None, Field(max_length=64, description="May be left out where there is a schedule.")] = None
    schedule: Annotated[
        str,
        Field(
            max_length=2_000,
            description="Only at these hours, written as in a rule; in the time of Japan unless it names a zone.",
            examples=["{days: [sat, sun], times: 22:00-6:00, holidays: true}"],
        ),
    ] = ""


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
        wanted = _silence(new, key, view)
        _within_reach(request, wanted, view)
        made = view.decisions.decide(Decision(key, name_of(request, new.by), wanted, new.text))
        return Silenced(id=_ident(key), position=made.position, applied=made.applied)

    @router.post("/silences/{id}/lift", summary="Lift a silence", responses=problems(400, 403, 404, 503))
    def lift(
        request: Request, lifting: Lifting, id_: Annotated[str, Path(alias="id", max_length=32)], key: Key = None
    ) -> Silenced:
        """It ends now; what still fires under it is told at once. Lifting one that is over changes nothing."""
        found = view.decisions.silence(id_)
        if found is None:
            raise ProblemError(404, "decisions.no-silence", id=id_)
        _within_reach(request, found.silence, view)
        by = name_of(request, lifting.by)
        made = view.decisions.decide(Decision(key or secrets.token_hex(16), by, Lift(id_), lifting.text))
        return Silenced(id=id_, position=made.position, applied=made.applied)

    return router


def _ident(key: str) -> str:
    """The id of the silence that is made under a key: the same again for the same key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _silence(new: NewSilence, key: str, view: View) -> Silence:
    """Checked against the city. Raises ProblemError, or MistakesError for the schedule."""
    now_ms = view.clock.now_ms()
    from_ms = now_ms if new.from_ is None else max(now_ms, read_moment("from", new.from_))
    to_ms = None if new.to is None else read_moment("to", new.to)
    schedule = _schedule(new.schedule)
    if not (new.rules or new.subjects or new.areas or new.severity_at_most):
        raise ProblemError(400, "decisions.silence-all")
    if to_ms is None and not schedule:
        raise ProblemError(400, "decisions.silence-endless")
    if to_ms is not None and (to_ms <= from_ms or (to_ms - from_ms > LONGEST_DAYS * _DAY_MS and not schedule)):
        raise ProblemError(400, "decisions.silence-span", days=LONGEST_DAYS)
    catalog, rules = view.catalog(), view.rules()
    _known("rule", new.rules, {ZONE_SILENT, *rules, *(rule + NO_DATA for rule in rules)})
    _known("subject", new.subjects, {*catalog.zones, *(str(sensor.key) for sensor in catalog.sensors)})
    _known("area", new.areas, catalog.areas)
    return Silence(
        _ident(key),
        from_ms,
        to_ms,
        tuple(new.rules),
        tuple(new.subjects),
        tuple(new.areas),
        new.severity_at_most,
        schedule,
    )


def _within_reach(request: Request, silence: Silence, view: View) -> None:
    """That what it names is theirs who ask; one that names neither rules nor sensors is the whole city's."""
    catalog, rules = view.catalog(), view.rules()
    sensors = {str(sensor.key): sensor.owner for sensor in catalog.sensors}
    owners = {owner_of(rule, rules) for rule in silence.rules} or {sensors.get(name) for name in silence.subjects}
    for owner in sorted(owner or "" for owner in owners or {None}):
        require(request, Right.SILENCE, owner, catalog)


def _known(what: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            nearest = near(name, known) or "—"
            raise ProblemError(400, "decisions.unknown", what=CATALOGUE[f"decisions.{what}"], found=name, near=nearest)


def _schedule(text: str) -> tuple[Schedule, ...]:
    """What a rule's `schedule` would be; empty for none. Raises MistakesError."""
    if not text.strip():
        return ()
    mistakes: list[Mistake] = []
    section = file_section(f"schedule: {text}", "schedule", mistakes)
    found = read_schedules(section, "schedule")
    section.end()
    if mistakes:
        raise MistakesError(mistakes)
    return found


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
