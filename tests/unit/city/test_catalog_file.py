import pytest

from city.catalog import Catalog, Point, Subscription
from city.catalog_file import load_catalog
from city.errors import MistakesError
from city.messages.text import Lang, Text
from city.quantity import QUANTITIES
from city.reading import SeriesKey
from city.sensor_health import measured

CITY = """\
city: {id: sabae, title: {ja: 鯖江市, en: Sabae}, outline: [[35.9, 136.1], [36.0, 136.1], [36.0, 136.3]]}
zones: [{id: plain, title: {ja: 平野, en: Plain}}, {id: hills, title: {ja: 山, en: Hills}}]
areas:
  - {id: shinmyo, title: {ja: 神明, en: Shinmyo}, zone: plain}
  - {id: kawada, title: {ja: 河和田, en: Kawada}, zone: hills}
rivers: [{id: asamizu, title: {ja: 浅水川, en: Asamizu}, line: [[35.95, 136.2], [35.98, 136.19]]}]
departments:
  - id: bosai
    title: {ja: 防災, en: Crisis}
    endpoints:
      - {id: bosai-all, title: {ja: 全部, en: All}, owners: any, severity: 2}
      - {id: bosai-own, title: {ja: 自課, en: Own}}
  - id: doboku
    title: {ja: 土木課, en: Works}
    mail: doboku@example.jp
    phone: 0778-53-0000
    endpoints: [{id: doboku, title: {ja: 当番, en: Duty}, owners: [doboku, bosai]}]
sites:
  - {id: toba, title: {ja: 鳥羽, en: Toba}, area: shinmyo, latitude: 35.98, longitude: 136.19, river: asamizu}
"""
DEVICES = """\
devices:
  - id: rpi-toba
    site: toba
    owner: doboku
    registered: 2024-04-01
    public: true
    delay: 2m
    contract_end: 2028-03-31
    sensors:
      water_level:
        title: {ja: 鳥羽の水位, en: Level at Toba}
        levels: {standby: 4.4, caution: 4.9}
        attributes: {zero: 9.5}
        unit: cm
        range: [-1, 12]
        resolution: 0.01
        cost_yen_per_year: 96000
      battery_voltage: {owner: bosai, public: false, delay: 0}
      gate: {quantity: on_off}
"""


def load(devices: str = DEVICES, city: str = CITY) -> Catalog:
    return load_catalog({"catalog/city.yaml": city, "catalog/devices.yaml": devices})


def told(devices: str = DEVICES, city: str = CITY) -> list[tuple[str, str]]:
    with pytest.raises(MistakesError) as caught:
        load(devices, city)
    return [(str(m.place).removeprefix("catalog/"), m.key.removeprefix("city.")) for m in caught.value.mistakes]


def place(file: str, text: str, at: str) -> str:
    """Where `at` first stands in the text of a file, or nothing."""
    before, found, _ = text.partition(at)
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}" if found else ""


def test_a_catalog_is_all_that_its_files_say() -> None:
    catalog = load()

    assert (catalog.city, catalog.title) == ("sabae", Text("鯖江市", "Sabae"))
    assert catalog.outline == (Point(35.9, 136.1), Point(36.0, 136.1), Point(36.0, 136.3))
    assert set(catalog.zones) == {"plain", "hills"}
    assert catalog.rivers["asamizu"].line == (Point(35.95, 136.2), Point(35.98, 136.19))
    assert catalog.departments["doboku"].mail == "doboku@example.jp"
    assert catalog.departments["doboku"].phone == "0778-53-0000"
    assert catalog.devices["rpi-toba"].title == Text("鳥羽", "Toba")
    assert catalog.files == {"catalog/city.yaml": CITY, "catalog/devices.yaml": DEVICES}
    assert [str(sensor.key) for sensor in catalog.sensors] == [
        "rpi-toba:battery_voltage",
        "rpi-toba:battery_voltage-health",
        "rpi-toba:gate",
        "rpi-toba:gate-health",
        "rpi-toba:water_level",
        "rpi-toba:water_level-health",
    ]


