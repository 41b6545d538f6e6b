"""A case made ready to run: its catalog and rules are loaded, and every name that it may leave out is filled in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from alerts.plan import NO_DATA
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
from alerts.script.sources import read_sources, sensors_catalog
from alerts.script.words import span
from city.alert import ZONE_SILENT
from city.catalog import Catalog
from city.errors import Mistake, Place
from city.rule import Rule
from city.value import near


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


ReadyStep = Load | Wait | Outage | NewRules | NewCatalog | Decide | MakeSilence | LiftSilence | Expect | ExpectNothing | ExpectWarning


@dataclass(frozen=True, slots=True)
class Ready:
    """A case that only needs to be run."""

    case: Case
    catalog: Catalog
    rules: RuleSet
    files: Mapping[str, str]
    steps: tuple[ReadyStep, ...]


class _Names:
    """What a case may name, as it goes along."""

    def __init__(self, catalog: Catalog, rules: Sequence[Rule], mistakes: list[Mistake]) -> None:
        self._mistakes = mistakes
        self._alerts: list[str] = []
        self._silences: list[str] = []
        self.clock_ms = 0
        self.know(catalog, rules)

    def know(self, catalog: Catalog, rules: Sequence[Rule]) -> None:
        """A new catalog or new rules. What a rule that is gone did may still be asked for."""
        self.catalog = catalog
        self._rules = [rule.id for rule in rules]
        self._series = [str(sensor.key) for sensor in catalog.sensors]
        silent = [rule.id + NO_DATA for rule in rules if rule.no_data_ms is not None]
        self._alerts = [*dict.fromkeys([*self._alerts, *self._rules, *silent, ZONE_SILENT])]
        self._groups = [*catalog.zones, *(f"{kind}/{name}" for kind, names in (("area", catalog.areas), ("river", catalog.rivers), ("site", catalog.sites)) for name in names)]

    def load(self, step: Load) -> Load:
        """With its series; the clock has come to the last arrival."""
        known = set(self._series)
        filled = {
            name: self._one(name, known, self._series, "script.unknown_sensor", "script.which_sensor", step.place)
            for name in {reading.series for reading in step.readings}
        }
        readings = tuple(replace(reading, series=filled[reading.series]) for reading in step.readings)
        arrivals = [step.arrival_ms(reading) for reading in readings]
        if min(arrivals) < self.clock_ms:
            self._wrong(step.place, "script.past", clock=span(self.clock_ms))
        self.clock_ms = max(self.clock_ms, *arrivals)
        return replace(step, readings=readings)

    def wait(self, step: Wait) -> Wait:
        """As the moment waited for."""
        until_ms = step.span_ms if step.until else self.clock_ms + step.span_ms
        if until_ms < self.clock_ms:
            self._wrong(step.place, "script.past", clock=span(self.clock_ms))
        self.clock_ms = max(self.clock_ms, until_ms)
        return replace(step, span_ms=until_ms, until=True)

    def expect(self, step: Expect) -> Expect:
        """With rule, subject and time."""
        rule, subject = self._alert(step.rule, step.subject, step.place)
        at_ms = self.clock_ms if step.at_ms is None else step.at_ms
        if at_ms > self.clock_ms:
            self._wrong(step.place, "script.ahead", clock=span(self.clock_ms))
        return replace(step, rule=rule, subject=subject, at_ms=at_ms)

    def decide(self, step: Decide) -> Decide:
        """With rule and subject."""
        rule, subject = self._alert(step.rule, step.subject, step.place)
        return replace(step, rule=rule, subject=subject)

    def silence(self, step: MakeSilence) -> MakeSilence:
        """Whose names are known, and its own from now on."""
        for name, known, key in (
            (step.rule, self._alerts, "script.unknown_rule"),
            (step.subject, [*self._series, *self._groups], "script.unknown_sensor"),
            (step.area, [*self.catalog.areas], "script.unknown_sensor"),
        ):
            if name is not None:
                self._one(name, known, (), key, "", step.place)
        self._silences.append(step.name)
        return step

    def lift(self, step: LiftSilence) -> LiftSilence:
        """Of a silence that was made."""
        self._one(step.name, self._silences, (), "script.unknown_silence", "", step.place)
        return step

    def warning(self, step: ExpectWarning) -> ExpectWarning:
        """With its rule."""
        known = set(self._rules)
        rule = self._one(step.rule, known, self._rules, "script.unknown_rule", "script.which_rule", step.place)
        return replace(step, rule=rule)

    def _alert(self, rule: str | None, subject: str | None, place: Place) -> tuple[str, str]:
        """Rule and subject; one word alone may be either."""
        known = {*self._series, *self._groups}
        if rule is not None and subject is None and rule not in self._alerts and rule in known:
            rule, subject = None, rule
        rule = self._one(rule, set(self._alerts), self._rules, "script.unknown_rule", "script.which_rule", place)
        usual = [*self.catalog.zones] if rule == ZONE_SILENT else self._series
        return rule, self._one(subject, known, usual, "script.unknown_sensor", "script.which_sensor", place)

    def _one(
        self, name: str | None, known: Collection[str], usual: Sequence[str], unknown: str, which: str, place: Place
    ) -> str:
        """The name where it is known; where none was given, the only usual one."""
        if name is None:
            if len(usual) != 1:
                self._wrong(place, which, known=", ".join(usual[:8]) or "—")
            return next(iter(usual), "")
        if name not in known:
            self._wrong(place, unknown, found=name[:80], near=near(name, known) or "—")
        return name

    def _wrong(self, place: Place, key: str, **fields: object) -> None:
        self._mistakes.append(Mistake.at(place, key, **fields))


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
    steps = _Steps(case, file, files, _Names(catalog, found[0].rules, mistakes), found[0], mistakes)
    ready = [made for step in case.steps if (made := steps.make(step)) is not None]
    return Ready(case, catalog, *found, tuple(ready)) if len(mistakes) == before else None


class _Steps:
    """The steps of a case, one after the other."""

    def __init__(
        self, case: Case, file: str, files: RuleFiles, names: _Names, rules: RuleSet, mistakes: list[Mistake]
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
