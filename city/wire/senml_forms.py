"""The two forms of a SenML pack, JSON and CBOR, decoded into the same records of fields.

Each has a quick way for packs whose fields have the right types, and a patient one that finds out which records of a
pack are wrong, so that the others can be used. Neither trusts what it reads: depth, tags, huge numbers and lengths are
bounded.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Final

import cbor2
import msgspec

from city.quarantine import Reason
from city.wire.errors import WireError


class Wrong:
    """Why a record cannot be used although its pack can. A plain class, so that no sender can send one."""

    __slots__ = ("detail", "reason")

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = detail


class Record(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """The fields of one record, as sent. Of `vs vd s` it matters only that they are there, of `bs ut` not even that.

    Unknown fields send a pack the patient way, which knows those that may not be ignored.
    """

    n: str | None = None
    t: float | None = None
    u: str | None = None
    v: float | None = None
    vb: bool | None = None
    bn: str | None = None
    bt: float | None = None
    bu: str | None = None
    bv: float | None = None
    seq: int | None = None
    boot: str | None = None
    clk: str | None = None
    now: float | None = None
    bver: int | None = None
    vs: object = None
    vd: object = None
    s: object = None
    bs: object = None
    ut: object = None
    wrong: Wrong | None = None


CBOR_LABELS: Final[Mapping[str, int]] = {  # RFC 8428 section 6, table 4
    "bver": -1,
    "bn": -2,
    "bt": -3,
    "bu": -4,
    "bv": -5,
    "bs": -6,
    "n": 0,
    "u": 1,
    "v": 2,
    "vs": 3,
    "vb": 4,
    "s": 5,
    "t": 6,
    "ut": 7,
    "vd": 8,
}
_OURS: Final = ("seq", "boot", "clk", "now")
_FIELDS: Final[Mapping[object, str]] = {
    **{label: name for name, label in CBOR_LABELS.items()},
    **{name: name for name in (*CBOR_LABELS, *_OURS)},
}
_JSON: Final = msgspec.json.Decoder(list[Record])
_DEPTH: Final = 2  # an array of maps
_FRACTION: Final = b"\xc4\x82"  # a decimal fraction: a tag, and an array under it
_FRACTION_DEPTH: Final = 4
_FRACTION_BYTES: Final = 4 * 1024  # so deep, arrays may be map keys, made to collide: few of them take little time
_LONG_INTEGER: Final = 20  # digits: more than any 64-bit integer has


def is_cbor(payload: bytes) -> bool:
    """Whether the first byte begins a CBOR array; everything else is taken for JSON."""
    return bool(payload) and 0x80 <= payload[0] <= 0x9F  # noqa: PLR2004 RFC 8949: major type 4


def decode_json(payload: bytes) -> Sequence[Record]:
    """The records of a JSON pack. Raises WireError where it is none."""
    try:
        return _JSON.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:
        pack: object = json.loads(payload.decode(), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise WireError(f"neither JSON nor CBOR: {str(error)[:160]}") from None
    return _records(pack)


def decode_cbor(payload: bytes) -> Sequence[Record]:
    """The records of a CBOR pack. Raises WireError where it is none; decimal fractions only in packs up to 4 KiB."""
    depth = _DEPTH
    if _FRACTION in payload and len(payload) <= _FRACTION_BYTES:
        depth = _FRACTION_DEPTH
    try:
        pack = cbor2.loads(payload, max_depth=depth, semantic_decoders=_TAGS, tag_hook=_refuse_tag)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise WireError(f"not CBOR as SenML has it: {str(error)[:160]}") from None
    try:
        named = [{_FIELDS[label]: value for label, value in fields.items()} for fields in pack]
        return msgspec.convert(named, list[Record])
    except (KeyError, AttributeError, TypeError, ValueError, msgspec.ValidationError):
        return _records(pack)


def _records(pack: object) -> Sequence[Record]:
    """The patient way: each field's name and type looked at."""
    if not isinstance(pack, list):
        raise WireError("not an array of records")
    return [_record(fields) for fields in pack]


