"""Sparkplug B, message by message as sections 5 and 6.4 of Eclipse Sparkplug 3.0 have them."""

import pytest

from city.quarantine import Reason
from city.speech import Sparkplug
from city.wire.senml import MAX_RECORDS
from ingest.codecs.sparkplug import SparkplugCodec
from ingest.codecs.sparkplug_payload import Metric, Payload, encode_payload
from ingest.heard import Heard, What
from tests.support.other_devices import (
    BOOLEAN,
    FLOAT,
    INPUT_A,
    INPUT_C,
    INT32,
    LEVEL,
    NOW_MS,
    SPARKPLUG_MS,
    VOLTAGE,
    Ear,
    catalog,
    dbirth,
    nbirth,
    ndeath,
    rejected,
    sparkplug,
    topic,
)

CATALOG = catalog()
NODE = Sparkplug("Sparkplug B Devices", "Raspberry Pi")


@pytest.fixture
def ear() -> Ear:
    return Ear(SparkplugCodec(CATALOG), CATALOG)


@pytest.fixture
def born(ear: Ear) -> Ear:
    ear.hear(topic("NBIRTH"), nbirth())
    ear.hear(topic("DBIRTH", "Pibrella"), dbirth())
    return ear


def volts(value: float, alias: int = VOLTAGE, **more: object) -> Metric:
    return Metric(alias=alias, timestamp_ms=SPARKPLUG_MS, real=value, datatype=FLOAT, **more)  # type: ignore[arg-type]


def ndata(seq: int, *metrics: Metric) -> bytes:
    return sparkplug(seq, *metrics)


def values(ear: Ear, heard: Heard) -> dict[str, list[float]]:
    return {key: [value for _, value in found] for key, found in ear.readings(heard).items()}


def test_a_birth_is_readings_and_says_what_aliases_stand_for(ear: Ear) -> None:
    heard = ear.hear(topic("NBIRTH"), nbirth())
    assert list(ear.readings(heard)) == ["pi:battery_voltage"]
    assert ear.readings(heard)["pi:battery_voltage"] == [pytest.approx((SPARKPLUG_MS, 12.1))]
    assert rejected(heard) == [(Reason.NO_VALUE, 1)]  # Level is null
    assert (heard.presence, heard.rebirth) == ((("pi", True),), None)

    heard = ear.hear(topic("DBIRTH", "Pibrella"), dbirth())
    assert values(ear, heard) == {"pibrella:input-a": [0.0], "pibrella:input-c": [0.0]}
    assert (heard.presence, heard.rebirth) == ((("pibrella", True),), None)

    heard = ear.hear(topic("NDATA"), ndata(2, volts(12.3)))
    assert values(ear, heard) == {"pi:battery_voltage": [pytest.approx(12.3)]}
    flags = [Metric(alias=alias, timestamp_ms=SPARKPLUG_MS, flag=True) for alias in (INPUT_A, INPUT_C)]
    heard = ear.hear(topic("DDATA", "Pibrella"), sparkplug(3, *flags))
    assert values(ear, heard) == {"pibrella:input-a": [1.0], "pibrella:input-c": [1.0]}
    assert heard.rebirth is None


def test_metrics_may_carry_their_names_instead(born: Ear) -> None:
    heard = born.hear(topic("NDATA"), ndata(2, Metric(name="Supply Voltage", timestamp_ms=SPARKPLUG_MS, real=12.3)))
    assert values(born, heard) == {"pi:battery_voltage": [pytest.approx(12.3)]}


def test_what_the_birth_said_of_the_type_holds_for_data(born: Ear) -> None:
    heard = born.hear(topic("NDATA"), ndata(2, Metric(alias=LEVEL, timestamp_ms=SPARKPLUG_MS, whole=2**32 - 250)))
    assert values(born, heard) == {"pi:water_level": [-2.5]}


