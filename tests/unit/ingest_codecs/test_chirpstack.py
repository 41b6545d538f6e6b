"""Uplinks of ChirpStack v4, as its documentation shows them."""

import copy

import pytest

from city.quarantine import Reason
from city.speech import Chirpstack
from ingest.codecs.chirpstack import ChirpstackCodec
from ingest.heard import What
from tests.support.other_devices import UPLINK, UPLINK_MS, UPLINK_TOPIC, Ear, catalog, rejected

CATALOG = catalog()
OBJECT = {"soil": {"water": 31.5, "temperature": 12.0}, "battery": 3600, "open": False}


@pytest.fixture
def ear() -> Ear:
    return Ear(ChirpstackCodec(CATALOG), CATALOG)


def uplink(**changed: object) -> dict[str, object]:
    return {**copy.deepcopy(UPLINK), "object": OBJECT, "fCnt": 10, **changed}


def test_an_uplink_is_readings_of_what_the_codec_in_chirpstack_made_of_it(ear: Ear) -> None:
    heard = ear.hear(UPLINK_TOPIC, uplink())
    assert ear.readings(heard) == {
        "field:soil_moisture": [(UPLINK_MS, 31.5)],
        "field:battery_voltage": [(UPLINK_MS, 3.6)],
        "field:gate": [(UPLINK_MS, 0.0)],
    }
    assert rejected(heard) == []
    assert heard.message.device == "field"


def test_the_example_of_the_documentation_has_no_codec(ear: Ear) -> None:
    heard = ear.hear(UPLINK_TOPIC, UPLINK)
    assert (ear.readings(heard), rejected(heard)) == ({}, [(Reason.NO_VALUE, 1)])
    assert "codec" in heard.message.rejects[0].detail


@pytest.mark.parametrize("event", ["join", "status", "ack", "txack", "log", "location", "integration"])
def test_other_events_are_ignored(ear: Ear, event: str) -> None:
    heard = ear.hear(UPLINK_TOPIC.replace("/up", f"/{event}"), {"margin": 10, "batteryLevel": 88.3})
    assert (heard.what, heard.message.device, rejected(heard)) == (What.IGNORED, None, [])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"time": None}, Reason.IMPOSSIBLE_TIME),
        ({"time": "2022-07-18T09:34:15"}, Reason.IMPOSSIBLE_TIME),
        ({"deviceInfo": {"devEui": "0202020202020202"}}, Reason.WRONG_IDENTITY),
        ({"deviceInfo": None}, Reason.WRONG_IDENTITY),
        ({"object": None}, Reason.NO_VALUE),
        ({"object": {"other": 1}}, Reason.NO_VALUE),
        ({"object": [1]}, Reason.NO_VALUE),
    ],
)
def test_what_cannot_be_used_is_rejected_by_its_reason(ear: Ear, changed: dict[str, object], reason: Reason) -> None:
    heard = ear.hear(UPLINK_TOPIC, uplink(**changed))
    assert ear.readings(heard) == {}
    assert {reject.reason for reject in heard.message.rejects} == {reason}


def test_protobuf_is_told_how_to_be_json(ear: Ear) -> None:
    heard = ear.hear(UPLINK_TOPIC, b"\x0a$3ac7e3c4-4401-4b8d-9386-a5c902f9202d")
    assert rejected(heard) == [(Reason.UNDECODABLE, 1)]
    assert "json = true" in heard.message.rejects[0].detail


def test_a_device_that_nobody_registered_is_heard_by_its_dev_eui(ear: Ear) -> None:
    topic = UPLINK_TOPIC.replace("0101010101010101", "A84041FC4188657A")
    heard = ear.hear(topic, uplink())
    assert (heard.message.device, rejected(heard)) == (None, [(Reason.UNKNOWN_SENSOR, 1)])
    assert "a84041fc4188657a" in heard.message.rejects[0].detail
    assert ear.codec.sender(topic) == Chirpstack("a84041fc4188657a")
    assert ear.hear(topic, uplink(), retained=True).what is What.STALE


@pytest.mark.parametrize(
    "topic", ["application/1/device/xyz/event/up", "application/1/device/0101010101010101/up", "a"]
)
def test_topics_of_others_are_not_claimed(ear: Ear, topic: str) -> None:
    assert not ear.codec.claims(topic)
    assert ear.codec.sender(topic) is None
