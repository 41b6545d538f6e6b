"""The quick way through a usual pack makes of it what the plain way makes."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.delivery import Delivery
from city.wire.senml import MAX_TIME_S, RELATIVE_BELOW_S, Form, Measurement, Pack, encode_pack
from city.wire.topic import Kind, Topic
from ingest.codecs.senml import SenmlCodec, _plain_message, _usual_message
from ingest.codecs.usual_pack import decode_usual
from ingest.message import Message
from tests.unit.ingest_codecs.test_senml_codec import CATALOG as FEW
from tests.unit.ingest_codecs.test_senml_codec import NOW_MS, sensor

# One more sensor, in whose canonical unit a value may grow beyond a float.
SENSORS = sorted([*FEW.sensors, sensor("gauge", "rain", "rainfall")], key=lambda sensor: sensor.key)
CATALOG = replace(FEW, sensors=tuple(SENSORS))
TOPIC = Topic("megane", "sabae", "gauge", Kind.UP)
NOW_S = NOW_MS / 1000

# What a device of the catalog may send, and now and then what it may not.
SENT = (
    ("air", "Cel"),
    ("air", "K"),
    ("level", "m"),
    ("level", "cm"),
    ("rain", "m"),
    ("gauge:level", "m"),
    ("pump", "/"),
)
ODD = (("pump", None), ("level", ""), ("level", "x"), ("other:level", "m"), ("x", "m"), ("", "m"))
AT_THE_EDGE: tuple[dict[str, float], ...] = (
    {"bt": RELATIVE_BELOW_S, "t": -0.0004},
    {"bt": RELATIVE_BELOW_S},
    {"bt": RELATIVE_BELOW_S, "t": 0.001},
    {"bt": MAX_TIME_S, "t": 0.0004},
    {"bt": MAX_TIME_S},
    {"bt": 1e308, "t": 1e308},
    {"bt": -MAX_TIME_S},
    {"t": NOW_S},
    {},
)

seconds = st.integers(-5_000, 5_000).map(lambda ms: ms / 1000) | st.floats(-1e4, 1e4)
values = st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False) | st.just(1.7e308)
odd_fields: st.SearchStrategy[dict[str, object]] = st.sampled_from(
    [
        *({name: value} for name in ("bn", "bu") for value in ("", "level", "m")),
        *({name: value} for name in ("bt", "bv", "t", "v", "now") for value in (0, 2.5, NOW_S - 60, None)),
        *({"seq": seq} for seq in (-1, 1.5, 2**63)),
        *({"boot": boot} for boot in ("", "é", "b" * 65, None)),
        *({"clk": clk} for clk in ("unsynced", "ok", None, 3)),
        *({"bver": 10}, {"vb": True}, {"vs": "x"}, {"u": None}, {"x": 1}, {"y_": 1}),
    ]
)


@st.composite
def packs(draw: st.DrawFn) -> bytes:
    """A usual pack, with at most one thing about it that may be unusual."""
    records: list[dict[str, object]] = [
        {"n": name, "u": unit, "v": draw(values), "t": draw(seconds)}
        for name, unit in draw(st.lists(st.sampled_from(SENT), min_size=1, max_size=4))
    ]
    records[0] |= {"bt": NOW_S, "seq": 2**63 - 1, "boot": "b" * 64, "clk": "ok"}
    which = draw(st.integers(0, len(records) - 1))
    match draw(st.sampled_from(["usual", "field", "field", "base", "sensor", "time", "headless"])):
        case "field":
            records[which] |= draw(odd_fields)
        case "base":
            records[which] |= {"bt": draw(st.sampled_from([0, 2.5, NOW_S - 60]))}
        case "sensor":
            records[which] |= dict(zip(("n", "u"), draw(st.sampled_from(ODD)), strict=True))
        case "time":
            records[0] = {"n": "level", "u": "m", "v": 1, **draw(st.sampled_from(AT_THE_EDGE))}
        case "headless":
            records[0] = {"n": "level", "u": "m", "v": 1, "t": NOW_S}
        case _:
            pass
    return json.dumps(records).encode()


def comparable(message: Message) -> object:
    columns = (list(message.series), list(message.time), list(message.value))
    return columns, message.device, message.zone, message.seq, message.boot, message.uptime_now_ms, message.rejects


@settings(max_examples=500)  # a dozen kinds of packs, each to be met several times
@given(packs())
def test_the_quick_way_agrees_with_the_plain_one(payload: bytes) -> None:
    codec = SenmlCodec(CATALOG)
    device = codec._devices["gauge"]
    plain = _plain_message(Delivery(str(TOPIC), payload, NOW_MS, lambda: None), TOPIC, device)
    for _ in range(2):  # the second time by the route that is remembered
        quick = _usual_message(payload, TOPIC, device)
        assert quick is None or comparable(quick) == comparable(plain)


@given(st.lists(st.tuples(st.sampled_from(["air", "level"]), st.floats(-50, 50)), min_size=1, max_size=12))
def test_what_a_device_writes_takes_the_quick_way(readings: list[tuple[str, float]]) -> None:
    units = {"air": "Cel", "level": "cm"}
    sent = [Measurement(name, units[name], NOW_MS + 1_000 * i, value) for i, (name, value) in enumerate(readings)]
    payload = encode_pack(Pack(sent, seq=3, boot="b"), Form.JSON)
    assert _usual_message(payload, TOPIC, SenmlCodec(CATALOG)._devices["gauge"]) is not None


@pytest.mark.parametrize(
    "payload", [b"", b"[", b"[]", b"\x81\xa0", b"{}", b"[1]", b'[{"n":"level","v":1e999,"bt":2e9}]']
)
def test_anything_else_is_left_to_the_plain_way(payload: bytes) -> None:
    assert decode_usual(payload) is None


def test_routes_of_many_shapes_are_not_kept() -> None:
    codec = SenmlCodec(CATALOG)
    for count in (*range(1, 40), 200):
        records = [{"n": "level", "u": "m", "v": 1, "t": NOW_S}] * count
        payload = json.dumps(records).encode()
        message = codec.decode(TOPIC, Delivery(str(TOPIC), payload, NOW_MS, lambda: None))
        assert len(message.series) == count
    assert 0 < len(codec._devices["gauge"].routes) <= 8
    assert max(map(len, codec._devices["gauge"].routes)) <= 2 * 100