def test_times_are_the_metrics_then_the_messages_then_of_arrival(born: Ear) -> None:
    untimed = Metric(alias=VOLTAGE, real=1.0)
    message = encode_payload(Payload(seq=2, metrics=[untimed, volts(2.0)], timestamp_ms=SPARKPLUG_MS + 5))
    heard = born.hear(topic("NDATA"), message)
    assert born.readings(heard)["pi:battery_voltage"] == [(SPARKPLUG_MS + 5, 1.0), (SPARKPLUG_MS, 2.0)]
    bare = encode_payload(Payload(seq=3, metrics=[untimed]))
    assert born.readings(born.hear(topic("NDATA"), bare))["pi:battery_voltage"] == [(NOW_MS, 1.0)]


def test_history_comes_with_its_own_time_or_not_at_all(born: Ear) -> None:
    old = Metric(alias=VOLTAGE, timestamp_ms=SPARKPLUG_MS - 60_000, real=11.0, is_historical=True)
    heard = born.hear(topic("NDATA"), ndata(2, old))
    assert born.readings(heard)["pi:battery_voltage"] == [(SPARKPLUG_MS - 60_000, 11.0)]
    timeless = Metric(alias=VOLTAGE, real=11.0, is_historical=True)
    heard = born.hear(topic("NDATA"), encode_payload(Payload(seq=3, metrics=[timeless])))
    assert rejected(heard) == [(Reason.IMPOSSIBLE_TIME, 1)]


def test_a_gap_in_the_numbers_asks_for_a_rebirth_and_loses_nothing(born: Ear) -> None:
    assert born.hear(topic("NDATA"), ndata(2, volts(12.0))).rebirth is None
    heard = born.hear(topic("NDATA"), ndata(4, volts(12.5)))
    assert (values(born, heard), heard.rebirth) == ({"pi:battery_voltage": [12.5]}, NODE)
    assert born.hear(topic("NDATA"), ndata(5, volts(12.0))).rebirth is None


def test_the_numbers_of_a_node_and_its_devices_are_one_row_from_0_to_255(ear: Ear) -> None:
    ear.hear(topic("NBIRTH"), nbirth(seq=253))
    assert ear.hear(topic("DBIRTH", "Pibrella"), dbirth(seq=254)).rebirth is None
    assert ear.hear(topic("NDATA"), ndata(255)).rebirth is None
    assert ear.hear(topic("DDATA", "Pibrella"), ndata(0)).rebirth is None
    assert (
        ear.hear(topic("DBIRTH", "Stranger"), dbirth(seq=1)).rebirth is None
    )  # not registered, and counted all the same
    assert ear.hear(topic("DDEATH", "Pibrella"), ndata(2)).rebirth is None
    assert ear.hear(topic("NDATA"), ndata(3)).rebirth is None
    assert ear.hear(topic("NDATA"), ndata(3)).rebirth == NODE


def test_data_before_a_birth_go_to_the_quarantine_and_ask_for_one(ear: Ear) -> None:
    heard = ear.hear(topic("NDATA"), ndata(7, volts(12.0), volts(1.0, alias=99)))
    assert (ear.readings(heard), rejected(heard), heard.rebirth) == ({}, [(Reason.NO_BIRTH, 2)], NODE)
    assert heard.message.device == "pi"

    named = Metric(name="Supply Voltage", timestamp_ms=SPARKPLUG_MS, datatype=FLOAT, real=12.0)
    untyped = Metric(name="Level", timestamp_ms=SPARKPLUG_MS, whole=5)
    heard = ear.hear(topic("NDATA"), ndata(8, named, untyped))
    assert (values(ear, heard), rejected(heard)) == ({"pi:battery_voltage": [12.0]}, [(Reason.NO_BIRTH, 1)])

    ear.hear(topic("NBIRTH"), nbirth())
    heard = ear.hear(topic("DDATA", "Pibrella"), ndata(1, Metric(alias=INPUT_A, flag=True)))
    assert (rejected(heard), heard.rebirth) == ([(Reason.NO_BIRTH, 1)], NODE)


