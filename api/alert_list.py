"""The list of alerts as somebody wants to see it: by state, gravity, department and words, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Query

from api.ports import Alert, View
from api.situation import Told, tell
from city.alert import NO_DATA
from city.alert_list import AlertFilter, AlertPlace
from city.catalog import Catalog, Department
from city.errors import UserError
from city.principal import Office, reaches
from city.right import Role

ROWS_A_PAGE: Final = 100  # what a person looks through, and may decide about at once
# How far a search by words looks for a page of what fits, before it asks whether to go on: 0.4 s on a machine with ten
# times the work that it has cores for.
LOOKED_THROUGH: Final = 2_000
OPEN, ALL = "open", "all"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: one that cannot be read is taken for the widest."""

    state: str = OPEN
    severity: int = 1
    department: str = ""
    q: str = ""
    after: str = ""

    @property
    def firing(self) -> bool:
        """Only what goes on."""
        return self.state != ALL

    def query(self) -> dict[str, str | int]:
        """As it stands in an address, without where to go on."""
        return {"state": self.state, "severity": self.severity, "department": self.department, "q": self.q}


def wish(
    state: Annotated[str, Query(max_length=8)] = OPEN,
    severity: Annotated[int, Query(ge=1, le=5)] = 1,
    department: Annotated[str, Query(max_length=64)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=300)] = "",
) -> Wish:
    """Out of an address."""
    return Wish(ALL if state == ALL else OPEN, severity, department, q, after)


Wished = Annotated[Wish, Depends(wish)]


@dataclass(frozen=True, slots=True)
class ListPage:
    """rows: what fits; after: where the next page begins, None at the end; full: or it was only looked so far."""

    rows: Sequence[Told]
    after: str | None
    full: bool


def page_of(view: View, wished: Wish) -> ListPage:
    """Asks the city; blocking. Raises UserError for a place that is none."""
    catalog, rules = view.catalog(), view.rules()
    wanted = AlertFilter(wished.firing, wished.severity, _rules_of(wished.department, view))
    place, rows, looked = read_place(wished.after), list[Told](), 0
    words = wished.q.casefold().split()
    while True:
        found = view.alerts.listed(wanted, place, ROWS_A_PAGE + 1 if not words else 5 * ROWS_A_PAGE)
        for alert in found:
            if len(rows) == ROWS_A_PAGE:
                return ListPage(rows, write_place(place), full=True)
            told = tell(alert, catalog, rules)
            if not words or all(word in _text_of(told, catalog) for word in words):
                rows.append(told)
            place = AlertPlace(alert.severity, alert.raised_ms, alert.rule, alert.subject)
        looked += len(found)
        if not words or len(found) < 5 * ROWS_A_PAGE:
            return ListPage(rows, None, full=True)
        if looked >= LOOKED_THROUGH:
            return ListPage(rows, write_place(place), full=False)


def read_place(text: str) -> AlertPlace | None:
    """Out of an address; None for the beginning. Raises UserError."""
    if not text:
        return None
    first, _, rest = text.partition(" ")
    second, _, rest = rest.partition(" ")
    rule, _, subject = rest.partition(" ")
    severity, raised_ms = number_of(first), number_of(second)
    if severity is None or raised_ms is None or not rule or not subject:
        raise UserError("alert_page.no-alert")
    return AlertPlace(severity, raised_ms, rule, subject)


def number_of(text: str) -> int | None:
    """A whole number of at most 15 digits, as every database holds it; None for whatever else."""
    return int(text) if text.isdecimal() and len(text) <= 15 else None  # noqa: PLR2004  see above


def write_place(place: AlertPlace | None) -> str:
    """For an address."""
    return "" if place is None else f"{place.severity} {place.raised_ms} {place.rule} {place.subject}"


def pick_of(alert: Alert) -> str:
    """What the box beside an alert says."""
    return f"{alert.raised_ms} {alert.rule} {alert.subject}"


def _rules_of(department: str, view: View) -> frozenset[str] | None:
    """Ids under which alerts of a department, and of what lies below it, go; None for the whole city."""
    tree = view.catalog().departments
    if department not in tree:
        return None
    ids = [rule.id for rule in view.rules().values() if _lies_below(rule.owner, department, tree)]
    return frozenset([*ids, *(f"{id_}{NO_DATA}" for id_ in ids)])


def _lies_below(unit: str, department: str, tree: Mapping[str, Department]) -> bool:
    return reaches(Office(Role.MEMBER, department), unit, tree)


def _text_of(told: Told, catalog: Catalog) -> str:
    """All words by which somebody may look for it."""
    texts = [told.title, told.place]
    if told.sensor is not None:
        texts += [told.sensor.title, told.sensor.quantity.title, catalog.areas[told.sensor.area].title]
    if told.department is not None:
        texts.append(told.department.title)
    names = [told.alert.rule, told.alert.subject, told.alert.assignee or "", told.alert.acknowledged_by or ""]
    return " ".join([*names, *(f"{text.ja} {text.en}" for text in texts)]).casefold()
