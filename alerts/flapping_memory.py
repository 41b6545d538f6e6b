"""What rows remember that are held while they come and go, in names: for snapshots, and over a change of rules."""

from collections.abc import Iterator

import msgspec

from alerts.flapping import FlapStates
from alerts.in_force import InForce
from alerts.plan import NEVER


class Flapped(msgspec.Struct, frozen=True):
    """A row of a rule with `flaps` that fired once: its alert, the rule's version, its subject; see `FlapStates`."""

    alert: str
    version: str
    subject: str
    began: list[int]
    stirred: int
    flapping: bool


def remember_flapped(in_force: InForce) -> list[Flapped]:
    """Every row that has something to remember."""
    return [
        Flapped(alert, version, subject, _dates(flaps, row), int(flaps.stirred[row]), bool(flaps.flapping[row]))
        for alert, version, subject, flaps, row in _rows(in_force)
        if flaps.began[-1, row] != NEVER
    ]


def recall_flapped(flapped: list[Flapped], in_force: InForce) -> None:
    """Puts it back where the same rule still looks at the same subject."""
    if not flapped:
        return
    rows = {(alert, version, subject): (flaps, row) for alert, version, subject, flaps, row in _rows(in_force)}
    for one in flapped:
        found = rows.get((one.alert, one.version, one.subject))
        if found is not None:
            flaps, row = found
            flaps.recall(row, one.began, one.stirred, flapping=one.flapping)


def _dates(flaps: FlapStates, row: int) -> list[int]:
    began = flaps.began[:, row]
    dates: list[int] = began[began != NEVER].tolist()
    return dates


def _rows(in_force: InForce) -> Iterator[tuple[str, str, str, FlapStates, int]]:
    """Alert, version, subject, and where it is, of every row whose rule says `flaps`."""
    for unit in in_force.units:
        if (flaps := unit.states.flaps) is not None:
            for row in range(len(unit.plan)):
                alert, rule, series = unit.alert_of(row)
                yield alert, rule.version, str(in_force.catalog.sensors[series].key), flaps, row
    for group in in_force.groups:
        if (flaps := group.states.flaps) is not None:
            for row in range(len(group.plan)):
                alert, rule, subject = group.alert_of(row)
                yield alert, rule.version, subject, flaps, row
