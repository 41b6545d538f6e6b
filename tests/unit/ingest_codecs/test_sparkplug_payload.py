"""The payload of Sparkplug B against its own encoding, and whole numbers in two's complement (section 6.4.16)."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.wire.errors import WireError
from ingest.codecs.sparkplug_payload import Metric, Payload, decode_payload, encode_payload, rebirth_command
from tests.support.other_devices import SPARKPLUG_MS

# The NCMD of section 6.4.20, written by hand from the specification's field numbers and the encoding of Protocol
# Buffers: 1 timestamp, 2 metrics { 1 name, 3 timestamp, 4 datatype, 14 boolean_value }.
REBIRTH = bytes.fromhex("08eaf2f5a8a02b12210a14" + b"Node Control/Rebirth".hex() + "18eaf2f5a8a02b200b7001")
whole = st.integers(0, 2**32 - 1)
metrics = st.builds(
    Metric,
    name=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    alias=st.none() | st.integers(0, 2**64 - 1),
    timestamp_ms=st.none() | st.integers(0, 2**64 - 1),
    is_historical=st.booleans(),
    is_null=st.booleans(),
    good=st.booleans(),
    whole=st.none() | whole,
)


def test_the_command_of_the_specification() -> None:
    assert rebirth_command(SPARKPLUG_MS) == REBIRTH


@settings(deadline=None)
@given(st.lists(metrics, max_size=5), st.none() | st.integers(0, 255))
def test_what_is_encoded_is_decoded(sent: list[Metric], seq: int | None) -> None:
    payload = Payload(timestamp_ms=SPARKPLUG_MS, seq=seq, metrics=sent)
    assert decode_payload(encode_payload(payload)) == payload


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_payload_or_none(data: bytes) -> None:
    with contextlib.suppress(WireError):
        decode_payload(data)


@pytest.mark.parametrize(
    ("datatype", "bits", "value"),
    [
        (1, 127, 127),
        (1, 0xE9, -23),  # in its own width, as arrays have it
        (1, 2**32 - 23, -23),  # in the 32 bits of int_value
        (1, 2**64 - 23, -23),
        (1, 300, None),
        (2, 0x8AD0, -30_000),
        (3, 2**31 - 1, 2**31 - 1),
        (3, 2**32 - 1, -1),
        (3, 2**33, None),
        (4, 2**64 - 1, -1),
        (5, 250, 250),
        (5, 256, None),
        (6, 52_360, 52_360),
        (7, 3_293_969_225, 3_293_969_225),
        (8, 2**64 - 1, 2**64 - 1),
        (9, 1, None),
        (12, 1, None),
        (0, 1, None),
        (None, 1, None),
    ],
)
def test_a_whole_number_means_what_its_type_says(datatype: int | None, bits: int, value: int | None) -> None:
    assert Metric(whole=bits).number(datatype) == value


def test_a_text_that_is_none_is_no_payload() -> None:
    with pytest.raises(WireError):
        decode_payload(b"\x12\x03\x0a\x01\xff")
