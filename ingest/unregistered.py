"""Devices heard but not registered: whoever lies in the quarantine because the catalog does not have them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from city.catalog import Catalog
from city.quarantine import Reason
from city.speech import Sparkplug, Speech, address, family_of
from city.wire.errors import WireError
from city.wire.senml import decode_pack
from city.wire.topic import parse_topic
from ingest.catalog_draft import Sample, draft
from ingest.journal.reader import Reader
from ingest.ports import ForeignCodec

OURS: Final = "senml"
MOST_TOPICS: Final = 2_000  # looked through, the newest first: more is somebody who makes topics up
MOST_DEVICES: Final = 200  # listed: more than a person takes in within a day
MOST_SAMPLES: Final = 20  # values of one device: enough to see what it is


@dataclass(frozen=True, slots=True)
class Unregistered:
    """One device. name: what it calls itself; form: of what it sends.

    first_ms, last_ms: arrivals of what lies in the quarantine of it; pieces: how many
    samples: of its newest readings; draft: what may be pasted into the catalog
    """

    name: str
    form: str
    topics: Sequence[str]
    first_ms: int
    last_ms: int
    pieces: int
    samples: Sequence[Sample]
    draft: str


@dataclass(slots=True)
class _Found:
    speech: Speech | None
    topics: list[tuple[int, str]]  # newest piece and topic
    first_ms: int
    last_ms: int
    pieces: int


class UnregisteredDevices:
    """Blocking, for worker threads; safe for use from several."""

    def __init__(
        self, reader: Reader, root: str, catalog: Callable[[], Catalog], codecs: Sequence[ForeignCodec]
    ) -> None:
        """`catalog` is what is in force; `codecs` know who sends under which topic."""
        self._reader = reader
        self._root = root
        self._catalog = catalog
        self._codecs = codecs

    def all(self) -> Sequence[Unregistered]:
        """Those heard last come first, at most `MOST_DEVICES`."""
        catalog = self._catalog()
        found = sorted(self._found(catalog).items(), key=lambda item: -item[1].last_ms)
        return [self._told(name, form, of, catalog) for (form, name), of in found[:MOST_DEVICES]]

    def _found(self, catalog: Catalog) -> Mapping[tuple[str, str], _Found]:
        registered = {
            (type(device.speech), address(device.speech))
            for device in catalog.devices.values()
            if device.speech is not None
        }
        found: dict[tuple[str, str], _Found] = {}
        for topic, pieces, first_ms, last_ms, newest in self._topics():
            sender = self._sender(topic, catalog)
            if sender is None or (sender[2] is not None and (type(sender[2]), sender[1]) in registered):
                continue
            form, name, speech = sender
            of = found.setdefault((form, name), _Found(speech, [], first_ms, last_ms, 0))
            of.topics.append((newest, topic))
            of.first_ms, of.last_ms = min(of.first_ms, first_ms), max(of.last_ms, last_ms)
            of.pieces += pieces
        return found

    def _topics(self) -> Sequence[tuple[str, int, int, int, int]]:
        """Topic, pieces, first and last arrival, and the newest piece's id."""
        with self._reader.connection() as connection:
            rows = connection.execute(
                "SELECT topic, count(*), min(arrived_ms), max(arrived_ms), max(id) FROM quarantine"
                " WHERE reason = ? GROUP BY topic ORDER BY max(id) DESC LIMIT ?",
                (Reason.UNKNOWN_SENSOR, MOST_TOPICS),
            )
            return rows.fetchall()

    def _sender(self, topic: str, catalog: Catalog) -> tuple[str, str, Speech | None] | None:
        """Form, name and speech of who sent this; None where it is a device of the catalog, or nobody can tell."""
        try:
            own = parse_topic(topic, self._root)
        except WireError:
            pass
        else:
            return None if own.device in catalog.devices else (OURS, own.device, None)
        for codec in self._codecs:
            speech = codec.sender(topic) if codec.claims(topic) else None
            family = None if speech is None else family_of(speech)
            if speech is not None and family is not None:
                return family.value, address(speech), speech
        return None

    def _told(self, name: str, form: str, of: _Found, catalog: Catalog) -> Unregistered:
        topics = [topic for _, topic in sorted(of.topics, reverse=True)]
        newest = max(of.topics, key=lambda one: ("BIRTH" in one[1] and isinstance(of.speech, Sparkplug), one[0]))[0]
        samples = [sample for sample in self._samples(newest, of.speech) if sample.showable][:MOST_SAMPLES]
        text = draft(name, of.speech, samples, catalog.devices)
        return Unregistered(name, form, topics, of.first_ms, of.last_ms, of.pieces, samples, text)

    def _samples(self, newest: int, speech: Speech | None) -> Sequence[Sample]:
        """What its newest message has; of a node of Sparkplug its newest birth, which names its metrics."""
        with self._reader.connection() as connection:
            row = connection.execute(
                "SELECT topic, payload, arrived_ms FROM quarantine WHERE id = ?", (newest,)
            ).fetchone()
        if row is None:  # sent again meanwhile
            return ()
        topic, payload, arrived_ms = row
        try:
            if speech is None:
                measured = decode_pack(payload, arrived_ms).measurements
                return [Sample((m.name.rpartition(":")[2],), m.value, m.unit) for m in measured]
            [codec] = [codec for codec in self._codecs if codec.claims(topic)]
            return codec.samples(payload)
        except WireError:
            return ()
