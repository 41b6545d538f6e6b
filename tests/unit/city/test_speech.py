"""Devices of others in the catalog: what they say of themselves, and every way to get it wrong."""

import pytest

from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.errors import MistakesError
from city.messages.text import Lang
from city.reading import SeriesKey
from city.speech import (
    MOST_FILTERS,
    Chirpstack,
    Family,
    JsonTime,
    Listening,
    PlainJson,
    Sparkplug,
    Speech,
    Tasmota,
    TimeForm,
    filters,
)
from tests.unit.city.test_register import CITY

DEVICES = """\
devices:
  - id: field
    site: toba
    owner: doboku
    speaks: {chirpstack: {dev_eui: A84041FC4188657A}}
    sensors: {soil_moisture: {at: soil.water, unit: /100}}
  - id: farm
    site: toba
    owner: doboku
    speaks: {json: {topic: farm/12, time: {at: meta.ts, form: s}}}
    sensors:
      water_level: {at: [levels, 0, a.b], unit: cm}
      gate: {quantity: on_off, at: gate}
  - id: meter
    site: toba
    owner: doboku
    speaks: {sparkplug: {group: Water, node: Pump 3, device: Meter}}
    sensors: {water_flow: {at: Flow/Now.1, unit: l/s}}
  - id: plug
    site: toba
    owner: doboku
    speaks: {tasmota: {topic: hall/plug}}
    sensors: {air_temperature: {at: AM2301.Temperature}, humidity: {at: AM2301.Humidity, unit: "%RH"}}
listening: {families: [tasmota], sparkplug_host: sabae}
"""
HEAD = "device,like,area,latitude,longitude,title_ja,title_en"


def load(devices: str = DEVICES, table: str = "", root: str | None = "megane") -> Catalog:
    files = {"catalog/city.yaml": CITY, "catalog/others.yaml": devices}
    return load_catalog(files | ({"catalog/register.csv": table} if table else {}), root)


def told(devices: str, table: str = "", root: str | None = "megane") -> list[str]:
    with pytest.raises(MistakesError) as caught:
        load(devices, table, root)
    for mistake in caught.value.mistakes:
        mistake.text(Lang.JA)
    return [f"{m.place} {m.key}".removeprefix("catalog/").replace("city.", "") for m in caught.value.mistakes]


def test_each_says_how_it_speaks_and_where_its_values_lie() -> None:
    catalog = load()
    assert {name: device.speech for name, device in catalog.devices.items() if device.speech} == {
        "field": Chirpstack("a84041fc4188657a"),
        "farm": PlainJson("farm/12", JsonTime(("meta", "ts"), TimeForm.S)),
        "meter": Sparkplug("Water", "Pump 3", "Meter"),
        "plug": Tasmota("hall/plug", "Asia/Tokyo"),
    }
    places = {key: catalog.sensors[index].at for key, index in catalog.index.items()}
    assert places[SeriesKey("field", "soil_moisture")] == ("soil", "water")
    assert places[SeriesKey("farm", "water_level")] == ("levels", "0", "a.b")
    assert places[SeriesKey("meter", "water_flow")] == ("Flow/Now.1",)
    assert places[SeriesKey("rpi-toba", "water_level")] is None
    assert places[SeriesKey("field", "soil_moisture-health")] is None
    assert catalog.listening == Listening(frozenset({Family.TASMOTA}), "sabae")


def test_what_is_subscribed_to_takes_each_message_in_once() -> None:
    catalog = load()
    speeches = [device.speech for device in catalog.devices.values() if device.speech]
    assert filters(speeches, catalog.listening) == [
        "application/+/device/a84041fc4188657a/event/+",
        "farm/12",
        "spBv1.0/STATE/sabae",
        "spBv1.0/Water/+/Pump 3/#",
        "tele/#",
    ]
    assert filters(speeches, Listening(frozenset(Family), "sabae")) == [
        "application/+/device/+/event/+",
        "farm/12",
        "spBv1.0/#",
        "tele/#",
    ]


def one(speaks: str, sensors: str = "{on_off: {at: x}}") -> str:
    return f"devices:\n- id: a\n  site: toba\n  owner: doboku\n  speaks: {speaks}\n  sensors: {sensors}\n"


