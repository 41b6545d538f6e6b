"""What can be wrong with a rule that looks across series, found when it is loaded."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from alerts.dimensions import dimension
from alerts.expression import (
    Arithmetic,
    Call,
    Compare,
    Condition,
    Expression,
    Holds,
    Lookup,
    Negative,
    Numeric,
    Of,
    Over,
    goes_across,
    is_group,
    neighbours,
)
from alerts.function import Dimension
from alerts.grouping import Subject, groups
from alerts.plan import selected
from alerts.scope import OWN, scoped
from alerts.tokens import Fault
from city.catalog import Catalog, Sensor
from city.quantity import QUANTITIES, Quantity
from city.rule import Rule, Source
from city.value import near

_MEASURED: Final = (Dimension.VALUE, Dimension.RATE)  # kinds of numbers that are in the unit of a quantity


def check_together(sources: Sequence[Source], conditions: Sequence[Condition]) -> Iterator[tuple[Source, Fault]]:
    """Raise and clear are about the same subject: where one is about a group, the other is not about one series."""
    if not any(is_group(condition) for condition in conditions):
        return
    for source, condition in zip(sources, conditions, strict=True):
        for part, scope in scoped(condition):
            if (
                scope == OWN
                and isinstance(part, Call | Lookup)
                and not (isinstance(part, Lookup) and part.kind == "number")
            ):
                name = part.function.name if isinstance(part, Call) else part.kind
                yield source, Fault.at(1, "alerts.rule_outside", function=name)
                break


def check_across(
    rule: Rule, sources: Sequence[Source], conditions: Sequence[Condition], catalog: Catalog
) -> Iterator[tuple[Source, Fault]]:
    """Against the catalog: neighbours that are there and near, units that match, groups that are large enough."""
    if not any(goes_across(condition) for condition in conditions):
        return
    series = selected(rule.select, catalog)
    if not series.size:
        return  # that it selects nothing is said elsewhere
    zones = {catalog.sensors[one].zone for one in series.tolist()}
    of_rule = groups(rule.by, series, catalog)
    apart = _zones_apart(of_rule, catalog)
    if not apart and any(any(neighbours(condition)) for condition in conditions):
        apart = zones  # the neighbour lies in one of them
    if len(apart) > 1:
        yield sources[0], Fault.at(1, "alerts.rule_zones", zones=", ".join(sorted(apart)))
    known = {str(sensor.key): sensor for sensor in catalog.sensors}
    largest = max((len(group.members) for group in of_rule), default=0)
    for source, condition in zip(sources, conditions, strict=True):
        there = True
        for of in neighbours(condition):
            fault = _neighbour(of, known, zones)
            if fault is not None:
                there = False
                yield source, fault
        for part, _ in scoped(condition):
            if isinstance(part, Holds) and part.count > largest > 0:
                yield source, Fault.at(1, "alerts.rule_at_least", count=part.count, largest=largest)
        if there:
            for fault in _units(condition, QUANTITIES[rule.select.quantity], known):
                yield source, fault


def _zones_apart(found: Sequence[Subject], catalog: Catalog) -> set[str]:
    """The zones of the first group that lies in more than one; groups by zone, area or site never do."""
    each = ({catalog.sensors[one].zone for one in group.members} for group in found)
    return next((zones for zones in each if len(zones) > 1), set())


def _neighbour(of: Of, known: Mapping[str, Sensor], zones: Collection[str]) -> Fault | None:
    sensor = known.get(of.series)
    if sensor is None:
        return Fault.at(of.column, "alerts.rule_neighbour", found=of.series[:80], near=near(of.series, known) or "—")
    if zones and sensor.zone not in zones:
        return Fault.at(of.column, "alerts.rule_neighbour_zone", found=of.series[:80], zone=sensor.zone)
    return None


def _units(condition: Condition, own: Quantity, known: Mapping[str, Sensor]) -> Iterator[Fault]:
    """Numbers of different units that are compared or added; numbers of different kinds have been found before."""
    for part, scope in scoped(condition):
        if isinstance(part, Compare) or (isinstance(part, Arithmetic) and part.operator in {"+", "-"}):
            mine = own if scope.neighbour is None else known[scope.neighbour].quantity
            left, right = (_quantity(side, mine, known) for side in (part.left, part.right))
            if left is not None and right is not None and left.unit != right.unit:
                column = next((of.column for of in neighbours(part)), 1)
                yield Fault.at(column, "alerts.rule_units", left=_named(left), right=_named(right))


def _quantity(node: Expression, own: Quantity, known: Mapping[str, Sensor]) -> Quantity | None:
    """The quantity in whose unit a number is, as far as it can be told."""
    found = None
    match node:
        case Call(function=function) if function.dimension in _MEASURED:
            found = own
        case Lookup(kind="level"):
            found = own
        case Negative(operand=operand) | Over(operand=operand):
            found = _quantity(operand, own, known)
        case Of(series=series, operand=operand):
            found = _quantity(operand, known[series].quantity, known)
        case Arithmetic(operator=operator, left=left, right=right):
            if operator in {"+", "-"} or _scales(operator, left, right):
                found = _quantity(left, own, known) or _quantity(right, own, known)
        case _:
            pass
    return found


def _scales(operator: str, left: Numeric, right: Numeric) -> bool:
    """Whether a product or quotient stays in the unit of one side: the other is a plain number, or hours of a rate."""
    plain = (Dimension.ANY, Dimension.PLAIN, Dimension.HOURS)
    return dimension(right) in plain or (operator == "*" and dimension(left) in plain)


def _named(quantity: Quantity) -> str:
    return f"{quantity.id} ({quantity.unit_label})"
