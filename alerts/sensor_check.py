"""What an expression asks of the sensors that it is about, checked when the rule is loaded."""

import math
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from alerts.expression import Call, Expression, Lookup
from alerts.tokens import Fault
from alerts.window import MAX_SAMPLES
from city.catalog import Sensor

USUAL_INTERVAL_S: Final = 60.0  # how often a sensor without `interval_s` among its attributes is taken to send


def check_sensors(inside: Sequence[Expression], sensors: Sequence[Sensor]) -> Iterator[Fault]:
    """inside: the parts of an expression that are about these sensors."""
    for lookup in (part for part in inside if isinstance(part, Lookup)):
        if lookup.kind == "number":
            continue  # the rule's own
        names = {name for s in sensors for name in (s.levels if lookup.kind == "level" else s.attributes)}
        if lookup.name not in names:
            yield _unset(lookup, names)
    longest = max((part.reach_ms for part in inside if isinstance(part, Call)), default=0)
    shortest_s = min((sensor.attributes.get("interval_s", USUAL_INTERVAL_S) for sensor in sensors), default=math.inf)
    if longest / 1000 > MAX_SAMPLES * shortest_s:
        hours = int(MAX_SAMPLES * shortest_s / 3600)
        yield Fault.at(1, "alerts.rule_window", limit=MAX_SAMPLES, hours=hours, every=shortest_s)


def _unset(lookup: Lookup, names: Collection[str]) -> Fault:
    known = ", ".join(sorted(names)) or "—"
    return Fault.at(lookup.column, "alerts.rule_lookup", kind=lookup.kind, name=lookup.name[:64], known=known)
