"""SenML as RFC 8428 has it, examples of its sections included, and everything that a sender can do wrong."""

import json
import math
import struct
from collections.abc import Callable

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.quarantine import Reason
from city.wire.errors import WireError
from city.wire.senml import MAX_BYTES, Form, Measurement, Pack, decode_pack, encode_pack
from city.wire.senml_forms import CBOR_LABELS, Wrong, _records, decode_cbor, decode_json

NOW_MS = 1_719_187_200_000

times = st.integers(2**29 * 1000, 4_000_000_000_000)
values = st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
measurements = st.lists(
    st.builds(Measurement, st.text("abc-_:1", min_size=1), st.none() | st.sampled_from(["m", "Cel"]), times, values),
    min_size=1,
    max_size=12,
)


def as_json(*records: object) -> bytes:
    return json.dumps(records).encode()


def as_cbor(*records: object) -> bytes:
    def labelled(record: object) -> object:
        if not isinstance(record, dict):
            return record
        return {CBOR_LABELS.get(name, name): value for name, value in record.items()}

    return bytes(cbor2.dumps([labelled(record) for record in records]))


both = pytest.mark.parametrize("write", [as_json, as_cbor])
Write = Callable[..., bytes]


def seen(pack: Pack) -> list[tuple[str, str | None, int, float]]:
    return [(m.name, m.unit, m.time_ms, m.value) for m in pack.measurements]


@given(measurements, st.integers(0, 2**63 - 1), st.sampled_from(Form), st.none() | st.integers(0, 10**12))
def test_what_a_device_writes_is_read(sent: list[Measurement], seq: int, form: Form, uptime_now_ms: int | None) -> None:
    pack = Pack(sent, seq=seq, boot="5f3a", uptime_now_ms=uptime_now_ms)
    assert decode_pack(encode_pack(pack, form), NOW_MS) == pack


@both
def test_base_fields_hold_until_they_change(write: Write) -> None:
    pack = decode_pack(
        write(
            {"bn": "dev:", "bt": 1.7e9, "bu": "m", "bv": 10, "n": "a", "v": 1},
            {"n": "b", "t": -5, "v": -2.5},
            {"n": "c", "u": "cm"},
            {"bn": "other:", "bt": 1.8e9, "n": "d", "t": 0.25, "v": 0},
            {"n": "e", "vb": True, "bu": "/"},
        ),
        NOW_MS,
    )
    assert seen(pack) == [
        ("dev:a", "m", 1_700_000_000_000, 11.0),
        ("dev:b", "m", 1_699_999_995_000, 7.5),
        ("dev:c", "cm", 1_700_000_000_000, 10.0),
        ("other:d", "m", 1_800_000_000_250, 10.0),
        ("other:e", "/", 1_800_000_000_000, True),
    ]
    assert not pack.faults


@both
def test_small_times_count_from_now(write: Write) -> None:
    pack = decode_pack(
        write(
            {"n": "a", "v": 1}, {"n": "a", "v": 1, "t": 0}, {"n": "a", "v": 1, "t": -60.5}, {"n": "a", "v": 1, "t": 2}
        ),
        NOW_MS,
    )
    assert [m.time_ms - NOW_MS for m in pack.measurements] == [0, 0, -60_500, 2000]
    first = decode_pack(write({"n": "a", "v": 1, "t": 2**28}), NOW_MS)
    assert first.measurements[0].time_ms == 2**28 * 1000


@both
def test_an_unsynced_device_sends_uptimes(write: Write) -> None:
    pack = decode_pack(
        write(
            {"seq": 3, "boot": "b", "clk": "unsynced", "now": 90.5, "n": "a", "v": 1, "t": 30},
            {"n": "a", "v": 2},
        ),
        NOW_MS,
    )
    assert (pack.seq, pack.boot, pack.uptime_now_ms) == (3, "b", 90_500)
    assert [m.time_ms for m in pack.measurements] == [30_000, 90_500]


