"""A small city for tests of rules: a few gauges, without files."""

from collections.abc import Mapping, Sequence

import numpy as np

from alerts.rule_file import load_rules
from city.alert import AlertEvent
from city.catalog import Area, Catalog, Department, Device, Point, Sensor, Site, Zone
from city.entry import BatchEntry
from city.messages.text import Text
from city.quantity import QUANTITIES
from city.reading import ReadingBatch, SeriesKey
from city.rule import Rule

T0 = 1_700_000_000_000  # an ordinary day
MINUTE = 60_000
HOUR = 3_600_000
Row = tuple[str, int, float, int]  # device, time ms, value, quality


def text(name: str) -> Text:
    return Text(ja=name, en=name)


def gauge(device: str, **changes: object) -> Sensor:
    """A gauge with levels, delay 30 s, registered at T0."""
    fields: dict[str, object] = {
        "key": SeriesKey(device, "water_level"),
        "title": text(device),
        "quantity": QUANTITIES["water_level"],
        "device": device,
        "site": "bridge",
        "area": "centre",
        "zone": "town",
        "owner": "bosai",
        "levels": {"caution": 5.0, "danger": 6.0},
        "attributes": {"offset": 0.5},
        "delay_ms": 30_000,
        "registered_ms": T0,
    }
    return Sensor(**{**fields, **changes})  # type: ignore[arg-type]  # a table of fields, checked by the engine's tests


def town(sensors: Sequence[Sensor]) -> Catalog:
    """A catalog of these sensors."""
    point = Point(35.95, 136.18)
    return Catalog(
        city="town",
        title=text("town"),
        zones={"town": Zone("town", text("town"))},
        areas={"centre": Area("centre", text("centre"), "town")},
        rivers={},
        sites={"bridge": Site("bridge", text("bridge"), "centre", point)},
        departments={"bosai": Department("bosai", text("bosai"))},
        devices={s.device: Device(s.device, text(s.device), "town", "bridge") for s in sensors},
        sensors=tuple(sorted(sensors, key=lambda s: s.key)),
        outline=(),
    )


def rule_text(**keys: object) -> str:
    """A rule as YAML, in flow style: `raise_` and `for_` stand for Python's words."""
    fields: dict[str, object] = {
        "id": "high",
        "title": "{ja: 高い, en: High}",
        "owner": "bosai",
        "select": "{quantity: water_level}",
        "raise": "last() >= 5",
        "severity": 2,
    }
    fields.update({key.rstrip("_"): value for key, value in keys.items()})
    quoted = {key: f"'{value}'" if key in {"raise", "clear"} else value for key, value in fields.items()}
    return "\n".join(f"{key}: {value}" for key, value in quoted.items()) + "\n"


def rule(**keys: object) -> Rule:
    """One rule."""
    return load_rules({"rules/test.yaml": rule_text(**keys)})[0]


def batch(catalog: Catalog, rows: Sequence[Row]) -> ReadingBatch:
    """Readings (device, time, value, quality), ordered by time as the journal orders them."""
    rows = sorted(rows, key=lambda row: row[1])
    index: Mapping[SeriesKey, int] = catalog.index
    return ReadingBatch(
        np.array([index[SeriesKey(device, "water_level")] for device, *_ in rows], np.int32),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
        np.array([row[3] for row in rows], np.uint8),
    )


def entry(catalog: Catalog, position: int, at_ms: int, rows: Sequence[Row]) -> BatchEntry:
    """A batch as the journal would hold it."""
    return BatchEntry(position, at_ms, batch(catalog, rows))


def told(events: Sequence[AlertEvent]) -> list[tuple[str, str, int]]:
    """(rule, state, minutes and fractions since T0 in ms) of each event."""
    return [(event.rule, event.to_state.value, event.at_ms - T0) for event in events]