def _record(fields: object) -> Record:
    if not isinstance(fields, dict):
        return Record(wrong=Wrong(Reason.UNDECODABLE, "a record that is no map"))
    record = Record()
    for label, value in fields.items():
        name = _FIELDS.get(label)
        if name is None:
            if isinstance(label, str) and label.endswith("_"):
                raise WireError(f"a field that must be understood and is not: {label!r:.80}")  # RFC 8428 4.4
            continue
        if value is not None:
            _READERS[name](record, name, value)
    return record


def _text(record: Record, name: str, value: object) -> None:
    if not isinstance(value, str):
        record.wrong = Wrong(_REASONS[name], f"{name} is no text")
    else:
        setattr(record, name, value)


def _number(record: Record, name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        record.wrong = Wrong(_REASONS[name], f"{name} is no number")
        return
    try:
        setattr(record, name, float(value))
    except OverflowError:
        setattr(record, name, math.copysign(math.inf, value))


def _base_text(record: Record, name: str, value: object) -> None:
    """What all that follow hang on: when it is wrong, so are they."""
    if not isinstance(value, str):
        raise WireError(f"{name} is no text")
    setattr(record, name, value)


def _base_number(record: Record, name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WireError(f"{name} is no number")
    _number(record, name, value)


def _version(record: Record, name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise WireError(f"{name} is no whole number")
    setattr(record, name, value)


def _boolean(record: Record, name: str, value: object) -> None:
    if not isinstance(value, bool):
        record.wrong = Wrong(Reason.NO_VALUE, f"{name} is neither true nor false")
    else:
        record.vb = value


def _presence(record: Record, name: str, value: object) -> None:
    setattr(record, name, value)


def _ours(record: Record, name: str, value: object) -> None:
    """A field of ours that has the wrong type is as good as not there: names like these may be someone else's."""
    wanted = {"seq": int, "boot": str, "clk": str, "now": int | float}[name]
    if name == "clk" or (isinstance(value, wanted) and not isinstance(value, bool)):
        setattr(record, name, value)


_READERS: Final = {
    "n": _text,
    "u": _text,
    "t": _number,
    "v": _number,
    "vb": _boolean,
    "vs": _presence,
    "vd": _presence,
    "s": _presence,
    "ut": _presence,
    "bs": _presence,
    "bn": _base_text,
    "bu": _base_text,
    "bt": _base_number,
    "bv": _base_number,
    "bver": _version,
    **dict.fromkeys(_OURS, _ours),
}
_REASONS: Final = {
    "n": Reason.UNKNOWN_SENSOR,
    "u": Reason.UNKNOWN_UNIT,
    "t": Reason.IMPOSSIBLE_TIME,
    "v": Reason.NO_VALUE,
    "bt": Reason.IMPOSSIBLE_TIME,
    "bv": Reason.NO_VALUE,
}


def _integer(digits: str) -> int | float:
    """A JSON integer; one of thousands of digits becomes a float, inf where it must: Python refuses to parse it."""
    return int(digits) if len(digits) < _LONG_INTEGER else float(digits)


def _refuse(value: object, immutable: bool) -> object:  # noqa: ARG001, FBT001 as the library calls it
    raise ValueError("a tag that SenML does not have")


def _refuse_tag(tag: cbor2.CBORTag, immutable: bool) -> object:  # noqa: ARG001, FBT001 as the library calls it
    raise ValueError(f"tag {tag.tag}, which SenML does not have")


def _decimal_fraction(value: object, immutable: bool) -> float:  # noqa: ARG001, FBT001 as the library calls it
    """Tag 4, [exponent, mantissa], the one tag that RFC 8428 allows; both of at most 64 bits, bignums being refused."""
    match value:
        case [int(exponent), int(mantissa)] | (int(exponent), int(mantissa)):
            return float(f"{mantissa}e{exponent}")  # correctly rounded; inf and 0 where it must
        case _:
            raise ValueError("a decimal fraction is made of two whole numbers")


# Every tag that the library would make something of, regular expressions, shared values and bignums included.
_REFUSED: Final = (0, 1, 2, 3, 5, 25, 28, 29, 30, 35, 36, 37, 100, 256, 258, 260, 261, 1004, 43000, 55799)
_TAGS: Final = {**dict.fromkeys(_REFUSED, _refuse), 4: _decimal_fraction}
