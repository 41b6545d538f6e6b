"""Telemetry of Tasmota, as its documentation shows it."""

import pytest

from city.quarantine import Reason
from city.speech import Tasmota
from ingest.codecs.tasmota import TasmotaCodec
from ingest.heard import What
from tests.support.other_devices import AM2301, AM2301_MS, NOW_MS, SENSOR_TOPIC, Ear, catalog, rejected

CATALOG = catalog()


@pytest.fixture
def ear() -> Ear:
    return Ear(TasmotaCodec(CATALOG), CATALOG)


def test_local_time_is_that_of_the_city(ear: Ear) -> None:
    heard = ear.hear(SENSOR_TOPIC, AM2301)
    assert ear.readings(heard) == {
        "plug:air_temperature": [(AM2301_MS, 24.6)],
        "plug:humidity": [(AM2301_MS, 58.2)],
    }
    assert rejected(heard) == []


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("UTC", AM2301_MS + 9 * 3_600_000),
        ("Europe/Berlin", AM2301_MS + 8 * 3_600_000),
        ("arrival", NOW_MS),
    ],
)
def test_or_that_of_the_zone_that_the_catalog_names(clock: str, expected: int) -> None:
    over = catalog(
        "devices: [{id: a, site: toba, owner: doboku, sensors: {humidity: {at: AM2301.Humidity, unit: '%RH'}},"
        f" speaks: {{tasmota: {{topic: tasmota_4A3D, clock: {clock}}}}}}}]"
    )
    ear = Ear(TasmotaCodec(over), over)
    assert ear.readings(ear.hear(SENSOR_TOPIC, AM2301)) == {"a:humidity": [(expected, 58.2)]}


def test_a_time_that_names_its_offset_is_believed(ear: Ear) -> None:
    heard = ear.hear(SENSOR_TOPIC, {**AM2301, "Time": "2019-01-01T00:00:00+01:00"})
    assert {time for of in ear.readings(heard).values() for time, _ in of} == {AM2301_MS + 8 * 3_600_000}


def test_fahrenheit_is_said_by_the_message_and_converted(ear: Ear) -> None:
    sent = {"Time": AM2301["Time"], "AM2301": {"Temperature": 76.28, "Humidity": 58.2}, "TempUnit": "F"}
    readings = ear.readings(ear.hear(SENSOR_TOPIC, sent))
    assert readings["plug:air_temperature"] == [pytest.approx((AM2301_MS, 24.6))]
    assert readings["plug:humidity"] == [(AM2301_MS, 58.2)]


@pytest.mark.parametrize("unit", [None, "R", 7])
def test_a_temperature_in_no_known_unit_is_not_guessed(ear: Ear, unit: object) -> None:
    heard = ear.hear(SENSOR_TOPIC, {**AM2301, "TempUnit": unit})
    assert list(ear.readings(heard)) == ["plug:humidity"]
    assert rejected(heard) == [(Reason.UNKNOWN_UNIT, 1)]


def test_switches_are_on_or_off(ear: Ear) -> None:
    # As a device writes it: tele/…/SENSOR = {"Time":"2024-02-24T22:20:38","Switch1":"ON"}
    heard = ear.hear(SENSOR_TOPIC, {"Time": "2019-01-01T00:00:00", "Switch1": "ON"})
    assert ear.readings(heard) == {"plug:switch": [(AM2301_MS, 1.0)]}


def test_a_sensor_that_has_failed_says_null(ear: Ear) -> None:
    heard = ear.hear(SENSOR_TOPIC, {**AM2301, "AM2301": {"Temperature": None, "Humidity": 58.2}})
    assert list(ear.readings(heard)) == ["plug:humidity"]
    assert rejected(heard) == [(Reason.NO_VALUE, 1)]


def test_a_topic_of_several_levels(ear: Ear) -> None:
    heard = ear.hear(
        "tele/hall/probe/SENSOR", {"DS18B20": {"Id": "01144A0CB2AA", "Temperature": 20.5}, "TempUnit": "C"}
    )
    assert ear.readings(heard) == {"probe:air_temperature": [(NOW_MS, 20.5)]}


@pytest.mark.parametrize(("payload", "online"), [(b"Online", True), (b"Offline", False)])
def test_whether_it_is_there_is_its_last_will(ear: Ear, payload: bytes, online: bool) -> None:  # noqa: FBT001
    heard = ear.hear("tele/tasmota_4A3D/LWT", payload, retained=True)
    assert (heard.what, heard.presence) == (What.PRESENCE, (("plug", online),))


@pytest.mark.parametrize(
    ("under", "payload", "retained", "what"),
    [
        ("tele/tasmota_4A3D/LWT", b"gone", False, What.IGNORED),
        ("tele/stranger/LWT", b"Online", True, What.IGNORED),
        ("tele/tasmota_4A3D/STATE", b'{"Time":"2019-01-01T00:00:00","POWER":"OFF"}', False, What.IGNORED),
        ("tele/tasmota_4A3D/INFO1", b"{}", False, What.IGNORED),
        ("tele/SENSOR", b"{}", False, What.READINGS),
        ("tele/hall/probe/SENSOR", b"{}", True, What.STALE),
        ("tele/stranger/SENSOR", b"{}", True, What.STALE),
    ],
)
def test_what_is_no_reading(ear: Ear, under: str, payload: bytes, retained: bool, what: What) -> None:  # noqa: FBT001
    heard = ear.hear(under, payload, retained=retained)
    assert (heard.what, heard.presence, ear.readings(heard)) == (what, (), {})


def test_readings_that_the_device_lets_the_broker_keep_have_their_own_time(ear: Ear) -> None:
    assert ear.readings(ear.hear(SENSOR_TOPIC, AM2301, retained=True))


@pytest.mark.parametrize("time", [None, "yesterday", "1970-01-01T00:00:15x", 15])
def test_a_time_that_is_none(ear: Ear, time: object) -> None:
    assert rejected(ear.hear(SENSOR_TOPIC, {**AM2301, "Time": time})) == [(Reason.IMPOSSIBLE_TIME, 2)]


def test_a_device_that_nobody_registered_is_heard_by_its_topic(ear: Ear) -> None:
    heard = ear.hear("tele/school/roof/SENSOR", AM2301)
    assert (heard.message.device, rejected(heard)) == (None, [(Reason.UNKNOWN_SENSOR, 1)])
    assert ear.codec.sender("tele/school/roof/SENSOR") == Tasmota("school/roof", None)
    assert ear.codec.sender("tele/school/roof/STATE") is None