@pytest.mark.parametrize(
    ("devices", "expected"),
    [
        pytest.param(one("{}"), ["others.yaml:5:11 speech_one"], id="nothing"),
        pytest.param(one("{tasmota: {topic: a}, json: {topic: b}}"), ["others.yaml:5:11 speech_one"], id="two-forms"),
        pytest.param(
            one("{modbus: {}}"), ["others.yaml:5:11 speech_one", "others.yaml:5:12 unknown_key"], id="unknown"
        ),
        pytest.param(one("{chirpstack: {dev_eui: 12ab}}"), ["others.yaml:5:34 speech_dev_eui"], id="short-eui"),
        pytest.param(one("{chirpstack: }"), ["others.yaml:5:11 speech_one"], id="empty-form"),
        pytest.param(
            one("{chirpstack: {eui: 12ab}}"),
            ["others.yaml:5:24 missing", "others.yaml:5:25 unknown_key_near"],
            id="no-eui",
        ),
        pytest.param(one("{json: {topic: a/+}}"), ["others.yaml:5:26 speech_topic"], id="filter"),
        pytest.param(one("{json: {topic: $share/g/a}}"), ["others.yaml:5:26 speech_topic"], id="shared"),
        pytest.param(one("{json: {topic: megane/z/d/up}}"), ["others.yaml:5:3 speech_root"], id="root"),
        pytest.param(one("{json: {topic: tele/a/STATE}}"), ["others.yaml:5:3 speech_family"], id="of-a-family"),
        pytest.param(one("{json: {topic: a, time: {at: t}}}"), ["others.yaml:5:35 missing"], id="time-without-form"),
        pytest.param(
            one("{json: {topic: a, time: {at: t, form: minutes}}}"), ["others.yaml:5:49 need_choice"], id="time-form"
        ),
        pytest.param(one("{tasmota: {topic: a, clock: Asia/Tokio}}"), ["others.yaml:5:39 speech_clock"], id="zone"),
        pytest.param(one("{sparkplug: {group: a/b, node: n}}"), ["others.yaml:5:31 speech_part"], id="group"),
        pytest.param(one("{sparkplug: {group: STATE, node: n}}"), ["others.yaml:5:31 speech_part"], id="state-group"),
        pytest.param(one("{json: {topic: a}}", "{on_off: }"), ["others.yaml:6:13 no_place"], id="no-place"),
        pytest.param(one("{json: {topic: a}}", "{water_level: {at: x}}"), ["others.yaml:6:26 no_unit"], id="no-unit"),
        pytest.param(
            one("{json: {topic: a}}", "{on_off: {at: a..b}}"), ["others.yaml:6:26 speech_path"], id="empty-key"
        ),
        pytest.param(one("", "{on_off: {at: a}}"), ["others.yaml:6:26 place_of_ours"], id="a-place-of-ours"),
        pytest.param(
            one("{json: {topic: a}}") + one("{json: {topic: a}}").removeprefix("devices:\n").replace("id: a", "id: b"),
            ["others.yaml:10:3 speech_twice"],
            id="one-topic-for-two",
        ),
        pytest.param("listening: {families: [zigbee]}", ["others.yaml:1:24 need_choice"], id="unknown-family"),
        pytest.param("listening: {sparkplug_host: a/b}", ["others.yaml:1:29 speech_part"], id="host"),
    ],
)
def test_every_mistake_is_told_with_its_place(devices: str, expected: list[str]) -> None:
    assert told(devices) == expected


def test_no_other_device_speaks_under_the_citys_root_whatever_it_is() -> None:
    assert load(one("{json: {topic: megane/a}}"), root=None).devices["a"].speech == PlainJson("megane/a")
    assert told(one("{tasmota: {topic: a}}"), root="tele")[0] == "others.yaml:5:3 speech_root"


def test_what_is_heard_beyond_the_catalog_is_said_once() -> None:
    both = {"catalog/city.yaml": CITY, "catalog/a.yaml": "listening: {}", "catalog/b.yaml": "listening: {}"}
    with pytest.raises(MistakesError) as caught:
        load_catalog(both)
    assert [(m.place.file, m.key) for m in caught.value.mistakes] == [("catalog/b.yaml", "city.listening_twice")]


ROW = "{id},{like},kawada,35.95,136.28,河和田川,Kawada River"


@pytest.mark.parametrize(
    ("like", "there", "expected"),
    [
        ("field", "A84041000000000B", Chirpstack("a84041000000000b")),
        ("farm", "farm/13", PlainJson("farm/13", JsonTime(("meta", "ts"), TimeForm.S))),
        ("meter", "Water/Pump 4/Meter", Sparkplug("Water", "Pump 4", "Meter")),
        ("plug", "hall/other", Tasmota("hall/other", "Asia/Tokyo")),
    ],
)
def test_a_row_of_the_register_speaks_as_its_model_at_its_own_address(like: str, there: str, expected: Speech) -> None:
    catalog = load(table=f"{HEAD},address\n{ROW.format(id='row', like=like)},{there}\n")
    assert catalog.devices["row"].speech == expected
    own = [sensor.at for sensor in catalog.sensors if sensor.device == "row"]
    assert own == [sensor.at for sensor in catalog.sensors if sensor.device == like]


@pytest.mark.parametrize(
    ("like", "there", "expected"),
    [
        ("field", "", "register_address"),
        ("field", "farm/12", "register_address"),
        ("meter", "Water/Pump 4", "register_address"),
        ("plug", "a/+", "register_address"),
        ("rpi-toba", "farm/13", "register_no_address"),
        ("farm", "farm/12", "speech_twice"),
    ],
)
def test_a_row_needs_an_address_of_the_form(like: str, there: str, expected: str) -> None:
    [mistake] = told(DEVICES, f"{HEAD},address\n{ROW.format(id='row', like=like)},{there}\n")
    assert mistake.endswith(expected)


def test_a_register_without_addresses_cannot_be_like_such_a_device() -> None:
    [mistake] = told(DEVICES, f"{HEAD}\n{ROW.format(id='row', like='field')}\n")
    assert mistake.endswith("register_address")


def test_more_topics_than_a_broker_should_be_asked_for_are_asked_for_as_a_family() -> None:
    rows = "\n".join(f"{ROW.format(id=f'r{k}', like='field')},{k:016x}" for k in range(MOST_FILTERS))
    table = f"{HEAD},address\n{rows}\n"
    assert any(mistake.endswith("speech_filters") for mistake in told(DEVICES, table))
    listening = DEVICES.replace("families: [tasmota]", "families: [tasmota, chirpstack]")
    assert len(load(listening, table).devices) == MOST_FILTERS + 5