def test_a_sensor_takes_after_its_device_and_site_unless_it_says_otherwise() -> None:
    catalog = load()
    battery, gate, level = measured(catalog.sensors)

    assert level.key == SeriesKey("rpi-toba", "water_level")
    assert level.quantity is QUANTITIES["water_level"]
    assert (level.device, level.site, level.area, level.zone, level.river) == (
        "rpi-toba",
        "toba",
        "shinmyo",
        "plain",
        "asamizu",
    )
    assert (level.owner, level.public, level.delay_ms) == ("doboku", True, 120_000)
    assert level.registered_ms == 1_711_897_200_000  # midnight of 1 April in Japan
    assert level.title == Text("鳥羽の水位", "Level at Toba")
    assert level.levels == {"standby": 4.4, "caution": 4.9}
    assert level.attributes == {"zero": 9.5}
    assert (level.unit, level.low, level.high, level.resolution) == ("cm", -1.0, 12.0, 0.01)
    assert level.cost_yen_per_year == 96_000
    assert (battery.owner, battery.public, battery.delay_ms) == ("bosai", False, 0)
    assert battery.cost_yen_per_year is None
    assert battery.contract_end == level.contract_end is not None
    assert battery.title == Text("鳥羽 電池電圧", "Toba: Battery voltage")
    assert gate.quantity is QUANTITIES["on_off"]
    assert (gate.unit, gate.low, gate.high) == (None, None, None)


def test_a_city_may_wait_longer_for_all_its_readings() -> None:
    sensors = load(city=CITY.replace("{id: sabae,", "{id: sabae, delay: 90s,")).sensors

    assert {str(sensor.key): sensor.delay_ms for sensor in sensors} == {
        "rpi-toba:battery_voltage": 90_000,
        "rpi-toba:battery_voltage-health": 90_000,
        "rpi-toba:gate": 120_000,
        "rpi-toba:gate-health": 120_000,
        "rpi-toba:water_level": 120_000,
        "rpi-toba:water_level-health": 120_000,
    }


def test_an_endpoint_takes_its_own_departments_alerts_or_those_it_names() -> None:
    departments = load().departments
    every, own = departments["bosai"].endpoints

    assert every.subscription == Subscription(owners=None, severity=2)
    assert own.subscription == Subscription(owners=frozenset({"bosai"}), severity=1)
    assert departments["doboku"].endpoints[0].subscription.owners == frozenset({"doboku", "bosai"})
    assert every.url is None


def test_kinds_may_be_divided_among_files_in_any_way() -> None:
    halves = CITY.split("departments:")
    catalog = load_catalog({"a.yaml": DEVICES, "b.yaml": "departments:" + halves[1], "c.yaml": halves[0], "d.yaml": ""})

    assert catalog.sensors == load().sensors


@pytest.mark.parametrize(
    ("old", "new", "at", "key"),
    [
        ("id: sabae", "id: Sabae", "Sabae, title", "need_name"),
        ("[35.9, 136.1]", "[35.9]", "[35.9]", "need_point"),
        ("[35.9, 136.1]", "[136.1, 35.9]", "136.1, 35.9", "outside"),
        ("zone: plain", "zone: plian", "plian", "unknown_name_near"),
        ("zones: [", "zones: [{id: plain, title: {ja: a, en: b}}, ", "id: plain, title: {ja: 平野", "id_twice"),
        ("area: shinmyo", "area: xyz", "xyz", "unknown_name"),
        ("latitude: 35.98", "latitude: 35.58", "35.58", "outside"),
        ("river: asamizu", "river: asamzu", "asamzu", "unknown_name_near"),
        ("owners: [doboku, bosai]", "owners: [doboku, bousai]", "bousai", "unknown_name_near"),
        ("severity: 2", "severity: 6", "6}", "outside"),
        ("id: bosai-own", "id: bosai-all", "id: bosai-all, title: {ja: 自課", "id_twice"),
        ("mail:", "mial:", "mial:", "unknown_key_near"),
        ("site: toba", "site: tobba", "tobba", "unknown_name_near"),
        ("owner: doboku", "owner: dobok", "dobok\n", "unknown_name_near"),
        ("registered: 2024-04-01", "registered: 2024-04-31", "2024-04-31", "need_date"),
        ("delay: 2m", "delay: 2", "2\n", "need_duration"),
        ("delay: 2m", "delay: 2d", "2d", "outside"),
        ("{id: sabae,", "{delay: 2d, id: sabae,", "2d", "outside"),
        ("caution: 4.9", "caution: 4.4", "4.4}", "levels_order"),
        ("caution: 4.9", "caution: 4900", "4900", "outside"),
        ("unit: cm", "unit: ft", "ft", "need_choice"),
        ("range: [-1, 12]", "range: [12, -1]", "[12, -1]", "need_range"),
        ("range: [-1, 12]", "range: [12]", "[12]", "need_range"),
        ("quantity: on_off", "quantity: onoff", "onoff", "unknown_name_near"),
        ("gate: {quantity: on_off}", "gate:", "gate:", "no_quantity"),
        ("gate:", "Gate:", "Gate:", "need_name"),
        ("gate:", "water_level:", "water_level: {", "yaml_twice"),
    ],
)
def test_a_slip_is_told_at_its_place(old: str, new: str, at: str, key: str) -> None:
    city, devices = CITY.replace(old, new, 1), DEVICES.replace(old, new, 1)

    assert told(devices, city) == [(place("city.yaml", city, at) or place("devices.yaml", devices, at), key)]


