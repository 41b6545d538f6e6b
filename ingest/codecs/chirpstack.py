"""Uplinks of ChirpStack v4 (MQTT integration, JSON): `application/{id}/device/{DevEUI}/event/up`.

Values are those of `object`, which is there where the device profile in ChirpStack has a codec. Other events (join,
status, ack, txack, log, location, integration) carry no readings.
"""

from collections.abc import Sequence
from typing import Final

from city.catalog import Catalog
from city.delivery import Delivery
from city.quarantine import Reason
from city.speech import Chirpstack, Speech, is_dev_eui
from city.wire.errors import WireError
from ingest.catalog_draft import Sample
from ingest.codecs.json_tree import MISSING, decode_tree, shown, tree_samples, walk
from ingest.codecs.moment import iso_ms
from ingest.codecs.placed import PlacedDevice, Readings, placed_devices
from ingest.heard import Heard, What, refused
from ingest.message import Reject

_UP: Final = "up"


class ChirpstackCodec:
    """Implements `ForeignCodec` for everything that ChirpStack publishes of devices."""

    def __init__(self, catalog: Catalog) -> None:
        self._devices: dict[str, PlacedDevice] = {}
        for found in placed_devices(catalog):
            speech = found.device.speech
            if isinstance(speech, Chirpstack):
                self._devices[speech.dev_eui] = found

    def claims(self, topic: str) -> bool:
        """Whether it is an event of a device."""
        return _parts(topic) is not None

    def decode(self, delivery: Delivery) -> Heard:
        """The readings of an uplink."""
        parts = _parts(delivery.topic)
        assert parts is not None
        dev_eui, event = parts
        if event != _UP:
            return Heard(What.IGNORED)
        found = self._devices.get(dev_eui)
        if found is None:
            if delivery.retained:
                return Heard(What.STALE)
            return refused(Reject(Reason.UNKNOWN_SENSOR, 1, f"the catalog has no device of DevEUI {dev_eui}"))
        return _uplink(found, dev_eui, delivery)

    def sender(self, topic: str) -> Speech | None:
        """The device of this topic."""
        parts = _parts(topic)
        return None if parts is None else Chirpstack(parts[0])

    def samples(self, payload: bytes) -> Sequence[Sample]:
        """The values of `object`."""
        return tree_samples(walk(decode_tree(payload), ("object",)))


def _parts(topic: str) -> tuple[str, str] | None:
    """DevEUI and event; None for any other topic."""
    match topic.split("/", 6):
        case ["application", _, "device", dev_eui, "event", event] if is_dev_eui(dev_eui):
            return dev_eui.lower(), event
        case _:
            return None


def _uplink(found: PlacedDevice, dev_eui: str, delivery: Delivery) -> Heard:
    readings = Readings(found.device)
    try:
        tree = decode_tree(delivery.payload)
    except WireError as error:
        readings.rejects.add(error.reason, 1, f"{error}; ChirpStack must be set to json = true")
        return readings.heard()
    named = walk(tree, ("deviceInfo", "devEui"))
    if not isinstance(named, str) or named.lower() != dev_eui:
        detail = f"devEui {shown(named)} under the topic of {dev_eui}"
        readings.rejects.add(Reason.WRONG_IDENTITY, 1, detail)
        return readings.heard()
    decoded = walk(tree, ("object",))
    if decoded is MISSING or decoded is None:
        detail = "no `object`: the device profile in ChirpStack has no codec for this payload"
        readings.rejects.add(Reason.NO_VALUE, 1, detail)
        return readings.heard()
    readings.take(decoded, found.placed, iso_ms(walk(tree, ("time",))))
    return readings.heard()
