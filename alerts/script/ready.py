"""A case made ready to run: its catalog and rules are loaded, and every name that it may leave out is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from alerts.rule_file import RuleSet
from alerts.script.case import (
    Case,
    Decide,
    Expect,
    ExpectNothing,
    ExpectWarning,
    LiftSilence,
    Load,
    MakeSilence,
    NewSensor,
    Outage,
    Reload,
    RuleFiles,
    Step,
    Wait,
)
from alerts.script.names import Names
from alerts.script.sources import read_sources, sensors_catalog
from city.catalog import Catalog
from city.errors import Mistake, Place


@dataclass(frozen=True, slots=True)
class NewRules:
    """A `reload` whose rules are loaded."""

    place: Place
    rules: RuleSet
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewCatalog:
    """A `sensor` in the course of a case, as the catalog that it makes."""

    place: Place
    catalog: Catalog


ReadyStep = (
    Load
    | Wait
    | Outage
    | NewRules
    | NewCatalog
    | Decide
    | MakeSilence
    | LiftSilence
    | Expect
    | ExpectNothing
    | ExpectWarning
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A case that only needs to be run."""

    case: Case
    catalog: Catalog
    rules: RuleSet
    files: Mapping[str, str]
    steps: tuple[ReadyStep, ...]


def make_ready(case: Case, file: str, city: Catalog | None, files: RuleFiles, mistakes: list[Mistake]) -> Ready | None:
    """The case ready to run, or None where `mistakes` say why not.

    city: the catalog of the city that the script is for; sensors of a case's own stand alone
    """
    before = len(mistakes)
    catalog = sensors_catalog(file, case.sensors, mistakes) if case.sensors else city
    if catalog is None:
        if len(mistakes) == before:
            mistakes.append(Mistake.at(case.place, "script.no_sensor"))
        return None
    if not case.rules:
        mistakes.append(Mistake.at(case.place, "script.no_rules"))
        return None
    found = read_sources(file, case.rules, files, catalog, mistakes)
    if found is None:
        return None
    steps = _Steps(case, file, files, Names(catalog, found[0].rules, mistakes), found[0], mistakes)
    ready = [made for step in case.steps if (made := steps.make(step)) is not None]
    return Ready(case, catalog, *found, tuple(ready)) if len(mistakes) == before else None


class _Steps:
    """The steps of a case, one after the other."""

    def __init__(
        self, case: Case, file: str, files: RuleFiles, names: Names, rules: RuleSet, mistakes: list[Mistake]
    ) -> None:
        self._file = file
        self._files = files
        self._names = names
        self._rules = rules
        self._sensors = list(case.sensors)
        self._mistakes = mistakes

    def make(self, step: Step) -> ReadyStep | None:
        """The step ready to be taken, or None where it cannot be."""
        ready: ReadyStep | None
        match step:
            case Load():
                ready = self._names.load(step)
            case Wait():
                ready = self._names.wait(step)
            case Outage():
                self._names.clock_ms += step.span_ms
                ready = step
            case Decide():
                ready = self._names.decide(step)
            case MakeSilence():
                ready = self._names.silence(step)
            case LiftSilence():
                ready = self._names.lift(step)
            case Expect():
                ready = self._names.expect(step)
            case ExpectWarning():
                ready = self._names.warning(step)
            case ExpectNothing():
                ready = step
            case Reload():
                ready = self._reload(step)
            case NewSensor():
                ready = self._new_sensor(step)
            case _:
                assert_never(step)
        return ready

    def _reload(self, step: Reload) -> NewRules | None:
        found = read_sources(self._file, step.rules, self._files, self._names.catalog, self._mistakes)
        if found is None:
            return None
        self._rules = found[0]
        self._names.know(self._names.catalog, self._rules.rules)
        return NewRules(step.place, *found)

    def _new_sensor(self, step: NewSensor) -> NewCatalog | None:
        if not self._sensors:
            self._mistakes.append(Mistake.at(step.place, "script.city_sensor"))
            return None
        self._sensors.append(step.sensor)
        catalog = sensors_catalog(self._file, self._sensors, self._mistakes)
        if catalog is None:
            return None
        self._names.know(catalog, self._rules.rules)
        return NewCatalog(step.place, catalog)
