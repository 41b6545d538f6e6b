"""Payloads of Sparkplug B (Eclipse Sparkplug 3.0, section 6.4): Protocol Buffers, decoded by the library `protobuf`.

Names, numbers and types of fields are those of the specification's schema, given here as data. Of it the city has what
readings need; what else a payload holds is passed over as the format provides.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, Protocol, TypeVar, cast

import msgspec
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from city.quarantine import Reason
from city.wire.errors import WireError
from city.wire.senml import MAX_RECORDS

_F: Final = FieldDescriptorProto
_PACKAGE: Final = "org.eclipse.tahu.protobuf"
_SCHEMA: Final = {  # message → fields: name, number, type; a type that is a text is a message of the schema
    "Payload": (
        ("timestamp", 1, _F.TYPE_UINT64),
        ("metrics", 2, "Metric"),
        ("seq", 3, _F.TYPE_UINT64),
    ),
    "Metric": (
        ("name", 1, _F.TYPE_STRING),
        ("alias", 2, _F.TYPE_UINT64),
        ("timestamp", 3, _F.TYPE_UINT64),
        ("datatype", 4, _F.TYPE_UINT32),
        ("is_historical", 5, _F.TYPE_BOOL),
        ("is_null", 7, _F.TYPE_BOOL),
        ("properties", 9, "PropertySet"),
        ("int_value", 10, _F.TYPE_UINT32),
        ("long_value", 11, _F.TYPE_UINT64),
        ("float_value", 12, _F.TYPE_FLOAT),
        ("double_value", 13, _F.TYPE_DOUBLE),
        ("boolean_value", 14, _F.TYPE_BOOL),
    ),
    "PropertySet": (("keys", 1, _F.TYPE_STRING), ("values", 2, "PropertyValue")),
    "PropertyValue": (("type", 1, _F.TYPE_UINT32), ("int_value", 3, _F.TYPE_UINT32)),
}
_REPEATED: Final = {"metrics", "keys", "values"}
_SIGNED: Final = {1: 8, 2: 16, 3: 32, 4: 64}  # datatype → bits: Int8 to Int64
_UNSIGNED: Final = {5: 8, 6: 16, 7: 32, 8: 64}  # UInt8 to UInt64
_FLOAT, _DOUBLE, BOOLEAN = 9, 10, 11
NUMBERS: Final = frozenset({*_SIGNED, *_UNSIGNED, _FLOAT, _DOUBLE, BOOLEAN})  # datatypes that make a reading
_GOOD: Final = 192  # of the property Quality; 0 is bad and 500 stale
REBIRTH: Final = "Node Control/Rebirth"


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One metric. None: not said.

    whole: the bits of a whole number, whose meaning hangs on the datatype; real, flag: those values
    good: unless the node itself says that the value is bad or stale
    """

    name: str | None = None
    alias: int | None = None
    timestamp_ms: int | None = None
    datatype: int | None = None
    is_historical: bool = False
    is_null: bool = False
    good: bool = True
    whole: int | None = None
    real: float | None = None
    flag: bool | None = None

    def number(self, datatype: int | None) -> float | bool | None:
        """Its value, of this datatype where it names none itself; None where that makes no number."""
        kind = self.datatype or datatype
        if self.flag is not None:
            return self.flag if kind in {None, 0, BOOLEAN} else None
        if self.real is not None:
            return self.real if kind in {None, 0, _FLOAT, _DOUBLE} else None
        if self.whole is None or kind is None:
            return None
        if kind in _UNSIGNED:
            return self.whole if self.whole < 1 << _UNSIGNED[kind] else None
        return _signed(self.whole, _SIGNED[kind]) if kind in _SIGNED else None


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """One message."""

    timestamp_ms: int | None = None
    seq: int | None = None
    metrics: Sequence[Metric] = ()


def decode_payload(data: bytes) -> Payload:
    """Raises WireError where it is none, or has too many metrics."""
    try:
        found = cast("_PayloadFields", _message_class("Payload").FromString(data))
        if len(found.metrics) > MAX_RECORDS:
            raise WireError(f"{len(found.metrics)} metrics, more than {MAX_RECORDS}", Reason.OVER_LIMIT)
        return Payload(
            timestamp_ms=found.timestamp if found.HasField("timestamp") else None,
            seq=found.seq if found.HasField("seq") else None,
            metrics=[_metric(metric) for metric in found.metrics],
        )
    except (DecodeError, ValueError, RecursionError) as error:
        raise WireError(f"no payload of Sparkplug B: {str(error)[:160]}") from None


