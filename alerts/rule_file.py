"""Rules from YAML, every mistake at once: in the file, in the expressions, and against the catalog."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from alerts.expression import Condition, is_group
from alerts.expression_text import read_condition
from alerts.flaps_file import read_flaps
from alerts.group_check import check_across, check_together
from alerts.group_file import read_by
from alerts.grouping import groups
from alerts.inhibits_file import check_inhibits, read_inhibits
from alerts.plan import selected
from alerts.rule_version import version_of
from alerts.scope import by_neighbour
from alerts.sensor_check import check_sensors
from alerts.severity_file import read_severity
from alerts.terms import check_overrides, unknown_numbers, unknown_rules
from alerts.tokens import Fault
from city.alert import ACT_WITHIN_MS
from city.catalog import Catalog
from city.errors import Mistake, MistakesError, Place
from city.quantity import QUANTITIES
from city.rule import Expectation, QualityView, Rule, RuleTest, Select, Source
from city.schedule_file import read_schedules
from city.section import Section, file_sections
from city.value import NAME, near
from city.written import Written
from city.yaml_file import Scalar

MAX_FOR_MS: Final = 30 * 86_400_000  # a month: what has been pending or held for longer nobody waits for


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that were loaded, and what is odd about them without being wrong: warnings for whoever wrote them."""

    rules: tuple[Rule, ...]
    warnings: tuple[Mistake, ...]


def load_rules(
    files: Mapping[str, str], catalog: Catalog | None = None, *, check_names: bool = True
) -> tuple[Rule, ...]:
    """The rules of the files (relative path → YAML text), in the order of path and place.

    With a catalog they are checked against it too. `check_names` False: it is that of readings from elsewhere, and
    owners, places, neighbours and the sensors of tests are others. Raises MistakesError with every mistake at once.
    """
    return read_rules(files, catalog, check_names=check_names).rules


def read_rules(
    files: Mapping[str, str],
    catalog: Catalog | None = None,
    *,
    check_names: bool = True,
    playbooks: Collection[str] | None = None,
) -> RuleSet:
    """As `load_rules`, with its warnings. playbooks: those that a rule may name, None: any."""
    mistakes: list[Mistake] = []
    warnings: list[Mistake] = []
    rules: list[Rule] = []
    sections: list[Section] = []
    for path in sorted(files):
        for section in file_sections(files[path], path, mistakes):
            before = len(mistakes)
            rule = read_rule(section, path)
            if playbooks is not None and rule.playbook:
                section.reference("playbook", playbooks)
            conditions = [c for s in rule.sources if (c := _condition(s, rule, mistakes))]
            if rule.by is not None and len(mistakes) == before and not any(map(is_group, conditions)):
                section.value("by").wrong("alerts.rule_by_alone")
            if len(mistakes) == before:
                mistakes += [_mistake(*wrong) for wrong in check_together(rule.sources, conditions)]
            twin = next((r for r in rules if r.id == rule.id and rule.id), None)
            if twin is not None:
                section.value("id").wrong("alerts.rule_twice", rule=rule.id, first=str(twin.place))
            if catalog is not None:
                if check_names:
                    _check_names(section, catalog)
                if len(mistakes) == before:
                    across = [_mistake(*wrong) for wrong in check_across(rule, rule.sources, conditions, catalog)]
                    (mistakes if check_names else warnings).extend(across)
                    _check_series(rule, conditions, catalog, mistakes, warnings)
            rules.append(rule)
            sections.append(section)
    warnings += check_inhibits(rules, sections)
    if catalog is not None and not mistakes:
        chosen = [frozenset(str(catalog.sensors[i].key) for i in selected(r.select, catalog).tolist()) for r in rules]
        mistakes += check_overrides(rules, chosen, catalog)
        warnings += unknown_rules(rules, catalog)
    if mistakes:
        raise MistakesError(mistakes)
    return RuleSet(tuple(rules), tuple(warnings))


def read_rule(section: Section, path: str) -> Rule:
    """The rule that a section of the file `path` says; what is wrong in it is noted with the section."""
    for_ms, hold_ms = (_bounded_ms(section, key, 0) for key in ("for", "hold"))
    no_data_ms = None
    if section.optional("no_data") is not None:
        no_data_ms = _bounded_ms(section, "no_data", 0)
        if not no_data_ms:
            section.value("no_data").wrong("alerts.rule_no_data")
    severity, severities = read_severity(section)
    rule = Rule(
        id=section.name("id"),
        version="",
        title=section.title("title"),
        owner=section.name("owner"),
        select=_select(section),
        raise_=_source(section, "raise") or Source("", section.place),
        severity=severity,
        severities=severities,
        for_ms=for_ms,
        clear=_source(section, "clear"),
        hold_ms=hold_ms,
        alert_level=section.integer("alert_level", low=1, high=5, default=None),
        no_data_ms=no_data_ms,
        act_within_ms=section.duration_ms("act_within", default=ACT_WITHIN_MS),
        numbers=section.numbers("numbers"),
        quality=section.choice("quality", QualityView, default=QualityView.GOOD),
        playbook=section.name("playbook", default=None),
        schedule=read_schedules(section, "schedule"),
        shadow=section.flag("shadow", default=False),
        inhibits=read_inhibits(section),
        flaps=read_flaps(section),
        by=read_by(section),
        tests=tuple(_test(test) for test in section.sections("tests")),
        place=section.place if section.place.file else Place(path),
    )
    return replace(rule, version=version_of(rule))