def test_a_device_that_is_named_twice_is_told() -> None:
    again = "  - {id: rpi-toba, site: toba}\n"

    assert told(DEVICES + again) == [("devices.yaml:20:6", "id_twice")]


def test_a_sensor_needs_an_owner() -> None:
    assert told(DEVICES.replace("    owner: doboku\n", "")) == [
        ("devices.yaml:10:9", "no_owner"),
        ("devices.yaml:18:13", "no_owner"),
    ]


def test_a_sensor_lies_in_the_zone_that_its_device_speaks_in() -> None:
    assert told(DEVICES.replace("{quantity: on_off}", "{quantity: on_off, area: kawada}")) == [
        ("devices.yaml:19:13", "zone_differs")
    ]


def test_there_is_exactly_one_city() -> None:
    assert told(DEVICES, CITY.split("\n", 1)[1]) == [("city.yaml:1:1", "no_city")]
    assert told(CITY.split("\n", 1)[0] + "\n" + DEVICES) == [("devices.yaml:1:7", "city_twice")]


def test_no_files_at_all_are_no_city() -> None:
    with pytest.raises(MistakesError) as caught:
        load_catalog({})

    assert [m.key for m in caught.value.mistakes] == ["city.no_city"]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_places_in_both_languages() -> None:
    city, devices = CITY.replace("zone: plain", "zone: plian"), DEVICES.replace("caution: 4.9", "caution: x")
    with pytest.raises(MistakesError) as caught:
        load(devices, city)

    for lang in Lang:
        lines = caught.value.text(lang).splitlines()
        assert [line.split(": ")[0] for line in lines[:2]] == [
            "catalog/" + place("city.yaml", city, "plian"),
            "catalog/" + place("devices.yaml", devices, "x}"),
        ]
        assert len(lines) == 3


def test_an_unreadable_file_does_not_hide_the_mistakes_of_the_others() -> None:
    city = CITY.replace("severity: 2", "severity: 6")

    assert told("devices: [", city) == [
        (place("city.yaml", city, "6}"), "outside"),
        ("devices.yaml:1:11", "yaml_syntax"),
    ]


@pytest.mark.parametrize(
    ("sensor", "key"),
    [
        ("health: {unit: '%'}", "health_is_given"),
        ("doctor: {quantity: health}", "health_is_given"),
        ("water_level-health: {quantity: water_level}", "health_name"),
        (f"{'x' * 58}: {{quantity: water_level}}", "health_long"),
    ],
)
def test_what_belongs_to_the_health_of_sensors_is_kept_free(sensor: str, key: str) -> None:
    assert (key in [found for _, found in told(DEVICES.replace("gate: {quantity: on_off}", sensor))]) is True


def test_the_longest_name_has_a_health_of_the_longest_name() -> None:
    catalog = load(DEVICES.replace("gate:", f"{'x' * 57}:"))
    assert max(len(sensor.key.sensor) for sensor in catalog.sensors) == 64
