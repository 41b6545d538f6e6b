import json
from dataclasses import replace

import pytest

from city.catalog import Area, Catalog, Department, Device, Point, Sensor, Site, Zone
from city.delivery import Delivery
from city.messages.text import Text
from city.quantity import QUANTITIES
from city.quarantine import Reason
from city.reading import SeriesKey
from city.wire.senml import Form, Measurement, Pack, encode_pack
from city.wire.topic import Kind, Topic
from ingest.codecs.senml import SenmlCodec
from ingest.message import Message

NOW_MS = 1_719_187_200_000
TEXT = Text("試", "test")


def sensor(device: str, name: str, quantity: str) -> Sensor:
    return Sensor(SeriesKey(device, name), TEXT, QUANTITIES[quantity], device, "site", "area", "sabae", "bosai")


CATALOG = Catalog(
    city="sabae",
    title=TEXT,
    zones={"sabae": Zone("sabae", TEXT)},
    areas={"area": Area("area", TEXT, "sabae")},
    rivers={},
    sites={"site": Site("site", TEXT, "area", Point(35.9, 136.2))},
    departments={"bosai": Department("bosai", TEXT)},
    devices={name: Device(name, TEXT, "sabae", "site") for name in ("gauge", "other")},
    sensors=(
        sensor("gauge", "air", "air_temperature"),
        sensor("gauge", "level", "water_level"),
        sensor("gauge", "pump", "on_off"),
        sensor("other", "level", "water_level"),
    ),
    outline=(),
)
AIR, LEVEL, PUMP = range(3)


def decode(*records: object, device: str = "gauge", zone: str = "sabae") -> Message:
    return decode_payload(json.dumps(records).encode(), device, zone)


def decode_payload(payload: bytes, device: str = "gauge", zone: str = "sabae") -> Message:
    topic = Topic("megane", zone, device, Kind.UP)
    return SenmlCodec(CATALOG).decode(topic, Delivery(str(topic), payload, NOW_MS, lambda: None))


def rejected(message: Message) -> list[tuple[Reason, int]]:
    return [(reject.reason, reject.count) for reject in message.rejects]


@pytest.mark.parametrize("form", Form)
def test_readings_in_canonical_units(form: Form) -> None:
    sent = [
        Measurement("level", "cm", NOW_MS, 250.0),
        Measurement("gauge:level", "m", NOW_MS + 1, 2.5),
        Measurement("air", "K", NOW_MS + 2, 273.15),
        Measurement("pump", None, NOW_MS + 3, value=True),
        Measurement("pump", "/", NOW_MS + 4, 0.0),
    ]
    got = decode_payload(encode_pack(Pack(sent, seq=9, boot="b"), form))
    assert list(got.series) == [LEVEL, LEVEL, AIR, PUMP, PUMP]
    assert got.time == [NOW_MS + i for i in range(5)]
    assert got.value == pytest.approx([2.5, 2.5, 0.0, 1.0, 0.0])
    assert (got.device, got.zone, got.seq, got.boot, got.uptime_now_ms) == ("gauge", "sabae", 9, "b", None)
    assert got.rejects == ()


def test_an_unsynced_device_s_times_stay_uptimes() -> None:
    got = decode({"seq": 1, "boot": "b", "clk": "unsynced", "now": 12, "n": "level", "u": "m", "v": 1, "t": 10})
    assert (got.time, got.uptime_now_ms) == ([10_000], 12_000)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"n": "depth", "u": "m", "v": 1}, Reason.UNKNOWN_SENSOR),
        ({"n": "", "u": "m", "v": 1}, Reason.UNKNOWN_SENSOR),
        ({"n": "other:level", "u": "m", "v": 1}, Reason.WRONG_IDENTITY),
        ({"n": "urn:dev:gauge:level", "u": "m", "v": 1}, Reason.WRONG_IDENTITY),
        ({"n": "level", "u": "Pa", "v": 1}, Reason.UNKNOWN_UNIT),
        ({"n": "level", "u": "M", "v": 1}, Reason.UNKNOWN_UNIT),
        ({"n": "level", "v": 1}, Reason.UNKNOWN_UNIT),
        ({"n": "level", "vb": True}, Reason.UNKNOWN_UNIT),
        ({"n": "level", "u": "m", "vb": True}, Reason.UNKNOWN_UNIT),
        ({"n": "pump", "u": "m", "v": 1}, Reason.UNKNOWN_UNIT),
        ({"n": "level", "u": "m", "v": float("nan")}, Reason.NOT_FINITE),
        ({"n": "level", "u": "m", "vs": "high"}, Reason.NO_VALUE),
        ({"n": "level", "u": "m", "v": 1, "t": 1e200}, Reason.IMPOSSIBLE_TIME),
    ],
)
def test_what_can_be_used_is_used_and_the_rest_is_counted(wrong: object, reason: Reason) -> None:
    good = {"n": "level", "u": "m", "v": 2}
    got = decode(good, wrong, good, wrong)
    assert got.value == [2.0, 2.0]
    assert rejected(got) == [(reason, 2)]


def test_an_unknown_device_is_settled_and_counted_by_readings() -> None:
    got = decode(
        {"seq": 4, "boot": "b", "n": "level", "u": "m", "v": 1}, {"n": "x", "v": 1}, {"n": "y"}, device="ghost"
    )
    assert (got.series, got.seq, got.boot) == ([], 4, "b")
    assert rejected(got) == [(Reason.UNKNOWN_SENSOR, 2), (Reason.NO_VALUE, 1)]


def test_a_device_in_another_zone_is_not_who_it_says() -> None:
    got = decode({"n": "level", "u": "m", "v": 1}, zone="sakai")
    assert rejected(got) == [(Reason.WRONG_IDENTITY, 1)]


@pytest.mark.parametrize("payload", [b"", b"hello", b"\x00\x01\x02", b"[]", b'[{"n":"level","u":"m","v":1', b"\x9f"])
def test_an_undecodable_message_counts_one(payload: bytes) -> None:
    got = decode_payload(payload)
    assert got.series == []
    assert rejected(got) == [(Reason.UNDECODABLE, 1)]


def test_too_many_records_are_over_the_limit() -> None:
    got = decode(*[{"n": "level", "u": "m", "v": 1}] * 10_001)
    assert rejected(got) == [(Reason.OVER_LIMIT, 1)]


def test_a_unit_that_a_device_leaves_out_is_the_catalogs() -> None:
    depths = replace(CATALOG, sensors=(replace(CATALOG.sensors[LEVEL], unit="cm"),))
    topic = Topic("megane", "sabae", "gauge", Kind.UP)

    def level(**record: object) -> list[float]:
        payload = json.dumps([{"n": "level", "v": 250.0, **record}]).encode()
        return list(SenmlCodec(depths).decode(topic, Delivery(str(topic), payload, NOW_MS, lambda: None)).value)

    assert level() == [2.5]
    assert level(u="m") == [250.0]