def _bounded_ms(section: Section, key: str, default: int) -> int:
    found = section.duration_ms(key, default=default)
    if found > MAX_FOR_MS:
        section.value(key).wrong("alerts.rule_duration", key=key, limit="30d")
    return found


def _source(section: Section, key: str) -> Source | None:
    value = section.optional(key) if key == "clear" else section.value(key)
    if value is None or value.node is None:
        return None
    if isinstance(value.node, Scalar) and not value.node.plain and not value.node.text.strip():
        value.wrong("alerts.expression_empty", column=1)
        return None
    return Source(value.text(), value.place, value.node.written if isinstance(value.node, Scalar) else Written(""))


def _select(section: Section) -> Select:
    inner = section.section("select")

    def names(key: str) -> frozenset[str] | None:
        return frozenset(inner.names(key)) if inner.has(key) else None

    series = frozenset(item.text() for item in inner.items("series")) if inner.optional("series") else None
    return Select(
        quantity=inner.reference("quantity", QUANTITIES),
        area=names("area"),
        river=names("river"),
        site=names("site"),
        series=series,
    )


def _test(section: Section) -> RuleTest:
    readings = section.section("readings")
    expect = [
        Expectation(
            at_ms=item.duration_ms("at"),
            state=item.value("state").text(),
            subject=item.text("subject", default=None),
            severity=item.integer("severity", low=1, high=5, default=None),
        )
        for item in section.sections("expect")
    ]
    for item, value in zip(expect, section.sections("expect"), strict=True):
        if item.state not in {"inactive", "pending", "firing", "resolved"}:
            value.value("state").wrong("alerts.test_state", found=item.state[:40])
    start_ms = section.time_ms("start", default=None)
    return RuleTest({name: readings.text(name) for name in readings}, tuple(expect), section.place, start_ms)


def _condition(source: Source, rule: Rule, mistakes: list[Mistake]) -> Condition | None:
    if not source.text:
        return None
    found = read_condition(source.text)
    if isinstance(found, Fault):
        mistakes.append(_mistake(source, found))
        return None
    for name, column in unknown_numbers(rule, found):
        known = near(name, rule.numbers) or ", ".join(rule.numbers) or "—"
        mistakes.append(_mistake(source, Fault.at(column, "alerts.rule_number", name=name[:64], known=known)))
    return found


def _mistake(source: Source, fault: Fault) -> Mistake:
    """At the place in the file where the fault stands."""
    return Mistake(source.place_of(fault.column), fault.key, fault.fields)


def _check_names(section: Section, catalog: Catalog) -> None:
    """Names that the catalog should know."""
    if section.has("owner"):
        section.reference("owner", catalog.departments)
    inner = section.section("select")
    for key, known in (("area", catalog.areas), ("river", catalog.rivers), ("site", catalog.sites)):
        for item in inner.items(key):
            if NAME.fullmatch(item.text()):
                item.reference(known)
    keys = {str(key) for key in catalog.index}
    for item in inner.items("series"):
        item.reference(keys)
    for test in section.sections("tests"):
        readings = test.section("readings")
        for name in readings:
            if name not in keys:
                readings.value(name).wrong("alerts.test_series", found=name[:80], near=near(name, keys) or "—")


def _check_series(
    rule: Rule,
    conditions: Sequence[Condition],
    catalog: Catalog,
    mistakes: list[Mistake],
    warnings: list[Mistake],
) -> None:
    """What the rule asks of the series it selects."""
    sensors = [catalog.sensors[i] for i in selected(rule.select, catalog).tolist()]
    if not sensors:
        warnings.append(Mistake.at(rule.place, "alerts.rule_selects_nothing", rule=rule.id))
        return
    if rule.by is not None and not groups(rule.by, selected(rule.select, catalog), catalog):
        warnings.append(Mistake.at(rule.place, "alerts.rule_no_group", rule=rule.id, by=rule.by))
        return
    for source, condition in zip(rule.sources, conditions, strict=True):
        for neighbour, inside in by_neighbour(condition).items():
            of = sensors if neighbour is None else [s for s in catalog.sensors if str(s.key) == neighbour]
            if of:
                mistakes += [_mistake(source, fault) for fault in check_sensors(inside, of)]
