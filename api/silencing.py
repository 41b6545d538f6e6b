"""A silence that is asked for: what it may say, and whether it is within the reach of who asks."""

import hashlib
from collections.abc import Collection
from typing import Annotated, Final

from fastapi import Request
from pydantic import BaseModel, Field

from api.admission import require
from api.deciding import By, Words, owner_of
from api.moment import read_moment
from api.ports import View
from api.problem import ProblemError
from city.alert import NO_DATA, ZONE_SILENT
from city.catalog import Catalog
from city.decision import Silence
from city.errors import Mistake, MistakesError
from city.messages import CATALOGUE
from city.right import Right
from city.schedule import Schedule
from city.schedule_file import read_schedules
from city.section import file_section
from city.subject import subject_of
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


def ident_of(key: str) -> str:
    """The id of the silence that is made under a key: the same again for the same key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def silence_of(new: NewSilence, key: str, view: View) -> Silence:
    """Checked against the city. Raises ProblemError, or MistakesError for the schedule."""
    now_ms = view.clock.now_ms()
    from_ms = now_ms if new.from_ is None else max(now_ms, read_moment("from", new.from_))
    to_ms = None if new.to is None else read_moment("to", new.to)
    schedule = schedule_of(new.schedule)
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
        ident_of(key),
        from_ms,
        to_ms,
        tuple(new.rules),
        tuple(new.subjects),
        tuple(new.areas),
        new.severity_at_most,
        schedule,
    )


def within_reach(request: Request, silence: Silence, view: View) -> None:
    """That what it names is theirs who ask; one that names neither rules nor sensors is the whole city's."""
    catalog, rules = view.catalog(), view.rules()
    owners = {owner_of(rule, rules) for rule in silence.rules} or {_owner(name, catalog) for name in silence.subjects}
    for owner in sorted(owner or "" for owner in owners or {None}):
        require(request, Right.SILENCE, owner, catalog)


def _owner(subject: str, catalog: Catalog) -> str | None:
    sensor = subject_of(subject, catalog).sensor
    return None if sensor is None else sensor.owner


def _known(what: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            nearest = near(name, known) or "—"
            raise ProblemError(400, "decisions.unknown", what=CATALOGUE[f"decisions.{what}"], found=name, near=nearest)


def schedule_of(text: str) -> tuple[Schedule, ...]:
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
