"""Groups of series: who belongs to which, and what each is called."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.expression import Condition, is_group
from alerts.plan import selected
from city.catalog import Catalog, Sensor
from city.reading import Int64s
from city.rule import By, Rule


@dataclass(frozen=True, slots=True)
class Subject:
    """What a row of a rule across series is about.

    name: `river/hino`, `area/kawada`, `site/toba-bridge`, the zone where all is one group, or `device:sensor`
    members: index of each series in the group, ascending; own: that of the series where the subject is one, else None
    """

    name: str
    members: tuple[int, ...]
    own: int | None = None


def subjects(rule: Rule, conditions: Iterable[Condition], catalog: Catalog) -> list[Subject]:
    """The subjects of a rule that goes across, ordered by name."""
    series = selected(rule.select, catalog)
    if any(is_group(condition) for condition in conditions):
        return groups(rule.by, series, catalog)
    return [Subject(str(catalog.sensors[one].key), (), one) for one in series.tolist()]


def groups(by: By | None, series: Int64s, catalog: Catalog) -> list[Subject]:
    """The groups that those series form, ordered by name. One without a river is in no group of a river."""
    members: dict[str, list[int]] = {}
    for one in series.tolist():
        name = group_name(by, catalog.sensors[one])
        if name is not None:
            members.setdefault(name, []).append(one)
    return [Subject(name, tuple(found)) for name, found in sorted(members.items())]


def group_name(by: By | None, sensor: Sensor) -> str | None:
    """The group that a sensor belongs to: legal wherever subjects are used, and never the name of a series."""
    if by is None:
        return sensor.zone
    value = {By.RIVER: sensor.river, By.AREA: sensor.area, By.SITE: sensor.site}[by]
    return None if value is None else f"{by}/{value}"
