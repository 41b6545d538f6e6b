"""Plain JSON as gateways write it, and what is wrong with it."""

import pytest

from city.quarantine import Reason
from city.wire.senml import MAX_RECORDS
from ingest.codecs.json_mapping import JsonCodec
from ingest.heard import What
from tests.support.other_devices import NOW_MS, Ear, catalog, rejected

CATALOG = catalog()


@pytest.fixture
def ear() -> Ear:
    return Ear(JsonCodec(CATALOG), CATALOG)


def record(level: object = 250, ts: object = 1_719_187_000, **more: object) -> dict[str, object]:
    return {"levels": [{"a.b": level}], "meta": {"ts": ts}, **more}


def test_values_lie_where_the_catalog_says_and_come_in_canonical_units(ear: Ear) -> None:
    heard = ear.hear("farm/12", record(gate=True, rssi=-70))
    assert ear.readings(heard) == {
        "farm:water_level": [(1_719_187_000_000, 2.5)],
        "farm:gate": [(1_719_187_000_000, 1.0)],
    }
    assert (heard.message.device, heard.message.zone, heard.what) == ("farm", "sabae", What.READINGS)
    assert rejected(heard) == []
    assert (heard.message.seq, heard.message.boot) == (None, None)


def test_a_list_holds_one_record_after_the_other(ear: Ear) -> None:
    heard = ear.hear("farm/12", [record(100, 1_719_187_000), record(200, 1_719_187_060.5)])
    assert ear.readings(heard) == {"farm:water_level": [(1_719_187_000_000, 1.0), (1_719_187_060_500, 2.0)]}


def test_without_a_time_in_the_catalog_it_is_that_of_arrival(ear: Ear) -> None:
    assert ear.readings(ear.hear("farm/13", {"level": "2.5"})) == {"barn:water_level": [(NOW_MS, 2.5)]}


def test_what_the_broker_kept_for_an_unknown_time_has_none(ear: Ear) -> None:
    heard = ear.hear("farm/13", {"level": 2.5}, retained=True)
    assert (heard.what, ear.readings(heard), rejected(heard)) == (What.STALE, {}, [])
    assert ear.readings(ear.hear("farm/12", record(), retained=True))  # this one tells its time


def test_several_records_without_a_time_would_be_one(ear: Ear) -> None:
    heard = ear.hear("farm/13", [{"level": 1}, {"level": 2}])
    assert (ear.readings(heard), rejected(heard)) == ({}, [(Reason.IMPOSSIBLE_TIME, 2)])


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("", Reason.UNDECODABLE),
        ("{", Reason.UNDECODABLE),
        (b"\xff\xfe", Reason.UNDECODABLE),
        ("[" * 100_000, Reason.UNDECODABLE),
        ("{}", Reason.NO_VALUE),
        ("7", Reason.NO_VALUE),
        ("null", Reason.NO_VALUE),
        (record(None), Reason.NO_VALUE),
        (record("high"), Reason.NO_VALUE),
        (record({"value": 1}), Reason.NO_VALUE),
        (record(True), Reason.UNKNOWN_UNIT),
        (record(float("nan")), Reason.NOT_FINITE),
        ('{"levels":[{"a.b":1' + "0" * 400 + '}],"meta":{"ts":1719187000}}', Reason.NOT_FINITE),
        ('{"levels":[{"a.b":1' + "0" * 5_000 + '}],"meta":{"ts":1719187000}}', Reason.NOT_FINITE),
        (record(1, None), Reason.IMPOSSIBLE_TIME),
        (record(1, "2024-06-24T09:00:00+09:00"), Reason.IMPOSSIBLE_TIME),
        (record(1, 1e300), Reason.IMPOSSIBLE_TIME),
        (record(1, float("nan")), Reason.IMPOSSIBLE_TIME),
        ([record()] * (MAX_RECORDS // 2 + 1), Reason.OVER_LIMIT),
    ],
    ids=lambda value: value if isinstance(value, Reason) else str(value)[:30],
)
def test_what_cannot_be_used_is_rejected_by_its_reason(ear: Ear, payload: object, reason: Reason) -> None:
    heard = ear.hear("farm/12", payload)
    assert ear.readings(heard) == {}
    assert rejected(heard) == [(reason, 1)]
    assert heard.message.device == "farm"


def test_a_bad_value_stops_no_good_one(ear: Ear) -> None:
    heard = ear.hear("farm/12", [record(100, gate="ajar"), {}, record(200, ts="?"), record(300)])
    assert [value for _, value in ear.readings(heard)["farm:water_level"]] == [1.0, 3.0]
    assert rejected(heard) == [(Reason.NO_VALUE, 2), (Reason.IMPOSSIBLE_TIME, 1)]


def test_as_many_readings_as_are_allowed_are_taken(ear: Ear) -> None:
    heard = ear.hear("farm/12", [record(1, ts) for ts in range(1_719_000_000, 1_719_000_000 + MAX_RECORDS // 2)])
    assert len(heard.message.series) == MAX_RECORDS // 2


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("iso8601", '"2024-06-24T09:00:00+09:00"', 1_719_187_200_000),
        ("iso8601", '"2024-06-24T00:00:00.123456789Z"', 1_719_187_200_123),
        ("iso8601", '"2024-06-24T09:00:00"', None),
        ("iso8601", '"0001-01-01T00:00:00+23:59"', -62_135_683_140_000),
        ("iso8601", "1719187200", None),
        ("ms", "1719187200123", 1_719_187_200_123),
        ("ms", "true", None),
        ("s", "1719187200.1234", 1_719_187_200_123),
    ],
)
def test_times_are_read_in_the_form_that_the_catalog_names(form: str, text: str, expected: int | None) -> None:
    over = catalog(
        "devices: [{id: a, site: toba, owner: doboku, sensors: {on_off: {at: v}},"
        f" speaks: {{json: {{topic: t, time: {{at: t, form: {form}}}}}}}}}]"
    )
    ear = Ear(JsonCodec(over), over)
    readings = ear.readings(ear.hear("t", f'{{"v":1,"t":{text}}}'))
    assert readings == ({} if expected is None else {"a:on_off": [(expected, 1.0)]})
