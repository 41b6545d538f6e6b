"""Sparkplug B (Eclipse Sparkplug 3.0): `spBv1.0/{group}/{kind}/{node}` and, for devices behind a node, `…/{device}`.

A birth says what the metrics are called and what their aliases stand for; data carry aliases. A node that the city does
not know yet, and one whose numbers have a gap, is asked to be born again: at once, since one broker keeps the order of
a node's messages. After a gap aliases stay in use until then. A node that was born anew meanwhile had died before, and
its death comes with QoS 1. What cannot be understood before a birth goes to the quarantine and can be sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, assert_never

from city.catalog import Catalog
from city.delivery import Delivery
from city.quarantine import Reason
from city.speech import Sparkplug, Speech, TimeForm
from city.wire.errors import WireError
from ingest.catalog_draft import Sample
from ingest.codecs.moment import time_ms
from ingest.codecs.placed import Readings, placed_devices
from ingest.codecs.sparkplug_node import Birth, Metered, Node, Session
from ingest.codecs.sparkplug_payload import NUMBERS, Metric, Payload, decode_payload
from ingest.heard import Heard, What, refused
from ingest.message import Reject

_PREFIX: Final = "spBv1.0/"
_BD_SEQ: Final = "bdSeq"


class Kind(StrEnum):
    """What a message of a node or a device is."""

    BIRTH = "BIRTH"
    DEATH = "DEATH"
    DATA = "DATA"
    CMD = "CMD"  # from a host application to them: another's, or ours that comes back


_KINDS: Final = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a topic says. device: None for the node itself."""

    group: str
    kind: Kind
    node: str
    device: str | None


class SparkplugCodec:
    """Implements `ForeignCodec` for a whole namespace. It remembers births; a new one learns them anew."""

    def __init__(self, catalog: Catalog) -> None:
        self._nodes: dict[tuple[str, str], Node] = {}
        for found in placed_devices(catalog):
            speech = found.device.speech
            if isinstance(speech, Sparkplug):
                node = self._nodes.setdefault((speech.group, speech.node), Node(Sparkplug(speech.group, speech.node)))
                node.members[speech.device] = Metered.of(found)

    def claims(self, topic: str) -> bool:
        """Whether it is of the namespace."""
        return topic.startswith(_PREFIX)

    def decode(self, delivery: Delivery) -> Heard:
        """What a message says, and what is to be asked for it."""
        sent = _parse(delivery.topic)
        if sent is None:
            if delivery.topic.startswith(f"{_PREFIX}STATE/"):
                return Heard(What.HOST)
            return refused(Reject(Reason.TOPIC, 1, f"no topic of Sparkplug B: {delivery.topic[:200]!r}"))
        node = self._nodes.get((sent.group, sent.node))
        if sent.kind is Kind.CMD or (node is None and sent.kind is Kind.DEATH):
            return Heard(What.IGNORED)
        if delivery.retained:
            return Heard(What.STALE)  # the specification forbids it: an old birth would be taken for a new one
        if node is None:
            return refused(_unknown(sent))
        return _Message(node, sent, delivery).heard()

    def sender(self, topic: str) -> Speech | None:
        """The node or device of this topic, where it is one of births or data."""
        sent = _parse(topic)
        if sent is None or sent.kind not in {Kind.BIRTH, Kind.DATA}:
            return None
        return Sparkplug(sent.group, sent.node, sent.device)

    def samples(self, payload: bytes) -> Sequence[Sample]:
        """Its metrics that are numbers and have a name; those of the session itself are none of its readings."""
        return [
            Sample((metric.name,), metric.number(None))
            for metric in decode_payload(payload).metrics
            if metric.name is not None and metric.name != _BD_SEQ and not metric.name.startswith("Node Control/")
            if metric.datatype in NUMBERS
        ]


def _parse(topic: str) -> Sent | None:
    match topic.split("/", 5):
        case ["spBv1.0", group, kind, node] if group and node and kind[:1] == "N" and kind[1:] in _KINDS:
            return Sent(group, Kind(kind[1:]), node, None)
        case ["spBv1.0", group, kind, node, device] if (
            group and node and device and kind[:1] == "D" and kind[1:] in _KINDS
        ):
            return Sent(group, Kind(kind[1:]), node, device)
        case _:
            return None


def _unknown(sent: Sent) -> Reject:
    name = "/".join(part for part in (sent.group, sent.node, sent.device) if part)
    return Reject(Reason.UNKNOWN_SENSOR, 1, f"the catalog has no device of Sparkplug {name[:200]!r}")


