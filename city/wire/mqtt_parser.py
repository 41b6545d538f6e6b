"""From a stream of bytes to MQTT packets, incrementally."""

import struct
from typing import Final

from city.wire.mqtt import (
    MAX_PACKET_BYTES,
    Connack,
    Connect,
    Disconnect,
    MqttError,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Publish,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
    Will,
)

_SEVEN_BITS: Final = 0x7F
_LENGTH_BYTES: Final = 4  # 2.2.3: the remaining length takes at most four bytes


class MqttParser:
    """One connection's stream, cut as it comes. Keeps at most one incomplete packet, of `max_packet_bytes` at most."""

    def __init__(self, max_packet_bytes: int = MAX_PACKET_BYTES) -> None:
        self._max_packet_bytes = max_packet_bytes
        self._parts: list[bytes] = []  # of an incomplete packet
        self._held = 0
        self._needed = 0  # bytes that must be there before parsing makes sense

    def feed(self, chunk: bytes) -> list[Packet]:
        """The packets that `chunk` completes, in order.

        Raises MqttError when the stream is malformed or a packet too large; the parser is of no use afterwards. Packets
        that were complete before the malformed one are lost with it: unacknowledged, they come again.
        """
        if self._held:
            self._parts.append(chunk)
            self._held += len(chunk)
            if self._held < self._needed:
                return []
            chunk = b"".join(self._parts)
            self._parts.clear()
            self._held = 0
        packets: list[Packet] = []
        end = self._parse(chunk, packets)
        if end < len(chunk):
            rest = chunk[end:]
            self._parts.append(rest)
            self._held = len(rest)
        return packets

    def _parse(self, chunk: bytes, packets: list[Packet]) -> int:
        """Appends every complete packet of `chunk`; gives where the incomplete one begins, its size in `_needed`."""
        at, size = 0, len(chunk)
        while size - at >= 2:  # noqa: PLR2004 the least fixed header
            head, length, body = chunk[at], chunk[at + 1], at + 2
            if length > _SEVEN_BITS:
                length, body = _long_length(chunk, at + 1)
                if length < 0:
                    self._needed = size - at + 1
                    return at
            end = body + length
            if length > self._max_packet_bytes:
                raise MqttError(f"a packet of {length} bytes, more than {self._max_packet_bytes}")
            if end > size:
                self._needed = end - at
                return at
            if head & 0xF0 == 0x30:  # noqa: PLR2004 PUBLISH, the hot path, stays in this loop
                packets.append(_publish(chunk, head, body, end))
            elif head == 0x40 and length == 2:  # noqa: PLR2004 PUBACK, the second hottest
                packets.append(Puback(chunk[body] << 8 | chunk[body + 1]))
            else:
                packets.append(_other(head, chunk[body:end]))
            at = end
        self._needed = 2
        return at


def _long_length(chunk: bytes, at: int) -> tuple[int, int]:
    """A remaining length of several bytes and where the body begins; (-1, 0) when its bytes are not all there."""
    length = 0
    for i in range(_LENGTH_BYTES):
        if at + i >= len(chunk):
            return -1, 0
        byte = chunk[at + i]
        length |= (byte & _SEVEN_BITS) << 7 * i
        if byte <= _SEVEN_BITS:
            return length, at + i + 1
    raise MqttError("a remaining length of more than four bytes")


def _publish(chunk: bytes, head: int, body: int, end: int) -> Publish:
    if end - body < 2:  # noqa: PLR2004 the topic's length
        raise MqttError("a PUBLISH without a topic")
    start = body + 2
    stop = start + (chunk[body] << 8 | chunk[body + 1])
    qos = head >> 1 & 3
    packet_id = 0
    payload = stop
    if qos:
        payload = stop + 2
        if payload > end:
            raise MqttError("a PUBLISH that ends before its packet id")
        packet_id = chunk[stop] << 8 | chunk[stop + 1]
        if not packet_id or qos == 3:  # noqa: PLR2004 3.3.1-4: there is no QoS 3
            raise MqttError("a PUBLISH with packet id 0 or QoS 3")
    elif stop > end:
        raise MqttError("a PUBLISH that ends before its topic does")
    try:
        topic = chunk[start:stop].decode()
    except UnicodeDecodeError:
        raise MqttError("a topic that is not UTF-8") from None
    return Publish(topic, chunk[payload:end], qos, packet_id, bool(head & 1), bool(head & 8))


def _other(head: int, body: bytes) -> Packet:  # noqa: PLR0911 one return a type of packet
    """Every packet but PUBLISH; what 3.1.1 knows and nobody here sends counts as malformed."""
    try:
        match head:
            case 0x10:
                return _connect(_Fields(body))
            case 0x20:
                present, code = body
                return Connack(bool(present & 1), code)
            case 0x40:
                (packet_id,) = struct.unpack(">H", body)
                return Puback(packet_id)
            case 0x82:
                return _subscribe(_Fields(body))
            case 0x90:
                fields = _Fields(body)
                return Suback(fields.number(), tuple(fields.rest()))
            case 0xA2:
                return _unsubscribe(_Fields(body))
            case 0xB0:
                (packet_id,) = struct.unpack(">H", body)
                return Unsuback(packet_id)
            case 0xC0 if not body:
                return Pingreq()
            case 0xD0 if not body:
                return Pingresp()
            case 0xE0 if not body:
                return Disconnect()
            case _:
                raise MqttError(f"a packet that does not belong here: first byte {head:#04x}, {len(body)} bytes")
    except (ValueError, struct.error, IndexError):  # UnicodeDecodeError is a ValueError
        raise MqttError(f"a malformed packet: first byte {head:#04x}, {len(body)} bytes") from None


class _Fields:
    """The fields of a body, taken one after the other; running out of bytes raises struct.error or IndexError."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def number(self) -> int:
        (value,) = struct.unpack_from(">H", self._body, self._at)
        self._at += 2
        return int(value)

    def byte(self) -> int:
        self._at += 1
        return self._body[self._at - 1]

    def binary(self) -> bytes:
        length = self.number()
        field = self._body[self._at : self._at + length]
        if len(field) < length:
            raise ValueError(length)
        self._at += length
        return field

    def text(self) -> str:
        return self.binary().decode()

    def rest(self) -> bytes:
        return self._body[self._at :]


def _connect(fields: _Fields) -> Connect:
    if fields.text() != "MQTT" or fields.byte() != 4:  # noqa: PLR2004 protocol level 4 is 3.1.1
        raise MqttError("a CONNECT of another protocol than MQTT 3.1.1")
    flags, keepalive_s, client_id = fields.byte(), fields.number(), fields.text()
    will = None
    if flags & 0x04:
        will = Will(fields.text(), fields.binary(), flags >> 3 & 3, bool(flags & 0x20))
    username = fields.text() if flags & 0x80 else None
    password = fields.text() if flags & 0x40 else None
    return Connect(client_id, bool(flags & 2), keepalive_s, will, username, password)


def _subscribe(fields: _Fields) -> Subscribe:
    packet_id = fields.number()
    filters: list[tuple[str, int]] = []
    while fields.rest():
        filters.append((fields.text(), fields.byte()))
    return Subscribe(packet_id, tuple(filters))


def _unsubscribe(fields: _Fields) -> Unsubscribe:
    packet_id = fields.number()
    filters: list[str] = []
    while fields.rest():
        filters.append(fields.text())
    return Unsubscribe(packet_id, tuple(filters))
