"""Devices with Tasmota's firmware, at its own FullTopic (`%prefix%/%topic%/`): `tele/{topic}/SENSOR` and `…/LWT`.

`Time` is the device's local time and names no zone; that is the catalog's to say. Temperatures, pressures and speeds
name their units for the whole message (`TempUnit`, `PressureUnit`, `SpeedUnit`); the others' are the catalog's.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from city.catalog import Catalog
from city.delivery import Delivery
from city.quantity import SAME, Conversion
from city.quarantine import Reason
from city.speech import Speech, Tasmota
from city.wire.errors import WireError
from ingest.catalog_draft import Sample
from ingest.codecs.json_tree import decode_tree, tree_samples, walk
from ingest.codecs.moment import iso_ms
from ingest.codecs.placed import Placed, PlacedDevice, Readings, placed_devices
from ingest.heard import Heard, What, refused
from ingest.message import Reject

_PREFIX: Final = "tele/"
_ON_OFF: Final = {"ON": True, "OFF": False}
_LWT: Final = {b"Online": True, b"Offline": False}

_FAHRENHEIT: Final = Conversion(5 / 9, -160 / 9)  # to Celsius: (F - 32) × 5/9
# What a message says of its units, told by a unit that quantities of the kind have: how to come to one of ours.
_UNITS: Final[Mapping[str, tuple[str, Mapping[str, tuple[Conversion, str]]]]] = {
    "TempUnit": ("Cel", {"C": (SAME, "Cel"), "F": (_FAHRENHEIT, "Cel")}),
    "PressureUnit": ("hPa", {"hPa": (SAME, "hPa")}),
    "SpeedUnit": ("m/s", {"m/s": (SAME, "m/s"), "km/h": (SAME, "km/h")}),
}


class TasmotaCodec:
    """Implements `ForeignCodec` for all telemetry of Tasmota."""

    def __init__(self, catalog: Catalog) -> None:
        self._devices: dict[str, tuple[PlacedDevice, ZoneInfo | None]] = {}
        for found in placed_devices(catalog):
            speech = found.device.speech
            if isinstance(speech, Tasmota):
                self._devices[speech.topic] = found, ZoneInfo(speech.clock) if speech.clock else None

    def claims(self, topic: str) -> bool:
        """Whether it is telemetry."""
        return topic.startswith(_PREFIX)

    def decode(self, delivery: Delivery) -> Heard:
        """Readings, or whether the device is there."""
        name, kind = _parts(delivery.topic)
        found, zone = self._devices.get(name, (None, None))
        if kind == "LWT" and found is not None:
            online = _LWT.get(delivery.payload)
            return (
                Heard(What.IGNORED) if online is None else Heard(What.PRESENCE, presence=((found.device.id, online),))
            )
        if kind != "SENSOR":
            return Heard(What.IGNORED)
        if delivery.retained and (found is None or zone is None):
            return Heard(What.STALE)  # nobody knows since when the broker has it
        if found is None:
            return refused(Reject(Reason.UNKNOWN_SENSOR, 1, f"the catalog has no device of topic {name[:200]!r}"))
        readings = Readings(found.device)
        try:
            tree = decode_tree(delivery.payload)
        except WireError as error:
            readings.rejects.add(error.reason, 1, str(error))
            return readings.heard()
        at_ms = delivery.arrived_ms if zone is None else iso_ms(walk(tree, ("Time",)), zone)
        readings.take(_with_flags(tree), found.placed, at_ms, partial(_conversion, _units(tree)))
        return readings.heard()

    def sender(self, topic: str) -> Speech | None:
        """The device of this topic, where it is one of readings."""
        name, kind = _parts(topic)
        return Tasmota(name, None) if topic.startswith(_PREFIX) and name and kind == "SENSOR" else None

    def samples(self, payload: bytes) -> Sequence[Sample]:
        """Its numbers, and its switches."""
        return tree_samples(_with_flags(decode_tree(payload)))


def _parts(topic: str) -> tuple[str, str]:
    """The device's topic, which may have several levels, and the kind of telemetry."""
    name, _, kind = topic.removeprefix(_PREFIX).rpartition("/")
    return name, kind


def _with_flags(tree: object) -> object:
    """The same with switches (`"Switch1":"ON"`) as flags. They stand in the outermost object."""
    if not isinstance(tree, dict):
        return tree
    return {key: _ON_OFF.get(value, value) if isinstance(value, str) else value for key, value in tree.items()}


def _units(tree: object) -> Mapping[str, str]:
    """The units that the message names."""
    named = {word: walk(tree, (word,)) for word in _UNITS}
    return {word: unit for word, unit in named.items() if isinstance(unit, str)}


def _conversion(units: Mapping[str, str], one: Placed) -> Conversion | None:
    """From the unit that the message names for such a quantity; where it names none, from the catalog's."""
    accepted = one.sensor.quantity.units
    for word, (of, known) in _UNITS.items():
        if of not in accepted or word not in units:
            continue
        first, unit = known.get(units[word], (SAME, ""))
        then = accepted.get(unit)
        return None if then is None else Conversion(first.scale * then.scale, first.offset * then.scale + then.offset)
    return one.conversion
