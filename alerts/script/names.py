"""What a case may name: its sensors, rules, groups and silences, as it goes along."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from alerts.script.case import Decide, Expect, ExpectWarning, LiftSilence, Load, MakeSilence, Wait
from alerts.script.words import span
from city.alert import NO_DATA, ZONE_SILENT
from city.catalog import Catalog
from city.errors import Mistake, Place
from city.rule import Rule
from city.sensor_health import measured
from city.value import near


class Names:
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
        self._usual = [str(sensor.key) for sensor in measured(catalog.sensors)]
        silent = [rule.id + NO_DATA for rule in rules if rule.no_data_ms is not None]
        self._alerts = [*dict.fromkeys([*self._alerts, *self._rules, *silent, ZONE_SILENT])]
        kinds = (("area", catalog.areas), ("river", catalog.rivers), ("site", catalog.sites))
        self._groups = [*catalog.zones, *(f"{kind}/{name}" for kind, names in kinds for name in names)]

    def load(self, step: Load) -> Load:
        """With its series; the clock has come to the last arrival."""
        known = set(self._series)
        filled = {
            name: self._one(name, known, self._usual, "script.unknown_sensor", "script.which_sensor", step.place)
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
        usual = [*self.catalog.zones] if rule == ZONE_SILENT else self._usual
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