def test_sent_again_after_the_birth_they_are_readings(ear: Ear) -> None:
    early = ndata(7, volts(12.0))
    ear.hear(topic("NDATA"), early)
    ear.hear(topic("NBIRTH"), nbirth(), arrived_ms=NOW_MS + 500)
    heard = ear.hear(topic("NDATA"), early, arrived_ms=NOW_MS, again=True)
    assert (ear.readings(heard), rejected(heard)) == ({"pi:battery_voltage": [(SPARKPLUG_MS, 12.0)]}, [])
    assert heard.rebirth is None


def test_what_is_sent_again_goes_by_the_birth_of_its_own_time(born: Ear) -> None:
    """Before the node restarted, its aliases stood for other metrics."""
    hour_ms = 3_600_000
    birth = nbirth(voltage=LEVEL, level=VOLTAGE)
    born.hear(topic("NBIRTH"), birth, arrived_ms=NOW_MS - 2 * hour_ms, again=True)
    sent = ndata(1, volts(12.0, alias=LEVEL))
    heard = born.hear(topic("NDATA"), sent, arrived_ms=NOW_MS - hour_ms, again=True)
    assert values(born, heard) == {"pi:battery_voltage": [12.0]}
    heard = born.hear(topic("NDATA"), ndata(2, volts(12.5)))  # and the node that is there now goes on with its own
    assert (values(born, heard), heard.rebirth) == ({"pi:battery_voltage": [12.5]}, None)


def test_a_death_invalidates_aliases_and_marks_all_of_the_node_as_gone(born: Ear) -> None:
    heard = born.hear(topic("NDEATH"), ndeath())
    assert (heard.what, sorted(heard.presence)) == (What.PRESENCE, [("pi", False), ("pibrella", False)])
    heard = born.hear(topic("NDATA"), ndata(2, volts(12.0)))
    assert (rejected(heard), heard.rebirth) == ([(Reason.NO_BIRTH, 1)], NODE)


def test_the_death_of_a_session_long_over_is_ignored(ear: Ear) -> None:
    ear.hear(topic("NBIRTH"), nbirth(bd_seq=4))
    heard = ear.hear(topic("NDEATH"), ndeath(bd_seq=3))
    assert (heard.what, heard.presence) == (What.IGNORED, ())
    assert ear.hear(topic("NDATA"), ndata(1, volts(12.0))).rebirth is None
    assert ear.hear(topic("NDEATH"), sparkplug(None)).what is What.IGNORED
    assert ear.hear(topic("NDEATH"), ndeath(bd_seq=4)).what is What.PRESENCE


def test_a_death_before_any_birth_is_believed(ear: Ear) -> None:
    assert ear.hear(topic("NDEATH"), ndeath(9)).presence


def test_the_death_of_a_device_is_its_own(born: Ear) -> None:
    heard = born.hear(topic("DDEATH", "Pibrella"), sparkplug(2))
    assert (heard.presence, heard.rebirth) == ((("pibrella", False),), None)
    heard = born.hear(topic("DDATA", "Pibrella"), sparkplug(3, Metric(alias=INPUT_A, flag=True)))
    assert rejected(heard) == [(Reason.NO_BIRTH, 1)]
    assert values(born, born.hear(topic("NDATA"), ndata(4, volts(12.0))))


