"""The pack that devices usually send, read in few steps: JSON, a base time at most, and plain values.

The common case is most of a city's load, and each step is paid for every record. What comes out is what
`city.wire.senml.decode_pack` makes of the same bytes, at a fifth of the cost (a property test holds the two equal); any
other pack is left to that one.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import astuple

from city.wire.receipt import MAX_SEQ
from city.wire.senml import MAX_BYTES, MAX_RECORDS, MAX_TIME_S, RELATIVE_BELOW_S, is_boot
from city.wire.state import ClockState

Shape = tuple[str | None, ...]  # every record's name, then every record's unit

# Seconds are rounded to these: a time on the edge itself may have lain on either side of it, and goes the plain way.
_FIRST_MS: Final = int(RELATIVE_BELOW_S) * 1000
_LAST_MS: Final = int(MAX_TIME_S) * 1000


class _Record(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """What a record of a usual pack may have. The last three count in the first record only, as they do elsewhere."""

    n: str
    v: float
    u: str | None = None
    t: float = 0.0
    bt: float | None = None
    seq: int | None = None
    boot: str | None = None
    clk: str | None = None


class UsualPack(msgspec.Struct, gc=False):
    """A pack whose every record is a reading with a time since the epoch (ms); columns of equal length."""

    shape: Shape
    time: list[int]
    value: Sequence[float]
    seq: int | None
    boot: str | None


_DECODER: Final = msgspec.json.Decoder(list[_Record])
_CLOCK_OK: Final = (None, ClockState.OK.value)


def decode_usual(payload: bytes) -> UsualPack | None:  # noqa: PLR0911 one return a doubt
    """The pack in `payload`; None where it is not a usual one, or none at all."""
    if payload[:1] != b"[" or len(payload) > MAX_BYTES:
        return None
    try:
        records = _DECODER.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    count = len(records)
    if not 0 < count <= MAX_RECORDS:
        return None
    first = records[0]
    if first.clk not in _CLOCK_OK or not _is_settled(first.seq, first.boot):
        return None
    shape: Shape
    if count == 1:  # the commonest of all: columns of one would cost more than what is in them
        shape, value, since_s = (first.n, first.u), (first.v,), (first.t,)
    else:
        names, value, units, since_s, bases, *_ = zip(*map(astuple, records), strict=True)
        if bases[1:].count(None) != count - 1:  # another base time in the middle
            return None
        shape = names + units
    base_s = first.bt or 0.0
    try:
        time = [round((base_s + s) * 1000) for s in since_s]
    except OverflowError:  # of infinity
        return None
    if min(time) <= _FIRST_MS or max(time) >= _LAST_MS:
        return None
    return UsualPack(shape, time, value, first.seq, first.boot)


def _is_settled(seq: int | None, boot: str | None) -> bool:
    """Whether a message can have this number and boot, or has neither."""
    if seq is None or boot is None:
        return seq is None and boot is None
    return 0 <= seq <= MAX_SEQ and is_boot(boot)
