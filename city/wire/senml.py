"""Readings on the wire: SenML packs (RFC 8428), resolved, and written by devices.

A pack is decoded by `city/wire/senml_forms.py` into records of fields; here base fields, times and values are resolved
as section 4 says, and each record becomes a measurement or is counted as a fault. Ours are `seq`, `boot`, `clk` and
`now` in the first record, names that receivers ignore when they don't know them.
"""

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import cbor2
import msgspec

from city.quarantine import Reason
from city.wire.errors import WireError
from city.wire.receipt import MAX_SEQ
from city.wire.senml_forms import CBOR_LABELS, Record, decode_cbor, decode_json, is_cbor
from city.wire.state import ClockState

MAX_BYTES: Final = 256 * 1024  # formats.md; the broker's own limit lies above, so that a larger message is seen
MAX_RECORDS: Final = 10_000  # formats.md; several hours of a device's backlog in one message
VERSION: Final = 10  # of SenML: what RFC 8428 defines
RELATIVE_BELOW_S: Final = float(2**28)  # 4.5.3: a time below this is relative to now
MAX_TIME_S: Final = 253_402_300_799.0  # the end of the year 9999: beyond it calendars stop
MAX_BOOT_CHARS: Final = 64  # as every level of a topic; 128 random bits take 32


class Form(StrEnum):
    """The two representations that we speak."""

    JSON = "application/senml+json"
    CBOR = "application/senml+cbor"


class Measurement(msgspec.Struct, gc=False):
    """One resolved record. Treat as immutable: it is not frozen only because creating it is the hot path.

    name: `sensor` or `device:sensor`
    unit: as sent; None where none was
    time_ms: since the epoch, UTC; since the device's boot where its clock is unsynced
    value: finite; a bool where it came as `vb`
    """

    name: str
    unit: str | None
    time_ms: int
    value: float | bool


class Fault(msgspec.Struct, frozen=True):
    """Records of a pack that cannot be used, for one reason; `detail` is about the first of them."""

    reason: Reason
    count: int
    detail: str


class Pack(msgspec.Struct):
    """A message of readings.

    seq, boot: the message's number on its device and that device's start; both None where either is missing or odd
    uptime_now_ms: set when the device's clock is unsynced: its uptime at this sending; times are uptime then
    """

    measurements: list[Measurement]
    faults: tuple[Fault, ...] = ()
    seq: int | None = None
    boot: str | None = None
    uptime_now_ms: int | None = None


def decode_pack(payload: bytes, now_ms: int) -> Pack:
    """The pack in `payload`, JSON and CBOR told apart by the first byte.

    now_ms: what relative times count from, ms since the epoch. Raises WireError, and nothing else, where no record can
    be read at all: not a pack, over a limit, a newer version, a field that must be understood and is not.
    """
    if len(payload) > MAX_BYTES:
        raise WireError(f"{len(payload)} bytes, more than {MAX_BYTES}", Reason.OVER_LIMIT)
    records = decode_cbor(payload) if is_cbor(payload) else decode_json(payload)
    if not records:
        raise WireError("a pack without a record")
    if len(records) > MAX_RECORDS:
        raise WireError(f"{len(records)} records, more than {MAX_RECORDS}", Reason.OVER_LIMIT)
    return _resolve(records, now_ms)


def _resolve(records: Sequence[Record], now_ms: int) -> Pack:
    pack = _header(records[0])
    if records[0].clk != ClockState.OK and (problem := _clock_problem(pack, records[0])):
        count = sum(not _only_base(r) for r in records) or 1
        return Pack([], (Fault(Reason.IMPOSSIBLE_TIME, count, problem),), pack.seq, pack.boot)
    zero_ms, relative_below = now_ms, RELATIVE_BELOW_S
    if pack.uptime_now_ms is not None:  # uptimes are what they are, however small
        zero_ms, relative_below = pack.uptime_now_ms, -math.inf
    name, unit, value, at = "", None, None, None
    add = pack.measurements.append
    faults: dict[Reason, Fault] = {}
    for r in records:
        if r.bn is not None:
            name = r.bn
        if r.bu is not None:
            unit = r.bu
        if r.bv is not None:
            value = r.bv
        if r.bt is not None:
            at = r.bt
        if r.bver is not None and not 0 < r.bver <= VERSION:
            raise WireError(f"SenML version {r.bver}; known is {VERSION}")
        v = r.v if value is None and r.v is not None else _value(r, value)
        time_ms = _time_ms(at, r.t, zero_ms, relative_below)
        if v is None or time_ms is None or v - v != 0 or r.wrong is not None:
            _fault(faults, r, v, time_ms)
        else:
            add(Measurement(name + r.n if r.n else name, r.u or unit, time_ms, v))
    if not (pack.measurements or faults):
        faults[Reason.NO_VALUE] = Fault(Reason.NO_VALUE, 1, "base fields only")
    pack.faults = tuple(faults.values())
    return pack


