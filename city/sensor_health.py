"""A sensor's health is a series of its own, beside the sensor's: how many of its readings were without doubt, percent.

For every sensor that measures anything but the city itself, the catalog has another of the same device, `NAME-health`,
of the quantity `health`. The city itself says what it is (ingest/sensor_health.py); rules select it like any quantity.
What people see as the city's sensors are those that measure: see `measured`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from city.catalog import Sensor
from city.errors import Mistake
from city.messages.text import Text
from city.quantity import OF_THE_CITY, QUANTITIES
from city.reading import SeriesKey
from city.section import Section

HEALTH: Final = "health"
SUFFIX: Final = "-health"
LONGEST_NAME: Final = 64 - len(SUFFIX)  # a name has 64 characters at most


def is_health(sensor: Sensor) -> bool:
    """Whether it is a sensor's health, and measures nothing out there."""
    return sensor.quantity.id == HEALTH


def measured(sensors: Iterable[Sensor]) -> tuple[Sensor, ...]:
    """Those that measure, in their order."""
    return tuple(sensor for sensor in sensors if not is_health(sensor))


def with_health(sensors: Iterable[Sensor]) -> tuple[Sensor, ...]:
    """These sensors and the health of each, sorted by key."""
    given = list(sensors)
    beside = [health_of(sensor) for sensor in given if sensor.quantity.id not in OF_THE_CITY]
    return tuple(sorted([*given, *beside], key=lambda sensor: sensor.key))


def health_key(key: SeriesKey) -> SeriesKey:
    """The series that is the health of this one."""
    return SeriesKey(key.device, key.sensor + SUFFIX)


def health_of(sensor: Sensor) -> Sensor:
    """The sensor's health: at its place, of its owner, never public."""
    return replace(
        sensor,
        key=health_key(sensor.key),
        title=Text(f"{sensor.title.ja}の健全さ", f"{sensor.title.en}: health"),
        quantity=QUANTITIES[HEALTH],
        levels={},
        attributes={},
        overrides={},
        resolution=1.0,
        public=False,
        cost_yen_per_year=None,
        contract_end=None,
        unit=None,
        low=None,
        high=None,
        quality=None,
        at=None,
    )


def keep_free(name: str, section: Section) -> None:
    """Notes a mistake where a sensor of the files takes what belongs to the health of another."""
    quantity = section.optional("quantity")
    if name == HEALTH or (quantity is not None and quantity.node is not None and quantity.text() == HEALTH):
        section.mistakes.append(Mistake.at(section.place, "city.health_is_given", name=name))
    elif name.endswith(SUFFIX):
        section.mistakes.append(Mistake.at(section.place, "city.health_name", name=name, suffix=SUFFIX))
    elif len(name) > LONGEST_NAME:
        section.mistakes.append(Mistake.at(section.place, "city.health_long", name=name[:80], longest=LONGEST_NAME))