@both
@pytest.mark.parametrize(
    "header",
    [
        {"seq": 1, "boot": "b", "clk": "unsynced"},
        {"seq": 1, "boot": "b", "clk": "unsynced", "now": "soon"},
        {"seq": 1, "boot": "b", "clk": "unsynced", "now": -1},
        {"seq": 1, "boot": "b", "clk": "perhaps"},
        {"seq": 1, "boot": "b", "clk": 7},
        {"clk": "unsynced", "now": 5},
    ],
)
def test_a_clock_that_cannot_be_reckoned_makes_times_impossible(write: Write, header: dict[str, object]) -> None:
    pack = decode_pack(write(header, {"n": "a", "v": 1}, {"n": "b", "v": 1}), NOW_MS)
    assert not pack.measurements
    assert [(f.reason, f.count) for f in pack.faults] == [(Reason.IMPOSSIBLE_TIME, 2)]
    assert pack.seq == header.get("seq")  # it is settled all the same: no sending again would mend it


@both
@pytest.mark.parametrize(
    "header",
    [
        {},
        {"seq": 1},
        {"boot": "b"},
        {"seq": "1", "boot": "b"},
        {"seq": True, "boot": "b"},
        {"seq": -1, "boot": "b"},
        {"seq": 2**63, "boot": "b"},
        {"seq": 1, "boot": ""},
        {"seq": 1, "boot": "b" * 65},
        {"seq": 1, "boot": "眼鏡"},
        {"seq": 1, "boot": "a\nb"},
        {"seq": 1, "boot": 5},
    ],
)
def test_an_odd_number_or_boot_is_as_good_as_none(write: Write, header: dict[str, object]) -> None:
    pack = decode_pack(write({**header, "n": "a", "v": 1}), NOW_MS)
    assert (pack.seq, pack.boot) == (None, None)
    assert len(pack.measurements) == 1


@both
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"n": "x"}, Reason.NO_VALUE),
        ({"n": "x", "vs": "high"}, Reason.NO_VALUE),
        ({"n": "x", "vd": "aGk"}, Reason.NO_VALUE),
        ({"n": "x", "s": 5}, Reason.NO_VALUE),
        ({"n": "x", "v": "5"}, Reason.NO_VALUE),
        ({"n": "x", "v": True}, Reason.NO_VALUE),
        ({"n": "x", "vb": 1}, Reason.NO_VALUE),
        ({"n": "x", "v": math.nan}, Reason.NOT_FINITE),
        ({"n": "x", "v": -math.inf}, Reason.NOT_FINITE),
        ({"n": 5, "v": 1}, Reason.UNKNOWN_SENSOR),
        ({"n": "x", "v": 1, "u": 7}, Reason.UNKNOWN_UNIT),
        ({"n": "x", "v": 1, "t": "noon"}, Reason.IMPOSSIBLE_TIME),
        ({"n": "x", "v": 1, "t": math.nan}, Reason.IMPOSSIBLE_TIME),
        ({"n": "x", "v": 1, "t": 1e300}, Reason.IMPOSSIBLE_TIME),
        ("text", Reason.UNDECODABLE),
    ],
)
def test_a_wrong_record_harms_only_itself(write: Write, wrong: object, reason: Reason) -> None:
    pack = decode_pack(write({"n": "a", "v": 1}, wrong, {"n": "b", "v": 2}), NOW_MS)
    assert [m.name for m in pack.measurements] == ["a", "b"]
    assert [(f.reason, f.count) for f in pack.faults] == [(reason, 1)]


def test_numbers_beyond_a_float_are_not_finite() -> None:
    huge = b"1" + b"0" * 5000
    for number in (b"1e400", b"-1e400", huge, b"NaN", b"Infinity"):
        pack = decode_pack(b'[{"n":"a","v":1},{"n":"b","v":' + number + b"}]", NOW_MS)
        assert len(pack.measurements) == 1
        assert [f.reason for f in pack.faults] == [Reason.NOT_FINITE]


def test_many_faults_of_one_reason_are_counted_together() -> None:
    pack = decode_pack(as_json({"n": "a", "v": 1}, *[{"n": "x"}] * 999), NOW_MS)
    assert [(f.reason, f.count) for f in pack.faults] == [(Reason.NO_VALUE, 999)]


