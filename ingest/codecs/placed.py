"""The sensors of another's device, each with the place of its value, and the readings of one message of it."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from city.catalog import Catalog, Device, Sensor
from city.quantity import Conversion
from city.quarantine import Reason
from city.speech import Path
from city.value import NUMBER
from ingest.codecs.json_tree import MISSING, shown, walk
from ingest.codecs.rejects import Rejects
from ingest.heard import Heard, What
from ingest.message import Message

DIMENSIONLESS: Final = "/"
_LONGEST_NUMBER: Final = 40  # characters of a number that is written as a text: no instrument has half the digits


@dataclass(frozen=True, slots=True)
class Placed:
    """One sensor. conversion: from the unit that the catalog names; None where it names none."""

    series: int
    sensor: Sensor
    path: Path
    conversion: Conversion | None


@dataclass(frozen=True, slots=True)
class PlacedDevice:
    """A device of the catalog and its sensors that have a place."""

    device: Device
    placed: Sequence[Placed]


def placed_devices(catalog: Catalog) -> Sequence[PlacedDevice]:
    """Every device that speaks otherwise than ours."""
    of: dict[str, list[Placed]] = {device.id: [] for device in catalog.devices.values() if device.speech is not None}
    for series, sensor in enumerate(catalog.sensors):
        if sensor.at is not None and sensor.device in of:
            of[sensor.device].append(Placed(series, sensor, sensor.at, _conversion(sensor)))
    return [PlacedDevice(catalog.devices[device], placed) for device, placed in of.items()]


Converting = Callable[[Placed], Conversion | None]  # from the unit in which a message has the sensor's value


def by_the_catalog(one: Placed) -> Conversion | None:
    """What the catalog says."""
    return one.conversion


class Readings:
    """Those of one message, gathered."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._series: list[int] = []
        self._time: list[int] = []
        self._value: list[float] = []
        self.rejects = Rejects()

    def take(
        self, record: object, placed: Iterable[Placed], time_ms: int | None, conversion: Converting = by_the_catalog
    ) -> None:
        """What the record has of these sensors, at that time; None: its time is none that can be used."""
        found = 0
        for one in placed:
            value = walk(record, one.path)
            if value is MISSING:
                continue
            found += 1
            self.add(one, value, time_ms, conversion(one))
        if not found:
            self.rejects.add(Reason.NO_VALUE, 1, f"none of the places that {self._device.id} has in the catalog")

    def add(self, one: Placed, value: object, time_ms: int | None, conversion: Conversion | None) -> None:
        """One value of a sensor, as it was sent."""
        key = one.sensor.key
        if value is None:
            self.rejects.add(Reason.NO_VALUE, 1, f"{key}: null")
            return
        if time_ms is None:
            self.rejects.add(Reason.IMPOSSIBLE_TIME, 1, f"{key}: no time that can be read")
            return
        number = _number(value)
        if number is None:
            self.rejects.add(Reason.NO_VALUE, 1, f"{key}: {shown(value)} is no number")
            return
        quantity = one.sensor.quantity
        if conversion is None or (isinstance(value, bool) and quantity.unit != DIMENSIONLESS):
            sent = "a flag" if isinstance(value, bool) else "a unit that is none of its"
            self.rejects.add(Reason.UNKNOWN_UNIT, 1, f"{key}: {sent}, but {quantity.id} is in {quantity.unit!r}")
            return
        canonical = number * conversion.scale + conversion.offset
        if not math.isfinite(canonical):
            self.rejects.add(Reason.NOT_FINITE, 1, f"{key}: {number}")
            return
        self._series.append(one.series)
        self._time.append(time_ms)
        self._value.append(canonical)

    def heard(self) -> Heard:
        """All of it."""
        device = self._device
        message = Message(self._series, self._time, self._value, device.id, device.zone, rejects=self.rejects.all())
        return Heard(What.READINGS, message)


def _conversion(sensor: Sensor) -> Conversion | None:
    quantity = sensor.quantity
    unit = sensor.unit or (DIMENSIONLESS if quantity.unit == DIMENSIONLESS else None)
    return None if unit is None else quantity.units.get(unit)


def _number(value: object) -> float | None:
    """A number, a flag as 1 or 0, or a number that is written as a text."""
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER and NUMBER.fullmatch(value.strip()):
        return float(value)
    return None