def encode_payload(payload: Payload) -> bytes:
    """As it travels."""
    message = _message_class("Payload")()
    fields = cast("_PayloadFields", message)
    if payload.timestamp_ms is not None:
        fields.timestamp = payload.timestamp_ms
    if payload.seq is not None:
        fields.seq = payload.seq
    for metric in payload.metrics:
        _fill(fields.metrics.add(), metric)
    return message.SerializeToString()


def rebirth_command(now_ms: int) -> bytes:
    """What asks an edge node to say anew what it has (section 6.4.20; without a sequence number)."""
    metric = Metric(name=REBIRTH, timestamp_ms=now_ms, datatype=BOOLEAN, flag=True)
    return encode_payload(Payload(timestamp_ms=now_ms, metrics=[metric]))


T_co = TypeVar("T_co", covariant=True)


class _Repeated(Protocol[T_co]):
    def add(self) -> T_co: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[T_co]: ...


class _PropertyFields(Protocol):
    type: int
    int_value: int


class _PropertiesFields(Protocol):
    keys: list[str]
    values: "_Repeated[_PropertyFields]"


class _MetricFields(Protocol):
    name: str
    alias: int
    timestamp: int
    datatype: int
    is_historical: bool
    is_null: bool
    properties: _PropertiesFields
    int_value: int
    long_value: int
    float_value: float
    double_value: float
    boolean_value: bool

    def HasField(self, name: str) -> bool: ...  # noqa: N802 the library's name


class _PayloadFields(Protocol):
    timestamp: int
    seq: int
    metrics: "_Repeated[_MetricFields]"

    def HasField(self, name: str) -> bool: ...  # noqa: N802 the library's name


def _metric(found: _MetricFields) -> Metric:
    has = found.HasField
    whole = found.int_value if has("int_value") else found.long_value if has("long_value") else None
    real = found.float_value if has("float_value") else found.double_value if has("double_value") else None
    return Metric(
        name=_text(found.name) if has("name") else None,
        alias=found.alias if has("alias") else None,
        timestamp_ms=found.timestamp if has("timestamp") else None,
        datatype=found.datatype if has("datatype") else None,
        is_historical=found.is_historical,
        is_null=found.is_null,
        good=not has("properties") or _is_good(found.properties),
        whole=whole,
        real=real,
        flag=found.boolean_value if has("boolean_value") else None,
    )


def _text(found: object) -> str:
    """The library gives bytes where a text is none in UTF-8."""
    if isinstance(found, str):
        return found
    raise WireError("a metric's name is not UTF-8")


def _is_good(properties: _PropertiesFields) -> bool:
    named = dict(zip(properties.keys, properties.values, strict=False))
    quality = named.get("Quality")
    return quality is None or quality.int_value == _GOOD


def _fill(fields: _MetricFields, metric: Metric) -> None:
    given = {
        "name": metric.name,
        "alias": metric.alias,
        "timestamp": metric.timestamp_ms,
        "datatype": metric.datatype,
        "is_historical": metric.is_historical or None,
        "is_null": metric.is_null or None,
        "boolean_value": metric.flag,
        "float_value" if metric.datatype == _FLOAT else "double_value": metric.real,
        "long_value" if metric.datatype in {4, 8} else "int_value": metric.whole,
    }
    for name, value in given.items():
        if value is not None:
            setattr(fields, name, value)
    if not metric.good:
        fields.properties.keys.append("Quality")
        bad = fields.properties.values.add()
        bad.type, bad.int_value = 3, 0


def _signed(bits: int, width: int) -> int | None:
    """A number of so many bits in two's complement; senders write the negative ones as 32 or 64 bits, too."""
    half = 1 << (width - 1)
    if bits < half:
        return bits
    for whole in (1 << width, 1 << 32, 1 << 64):
        if whole - half <= bits < whole:
            return bits - whole
    return None


@cache
def _message_class(name: str) -> type[Message]:
    pool = DescriptorPool()  # of its own: whoever else in the process knows Sparkplug has another
    file = FileDescriptorProto(name="sparkplug_b.proto", package=_PACKAGE, syntax="proto2")
    file.message_type.extend(_described(message, fields) for message, fields in _SCHEMA.items())
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))


def _described(name: str, fields: Sequence[tuple[str, int, object]]) -> DescriptorProto:
    message = DescriptorProto(name=name)
    for field, number, kind in fields:
        described = message.field.add(name=field, number=number)
        described.label = _F.LABEL_REPEATED if field in _REPEATED else _F.LABEL_OPTIONAL
        if isinstance(kind, str):
            described.type, described.type_name = _F.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
        else:
            described.type = cast("FieldDescriptorProto.Type.ValueType", kind)
    if name == "Metric":
        message.oneof_decl.add(name="value")
        for described in message.field:
            if described.name.endswith("_value"):
                described.oneof_index = 0
    return message