@both
def test_a_record_of_base_fields_is_no_reading(write: Write) -> None:
    pack = decode_pack(write({"bn": "dev:", "bv": 2, "seq": 1, "boot": "b"}, {"n": "a", "v": 1}), NOW_MS)
    assert seen(pack) == [("dev:a", None, NOW_MS, 3.0)]
    assert not pack.faults
    alone = decode_pack(write({"bn": "dev:", "seq": 1, "boot": "b"}), NOW_MS)
    assert [(f.reason, f.count) for f in alone.faults] == [(Reason.NO_VALUE, 1)]


@both
def test_unknown_fields_are_ignored_unless_they_must_be_understood(write: Write) -> None:
    assert len(decode_pack(write({"n": "a", "v": 1, "x": 9, "wrong": None}), NOW_MS).measurements) == 1
    assert len(decode_pack(write({"n": "a_", "v": 1}), NOW_MS).measurements) == 1
    with pytest.raises(WireError, match="must be understood"):
        decode_pack(write({"n": "a", "v": 1}, {"n": "b", "v": 1, "x_": 9}), NOW_MS)


def test_an_escape_does_not_hide_a_field_that_must_be_understood() -> None:
    with pytest.raises(WireError, match="must be understood"):
        decode_pack(b'[{"n":"a","v":1,"x\\u005f":9}]', NOW_MS)


@both
def test_versions_up_to_ours_are_read(write: Write) -> None:
    assert decode_pack(write({"bver": 10, "n": "a", "v": 1}), NOW_MS).measurements
    for version in (11, 0, -1, 1.5, "10", 10**30):
        with pytest.raises(WireError):
            decode_pack(write({"bver": version, "n": "a", "v": 1}), NOW_MS)


@both
def test_limits(write: Write) -> None:
    assert len(decode_pack(write(*[{"n": "a", "v": 1}] * 10_000), NOW_MS).measurements) == 10_000
    with pytest.raises(WireError) as refusal:
        decode_pack(write(*[{"n": "a", "v": 1}] * 10_001), NOW_MS)
    assert refusal.value.reason is Reason.OVER_LIMIT
    with pytest.raises(WireError) as refusal:
        decode_pack(b" " * (MAX_BYTES + 1), NOW_MS)
    assert refusal.value.reason is Reason.OVER_LIMIT


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x00",
        b"\xff" * 100,
        b"{}",
        b"[]",
        b"5",
        b"null",
        b'"text"',
        b"[[]]x",
        b"[" * 200_000,
        b'[{"x":' + b"[" * 100_000,
        b"\x80",
        as_cbor({"n": "a", "v": 1})[:-3],
        b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff\x00",  # an array of 2**63 items
        b"\x81\x7b\x7f\xff\xff\xff\xff\xff\xff\xff\x00",  # a text of 2**63 bytes
        b"\x81\xbb\x00\x00\x00\x00\xff\xff\xff\xff\x00",  # a map of 2**32 pairs
        b"\x81" * 200_000,
        b"\x9f" * 200_000,
        b"\x81" + b"\xd8\x64" * 100_000,  # tags in tags
        b"\x81\xa1\x02\xc2\x5a\x00\x03\xe8\x00" + b"\xff" * 256_000,  # a bignum
        b"\x81\xa1\x02\xc5\x82\x1a\x3b\x9a\xc9\xff\x01",  # a bigfloat of a billion digits
        b"\x81\xa1\x00\xd8\x23\x64(a+)",  # a regular expression
        b"\x81\xd8\x1c\x81\xd8\x1d\x00",  # a value that contains itself
        b"\xd9\x01\x00\x82\x64aaaa\xd8\x19\x00",  # references to strings
    ],
)
def test_rubbish_is_undecodable(payload: bytes) -> None:
    with pytest.raises(WireError) as refusal:
        decode_pack(payload, NOW_MS)
    assert refusal.value.reason in {Reason.UNDECODABLE, Reason.OVER_LIMIT}


def test_cbor_nests_no_deeper_than_a_pack() -> None:
    """Deeper, map keys could be arrays made to collide: 185 kB of them took 4.5 s."""
    key = b"\x8e" + b"\x20" * 14
    with pytest.raises(WireError, match="depth"):
        decode_pack(b"\x81\xb9" + struct.pack(">H", 10_000) + (key + b"\x00") * 10_000, NOW_MS)