def test_a_new_birth_of_the_node_ends_those_of_its_devices(born: Ear) -> None:
    born.hear(topic("NBIRTH"), nbirth(bd_seq=1))
    heard = born.hear(topic("DDATA", "Pibrella"), sparkplug(1, Metric(alias=INPUT_A, flag=True)))
    assert (rejected(heard), heard.rebirth) == ([(Reason.NO_BIRTH, 1)], NODE)


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        (Metric(alias=VOLTAGE, timestamp_ms=SPARKPLUG_MS, is_null=True), Reason.NO_VALUE),
        (Metric(alias=VOLTAGE, timestamp_ms=SPARKPLUG_MS), Reason.NO_VALUE),
        (volts(12.0, good=False), Reason.NO_VALUE),
        (volts(float("nan")), Reason.NOT_FINITE),
        (Metric(alias=VOLTAGE, timestamp_ms=SPARKPLUG_MS, datatype=BOOLEAN, flag=True), Reason.UNKNOWN_UNIT),
        (Metric(alias=VOLTAGE, timestamp_ms=SPARKPLUG_MS, datatype=INT32, real=1.0), Reason.NO_VALUE),
        (Metric(alias=VOLTAGE, timestamp_ms=2**63, real=1.0), Reason.IMPOSSIBLE_TIME),
    ],
)
def test_a_metric_that_cannot_be_used_stops_no_other(born: Ear, metric: Metric, reason: Reason) -> None:
    good = Metric(alias=LEVEL, timestamp_ms=SPARKPLUG_MS, whole=300)
    heard = born.hear(topic("NDATA"), ndata(2, metric, good))
    assert values(born, heard) == {"pi:water_level": [3.0]}
    assert rejected(heard) == [(reason, 1)]


def test_a_message_that_cannot_be_read_is_one_reject(born: Ear) -> None:
    assert rejected(born.hear(topic("NDATA"), b"\xff\xff")) == [(Reason.UNDECODABLE, 1)]
    many = [Metric(alias=VOLTAGE, real=1.0)] * (MAX_RECORDS + 1)
    assert rejected(born.hear(topic("NDATA"), ndata(2, *many))) == [(Reason.OVER_LIMIT, 1)]
    assert rejected(born.hear(topic("NDATA", "") + "/x/y", b"")) == [(Reason.TOPIC, 1)]


@pytest.mark.parametrize("kind", ["NCMD", "DCMD"])
def test_commands_are_for_others(born: Ear, kind: str) -> None:
    device = "Pibrella" if kind[0] == "D" else ""
    assert born.hear(topic(kind, device), b"\xff").what is What.IGNORED


def test_what_the_broker_kept_is_no_birth(ear: Ear) -> None:
    assert ear.hear(topic("NBIRTH"), nbirth(), retained=True).what is What.STALE
    assert ear.hear(topic("NDATA"), ndata(1, volts(1.0))).rebirth == NODE


def test_nodes_and_devices_that_nobody_registered_are_heard_by_their_names(born: Ear) -> None:
    stranger = "spBv1.0/Water/NBIRTH/Pump 3"
    heard = born.hear(stranger, nbirth())
    assert (heard.message.device, rejected(heard), heard.rebirth) == (None, [(Reason.UNKNOWN_SENSOR, 1)], None)
    assert "Water/Pump 3" in heard.message.rejects[0].detail
    assert born.codec.sender(stranger) == Sparkplug("Water", "Pump 3")
    assert born.hear("spBv1.0/Water/NDEATH/Pump 3", ndeath()).what is What.IGNORED

    heard = born.hear(topic("DBIRTH", "Camera"), dbirth(2))
    assert rejected(heard) == [(Reason.UNKNOWN_SENSOR, 1)]
    assert born.codec.sender(topic("DDATA", "Camera")) == Sparkplug("Sparkplug B Devices", "Raspberry Pi", "Camera")
    assert born.codec.sender(topic("DDEATH", "Camera")) is None


def test_strangers_behind_a_node_take_no_memory() -> None:
    codec = SparkplugCodec(CATALOG)
    own = Ear(codec, CATALOG)
    for number in range(100):
        own.hear(topic("DBIRTH", f"d{number}"), dbirth(number), again=number % 2 == 0)
    [node] = codec._nodes.values()
    assert (node.births, node.again) == ({}, {})


def test_hosts_are_told_apart(ear: Ear) -> None:
    assert ear.hear("spBv1.0/STATE/other", b'{"online":true,"timestamp":1}').what is What.HOST
