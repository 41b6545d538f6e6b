"""A rule's numbers as they hold for one sensor: the rule's own, where the catalog does not override them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alerts.expression import Condition, lookups
from city.catalog import Catalog, Sensor
from city.errors import Mistake
from city.rule import Rule
from city.value import near


@dataclass(frozen=True, slots=True)
class Terms:
    """See `Rule`; no_data_ms is 0 for a rule without."""

    for_ms: int
    hold_ms: int
    no_data_ms: int
    severity: int


def terms(rule: Rule, sensor: Sensor | None = None) -> Terms:
    """Of a rule, on a sensor if one is given."""
    own = Terms(rule.for_ms, rule.hold_ms, rule.no_data_ms or 0, rule.severity)
    override = sensor.overrides.get(rule.id) if sensor is not None else None
    if override is None:
        return own
    return Terms(
        own.for_ms if override.for_ms is None else override.for_ms,
        own.hold_ms if override.hold_ms is None else override.hold_ms,
        own.no_data_ms if override.no_data_ms is None or not own.no_data_ms else override.no_data_ms,
        own.severity if override.severity is None else override.severity,
    )


def number(rule: Rule, sensor: Sensor | None, name: str) -> float:
    """What `number("name")` of the rule is, for the sensor if one is given; NaN where the rule has no such name."""
    override = sensor.overrides.get(rule.id) if sensor is not None else None
    if override is not None and name in override.numbers:
        return override.numbers[name]
    return rule.numbers.get(name, float("nan"))


def check_overrides(rules: Sequence[Rule], chosen: Sequence[frozenset[str]], catalog: Catalog) -> Iterator[Mistake]:
    """What is wrong with the catalog's overrides of these rules. chosen: of each rule, the series that it selects."""
    selects = {rule.id: (rule, series) for rule, series in zip(rules, chosen, strict=True)}
    for sensor in catalog.sensors:
        for name, override in sensor.overrides.items():
            if name not in selects:
                continue  # of a rule that is not looked at here
            rule, series = selects[name]
            if str(sensor.key) not in series:
                yield Mistake.at(override.place, "alerts.override_elsewhere", rule=name, sensor=str(sensor.key))
            if override.no_data_ms is not None and rule.no_data_ms is None:
                yield Mistake.at(override.place, "alerts.override_no_data", rule=name)
            if override.severity is not None and rule.severities:
                yield Mistake.at(override.place, "alerts.override_severity", rule=name)
            for unknown in override.numbers.keys() - rule.numbers.keys():
                known = near(unknown, rule.numbers) or ", ".join(rule.numbers) or "—"
                yield Mistake.at(override.place, "alerts.override_number", rule=name, name=unknown, known=known)


def unknown_rules(rules: Sequence[Rule], catalog: Catalog) -> Iterator[Mistake]:
    """Overrides of rules that are not there: warnings, since a city's rules and catalog change one after the other."""
    known = {rule.id for rule in rules}
    for sensor in catalog.sensors:
        for name, override in sensor.overrides.items():
            if name not in known:
                yield Mistake.at(override.place, "alerts.override_rule", rule=name, near=near(name, known) or "—")


def unknown_numbers(rule: Rule, condition: Condition) -> Iterator[tuple[str, int]]:
    """Names, and where they stand in the expression, of `number("…")` that the rule does not give."""
    for lookup in lookups(condition):
        if lookup.kind == "number" and lookup.name not in rule.numbers:
            yield lookup.name, lookup.column