@pytest.mark.parametrize(
    ("exponent", "mantissa", "value"),
    [(-2, 27315, 273.15), (0, -5, -5.0), (-(10**15), 1, 0.0), (3, 2, 2000.0)],
)
def test_decimal_fractions_are_numbers(exponent: int, mantissa: int, value: float) -> None:
    pack = decode_pack(as_cbor({"n": "a", "v": cbor2.CBORTag(4, [exponent, mantissa])}), NOW_MS)
    assert [m.value for m in pack.measurements] == [value]


def test_a_decimal_fraction_of_a_billion_digits_is_not_finite() -> None:
    pack = decode_pack(as_cbor({"n": "a", "v": cbor2.CBORTag(4, [10**9, 1])}), NOW_MS)
    assert [f.reason for f in pack.faults] == [Reason.NOT_FINITE]
    with pytest.raises(WireError):
        decode_pack(as_cbor({"n": "a", "v": cbor2.CBORTag(4, [1, 2**70])}), NOW_MS)


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda tail: b"\x81\xa2\x00\x61a" + tail))
def test_random_bytes_raise_nothing_but_the_wires_own_error(payload: bytes) -> None:
    try:
        pack = decode_pack(payload, NOW_MS)
    except WireError:
        return
    assert pack.measurements or pack.faults
    assert all(math.isfinite(m.value) for m in pack.measurements)


scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=5)
fields = st.dictionaries(
    st.sampled_from([*CBOR_LABELS, "seq", "boot", "clk", "now", "x", "y_"]),
    scalars,
    max_size=6,
)
texts, numbers = st.text(max_size=5), st.integers(-(2**62), 2**62) | st.floats()
usual_fields = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("n", "u", "bn", "bu", "boot", "clk", "vs", "vd"), texts),
        **dict.fromkeys(("v", "t", "bt", "bv", "bs", "ut", "s", "now"), numbers),
        **dict.fromkeys(("seq", "bver"), st.integers(-5, 2**62)),
        "vb": st.booleans(),
    },
)
records = st.lists(usual_fields, max_size=4) | st.lists(usual_fields | fields | scalars, max_size=4)


def outcome(read: Callable[[], object]) -> object:
    try:
        return read()
    except WireError as error:
        return type(error)


def shown(read: Callable[[], object]) -> object:
    """Records made comparable: NaN equals NaN, 0 equals 0.0."""
    found = outcome(read)
    if not isinstance(found, list):
        return found
    return [[comparable(getattr(record, name)) for name in record.__struct_fields__] for record in found]


def comparable(field: object) -> object:
    if isinstance(field, Wrong):
        return field.reason
    if isinstance(field, int | float) and not isinstance(field, bool):
        return repr(float(field))
    return repr(field)


@given(records)
def test_the_quick_way_and_the_patient_way_agree(pack: list[object]) -> None:
    text = json.dumps(pack).encode()
    assert shown(lambda: decode_json(text)) == shown(lambda: _records(json.loads(text)))
    packed = as_cbor(*pack)
    assert shown(lambda: decode_cbor(packed)) == shown(lambda: _records(cbor2.loads(packed)))


@given(records, st.binary(max_size=8))
def test_any_fields_raise_nothing_but_the_wires_own_error(pack: list[object], tail: bytes) -> None:
    for payload in (json.dumps(pack).encode(), as_cbor(*pack), as_cbor(*pack)[:-1] + tail):
        outcome(lambda payload=payload: decode_pack(payload, NOW_MS))  # type: ignore[misc]


def test_decimal_fractions_make_no_room_for_colliding_keys() -> None:
    """They need more depth, so that arrays may be keys: only in packs too small for it to matter."""
    fraction = as_cbor({"n": "a", "v": cbor2.CBORTag(4, [0, 1])})
    assert decode_pack(fraction, NOW_MS).measurements
    with pytest.raises(WireError, match="depth"):
        decode_pack(as_cbor(*[{"n": "a", "v": cbor2.CBORTag(4, [0, 1])}] * 1000), NOW_MS)