def _header(first: Record) -> Pack:
    """Our fields of the first record, and no measurement yet."""
    pack = Pack([])
    seq, boot = first.seq, first.boot
    if seq is not None and boot is not None and 0 <= seq <= MAX_SEQ and is_boot(boot):
        pack.seq, pack.boot = seq, boot
    if first.clk == ClockState.UNSYNCED and first.now is not None and 0 <= first.now <= MAX_TIME_S:
        pack.uptime_now_ms = round(first.now * 1000)
    return pack


def _clock_problem(pack: Pack, first: Record) -> str | None:
    """Why no time of the pack can be reckoned; None where it can."""
    if first.clk is None or first.clk == ClockState.OK:
        return None
    if first.clk != ClockState.UNSYNCED:
        return f"clk is neither ok nor unsynced: {first.clk!r:.40}"
    if pack.uptime_now_ms is None:
        return "an unsynced clock without a usable now"
    if pack.boot is None:
        return "an unsynced clock without seq and boot"
    return None


def _value(r: Record, base: float | None) -> float | bool | None:
    """4.5.4: base value and value add up, and of the two a missing one is zero."""
    if r.v is not None:
        return r.v if base is None else r.v + base
    if r.vb is not None:
        return r.vb
    return None if r.vs is not None or r.vd is not None or _only_base(r) else base


def _time_ms(base_s: float | None, time_s: float | None, zero_ms: int, relative_below: float) -> int | None:
    """4.5.3: base time and time add up; small ones count from now. None where there can be no such time."""
    if base_s is None:
        if time_s is None:
            return zero_ms
        at_s = time_s
    else:
        at_s = base_s if time_s is None else base_s + time_s
    if not -MAX_TIME_S <= at_s <= MAX_TIME_S:  # NaN included
        return None
    at_ms = round(at_s * 1000)
    return at_ms + zero_ms if at_s < relative_below else at_ms


def _only_base(r: Record) -> bool:
    """A record that carries base fields (or ours) for those that follow, and no reading."""
    return r.n is None and r.v is None and r.vb is None and r.vs is None and r.vd is None and r.s is None


def _fault(faults: dict[Reason, Fault], r: Record, v: float | None, time_ms: int | None) -> None:
    """Counts a record that cannot be used; one of base fields only is no reading and counts for nothing."""
    if r.wrong is not None:
        reason, detail = r.wrong.reason, r.wrong.detail
    elif v is None:
        if _only_base(r):
            return
        reason, detail = Reason.NO_VALUE, "neither v nor vb"
    elif not math.isfinite(v):
        reason, detail = Reason.NOT_FINITE, f"the value is {v}"
    else:
        assert time_ms is None
        reason, detail = Reason.IMPOSSIBLE_TIME, f"bt {r.bt}, t {r.t}"
    before = faults.get(reason)
    if before is None:
        faults[reason] = Fault(reason, 1, f"{detail} (n {r.n!r:.80})")
    else:
        faults[reason] = Fault(reason, before.count + 1, before.detail)


def is_boot(boot: str) -> bool:
    """Whether this may name a device's start: short printable ASCII, since it goes into keys, logs and receipts."""
    return 0 < len(boot) <= MAX_BOOT_CHARS and boot.isascii() and boot.isprintable()


def encode_pack(pack: Pack, form: Form) -> bytes:
    """A pack as a device sends it: times relative to the first, `clk` `ok` unless there is an `uptime_now_ms`.

    The faults of `pack` are not written. Of no measurements, only the first record with our fields.
    """
    records: list[dict[str, object]] = [{}]
    first = records[0]
    if pack.seq is not None:
        first["seq"] = pack.seq
    if pack.boot is not None:
        first["boot"] = pack.boot
    if pack.uptime_now_ms is None:
        first["clk"] = ClockState.OK.value
    else:
        first |= {"clk": ClockState.UNSYNCED.value, "now": pack.uptime_now_ms / 1000}
    start_ms = pack.measurements[0].time_ms if pack.measurements else 0
    first["bt"] = start_ms / 1000
    for i, m in enumerate(pack.measurements):
        record: dict[str, object] = records[0] if i == 0 else {}
        record["n"] = m.name
        if m.unit is not None:
            record["u"] = m.unit
        if m.time_ms != start_ms:
            record["t"] = (m.time_ms - start_ms) / 1000
        record["vb" if isinstance(m.value, bool) else "v"] = m.value
        if i:
            records.append(record)
    match form:
        case Form.JSON:
            return msgspec.json.encode(records)
        case Form.CBOR:
            return cbor2.dumps([{CBOR_LABELS.get(k, k): v for k, v in record.items()} for record in records])