class _Message:
    """One message of a node of the catalog, and what becomes of the node by it."""

    def __init__(self, node: Node, sent: Sent, delivery: Delivery) -> None:
        self._node = node
        self._sent = sent
        self._arrived_ms = delivery.arrived_ms
        self._again = delivery.piece is not None  # it tells of the past: what the node is now does not hang on it
        self._bytes = delivery.payload
        self._member = node.members.get(sent.device)
        self._readings = None if self._member is None else Readings(self._member.found.device)
        self._rebirth = False

    def heard(self) -> Heard:
        try:
            payload = decode_payload(self._bytes)
        except WireError as error:
            reject = Reject(error.reason, 1, str(error))
            if self._readings is None:
                return refused(reject)
            self._readings.rejects.add(reject.reason, 1, reject.detail)
            return self._said()
        match self._sent.kind:
            case Kind.BIRTH:
                return self._birth(payload)
            case Kind.DATA:
                self._check_order(payload)
                return self._data(payload)
            case Kind.DEATH:
                return self._death(payload)
            case Kind.CMD:
                raise AssertionError
            case never:
                assert_never(never)

    def _birth(self, payload: Payload) -> Heard:
        node, device = self._node, self._sent.device
        birth = Birth.of(payload.metrics, self._arrived_ms)
        births = node.again if self._again else node.births
        if device is None:
            births.clear()
        if device is None or self._member is not None:  # what strangers behind it say takes no memory
            births[device] = birth
        if device is None and not self._again:
            node.session = Session(_bd_seq(payload))
            node.session.follows(payload.seq)
        else:
            self._check_order(payload)
        heard = self._data(payload)
        if self._member is None or self._again:
            return heard
        return replace(heard, presence=((self._member.found.device.id, True),))

    def _death(self, payload: Payload) -> Heard:
        """What a node's will says may be of a session long over: only that of the present one counts."""
        node, device = self._node, self._sent.device
        if self._again:
            return Heard(What.IGNORED)
        if device is not None:
            self._check_order(payload)
            node.births.pop(device, None)
            presence = () if self._member is None else ((self._member.found.device.id, False),)
            return Heard(What.PRESENCE, presence=presence, rebirth=self._asked())
        if node.session is not None and node.session.bd_seq != _bd_seq(payload):
            return Heard(What.IGNORED)
        node.session = None
        node.births.clear()
        return Heard(What.PRESENCE, presence=node.present(online=False))

    def _check_order(self, payload: Payload) -> None:
        """A node that is not known yet, and a gap in its numbers, are mended by its being born again."""
        if not self._again:
            session = self._node.session
            self._rebirth = session is None or not session.follows(payload.seq)

    def _data(self, payload: Payload) -> Heard:
        if self._readings is None or self._member is None:
            if self._sent.device is None:
                return Heard(What.IGNORED, rebirth=self._asked())  # of the node itself the catalog wants nothing
            return replace(refused(_unknown(self._sent)), rebirth=self._asked())
        birth = self._node.birth(self._sent.device, self._arrived_ms, again=self._again)
        unborn = 0
        for metric in payload.metrics:
            name = metric.name
            if name is None and metric.alias is not None and birth is not None:
                name = birth.names.get(metric.alias)
            datatype = None if birth is None or name is None else birth.types.get(name)
            if name is None or (metric.whole is not None and not (metric.datatype or datatype)):
                unborn += 1
            elif name in self._member.named:
                self._take(metric, name, datatype, payload)
        if unborn:
            self._rebirth = True
            detail = "metrics that no birth has told of: the node is asked for one; send this again after it"
            self._readings.rejects.add(Reason.NO_BIRTH, unborn, detail)
        return self._said()

    def _take(self, metric: Metric, name: str, datatype: int | None, payload: Payload) -> None:
        assert self._member is not None
        assert self._readings is not None
        number = None if metric.is_null else metric.number(datatype)
        rejects = self._readings.rejects
        for placed in self._member.named[name]:
            if not metric.good:
                rejects.add(Reason.NO_VALUE, 1, f"{placed.sensor.key}: bad or stale, says its node")
            elif number is None and not metric.is_null:
                rejects.add(
                    Reason.NO_VALUE, 1, f"{placed.sensor.key}: no number of datatype {metric.datatype or datatype}"
                )
            else:
                at_ms = _at_ms(metric, payload, self._arrived_ms)
                self._readings.add(placed, number, at_ms, placed.conversion)

    def _said(self) -> Heard:
        assert self._readings is not None
        return replace(self._readings.heard(), rebirth=self._asked())

    def _asked(self) -> Sparkplug | None:
        return self._node.speech if self._rebirth and not self._again else None


def _bd_seq(payload: Payload) -> int | None:
    return next((metric.whole for metric in payload.metrics if metric.name == _BD_SEQ), None)


def _at_ms(metric: Metric, payload: Payload, arrived_ms: int) -> int | None:
    """When the value was measured; one that is said to be of the past must say of when."""
    stamp = payload.timestamp_ms if metric.timestamp_ms is None else metric.timestamp_ms
    if stamp is not None:
        return time_ms(stamp, TimeForm.MS)
    return None if metric.is_historical else arrived_ms
