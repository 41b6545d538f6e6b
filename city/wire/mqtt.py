"""MQTT 3.1.1 on the wire, without I/O: the packets that devices, broker and city exchange, and a parser of the stream.

Written for many small PUBLISH packets per read. Section numbers are those of the OASIS standard of 2014-10-29.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from city.wire.errors import WireError

MAX_PACKET_BYTES: Final = 16 * 2**20 + 1024  # the broker's greatest payload (16 MiB) and its topic
MAX_PACKET_ID: Final = 65_535

PINGREQ: Final = b"\xc0\x00"
PINGRESP: Final = b"\xd0\x00"
DISCONNECT: Final = b"\xe0\x00"

_TWO_BYTES: Final = struct.Struct(">H")
_PUBACK: Final = struct.Struct(">HH")


class MqttError(WireError):
    """The other side does not speak MQTT 3.1.1: the connection is to be dropped (4.8)."""


class Will(msgspec.Struct, frozen=True):
    """What the broker publishes when the connection is lost without a DISCONNECT (3.1.2.5)."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = True


class Connect(msgspec.Struct, frozen=True):
    """3.1. keepalive_s 0 turns keep-alive off."""

    client_id: str
    clean_session: bool = True
    keepalive_s: int = 60
    will: Will | None = None
    username: str | None = None
    password: str | None = None

    def encode(self) -> bytes:
        """The packet."""
        flags = self.clean_session << 1
        body = [_string("MQTT"), b"\x04", b"", _TWO_BYTES.pack(self.keepalive_s), _string(self.client_id)]
        if self.will is not None:
            flags |= 0x04 | self.will.qos << 3 | self.will.retain << 5
            body += [_string(self.will.topic), _TWO_BYTES.pack(len(self.will.payload)), self.will.payload]
        if self.username is not None:
            flags |= 0x80
            body.append(_string(self.username))
        if self.password is not None:
            flags |= 0x40
            body.append(_string(self.password))
        body[2] = bytes((flags,))
        return _packet(0x10, b"".join(body))


class Connack(msgspec.Struct, frozen=True):
    """3.2. code 0: accepted; 1 version, 2 client id, 3 unavailable, 4 user or password, 5 not authorized."""

    session_present: bool
    code: int

    def encode(self) -> bytes:
        """The packet."""
        return bytes((0x20, 2, self.session_present, self.code))


class Publish(msgspec.Struct, gc=False):
    """3.3. packet_id is 0 with QoS 0. Treat as immutable: it is not frozen only because creating it is the hot path."""

    topic: str
    payload: bytes
    qos: int = 0
    packet_id: int = 0
    retain: bool = False
    dup: bool = False

    def encode(self) -> bytes:
        """The packet."""
        topic = _string(self.topic)
        number = _TWO_BYTES.pack(self.packet_id) if self.qos else b""
        head = 0x30 | self.dup << 3 | self.qos << 1 | self.retain
        return b"".join((_fixed(head, len(topic) + len(number) + len(self.payload)), topic, number, self.payload))


class Puback(msgspec.Struct, gc=False):
    """3.4."""

    packet_id: int

    def encode(self) -> bytes:
        """The packet."""
        return _PUBACK.pack(0x4002, self.packet_id)


class Subscribe(msgspec.Struct, frozen=True):
    """3.8. filters: (topic filter, greatest QoS)."""

    packet_id: int
    filters: tuple[tuple[str, int], ...]

    def encode(self) -> bytes:
        """The packet."""
        wanted = b"".join(_string(topic) + bytes((qos,)) for topic, qos in self.filters)
        return _packet(0x82, _TWO_BYTES.pack(self.packet_id) + wanted)


class Suback(msgspec.Struct, frozen=True):
    """3.9. codes: granted QoS for each filter, 128 where it was refused."""

    packet_id: int
    codes: tuple[int, ...]

    def encode(self) -> bytes:
        """The packet."""
        return _packet(0x90, _TWO_BYTES.pack(self.packet_id) + bytes(self.codes))


class Unsubscribe(msgspec.Struct, frozen=True):
    """3.10."""

    packet_id: int
    filters: tuple[str, ...]

    def encode(self) -> bytes:
        """The packet."""
        return _packet(0xA2, _TWO_BYTES.pack(self.packet_id) + b"".join(map(_string, self.filters)))


class Unsuback(msgspec.Struct, frozen=True):
    """3.11."""

    packet_id: int

    def encode(self) -> bytes:
        """The packet."""
        return _packet(0xB0, _TWO_BYTES.pack(self.packet_id))


class Pingreq(msgspec.Struct, frozen=True):
    """3.12."""


class Pingresp(msgspec.Struct, frozen=True):
    """3.13."""


class Disconnect(msgspec.Struct, frozen=True):
    """3.14: the client leaves; its will is not published."""


Packet = (
    Connect | Connack | Publish | Puback | Subscribe | Suback | Unsubscribe | Unsuback | Pingreq | Pingresp | Disconnect
)


def encode_pubacks(packet_ids: Sequence[int]) -> bytes:
    """PUBACK packets for `packet_ids`, in that order, in one piece for one write."""
    words = [0x4002] * (2 * len(packet_ids))
    words[1::2] = packet_ids
    return struct.pack(f">{len(words)}H", *words)


def matches(topic_filter: str, topic: str) -> bool:
    """Whether a topic filter with `+` and `#` takes in `topic` (4.7)."""
    wanted, there = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in {"#", "+"}:
        return False
    for i, level in enumerate(wanted):
        if level == "#":
            return True
        if i >= len(there) or level not in {"+", there[i]}:
            return False
    return len(wanted) == len(there)


def _fixed(head: int, length: int) -> bytes:
    """The fixed header: type and flags, then the remaining length, seven bits a byte (2.2)."""
    out = bytearray((head,))
    while length > 0x7F:  # noqa: PLR2004 the seven bits
        out.append(length & 0x7F | 0x80)
        length >>= 7
    out.append(length)
    return bytes(out)


def _packet(head: int, body: bytes) -> bytes:
    return _fixed(head, len(body)) + body


def _string(text: str) -> bytes:
    encoded = text.encode()
    if len(encoded) > MAX_PACKET_ID:
        raise MqttError("a string of more than 65,535 bytes")
    return _TWO_BYTES.pack(len(encoded)) + encoded


def join(packets: Iterable[Packet]) -> bytes:
    """Packets one after the other, for one write."""
    return b"".join([encode(packet) for packet in packets])


def encode(packet: Packet) -> bytes:
    """Any packet, as it travels."""
    match packet:
        case Pingreq():
            return PINGREQ
        case Pingresp():
            return PINGRESP
        case Disconnect():
            return DISCONNECT
        case _:
            return packet.encode()
