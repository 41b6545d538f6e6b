"""Plain JSON by the mapping in the catalog: an object, or a list of objects that each have their time."""

from collections.abc import Sequence

from city.catalog import Catalog
from city.delivery import Delivery
from city.quarantine import Reason
from city.speech import JsonTime, PlainJson, Speech
from city.wire.errors import WireError
from city.wire.senml import MAX_RECORDS
from ingest.catalog_draft import Sample
from ingest.codecs.json_tree import decode_tree, tree_samples, walk
from ingest.codecs.moment import time_ms
from ingest.codecs.placed import PlacedDevice, Readings, placed_devices
from ingest.heard import Heard, What


class JsonCodec:
    """Implements `ForeignCodec` for the topics that the catalog names."""

    def __init__(self, catalog: Catalog) -> None:
        self._devices: dict[str, tuple[PlacedDevice, JsonTime | None]] = {}
        for found in placed_devices(catalog):
            speech = found.device.speech
            if isinstance(speech, PlainJson):
                self._devices[speech.topic] = found, speech.time

    def claims(self, topic: str) -> bool:
        """Whether the topic is one of a device of the catalog."""
        return topic in self._devices

    def decode(self, delivery: Delivery) -> Heard:
        """The readings of one message under a topic of ours."""
        found, time = self._devices[delivery.topic]
        readings = Readings(found.device)
        if delivery.retained and time is None:
            return Heard(What.STALE)  # nobody knows since when the broker has it
        try:
            tree = decode_tree(delivery.payload)
        except WireError as error:
            readings.rejects.add(error.reason, 1, str(error))
            return readings.heard()
        records: Sequence[object] = tree if isinstance(tree, list) else (tree,)
        if len(records) * max(1, len(found.placed)) > MAX_RECORDS:
            readings.rejects.add(Reason.OVER_LIMIT, 1, f"more than {MAX_RECORDS} readings")
        elif time is None and len(records) > 1:
            detail = f"{len(records)} records, and the catalog does not say where their time is"
            readings.rejects.add(Reason.IMPOSSIBLE_TIME, len(records), detail)
        else:
            for record in records:
                readings.take(record, found.placed, _time_ms(record, time, delivery.arrived_ms))
        return readings.heard()

    def sender(self, topic: str) -> Speech | None:  # noqa: ARG002
        """Nobody: such a topic tells nothing of who sends under it."""
        return None

    def samples(self, payload: bytes) -> Sequence[Sample]:
        """Whatever numbers there are."""
        return tree_samples(decode_tree(payload))


def _time_ms(record: object, time: JsonTime | None, arrived_ms: int) -> int | None:
    return arrived_ms if time is None else time_ms(walk(record, time.at), time.form)
