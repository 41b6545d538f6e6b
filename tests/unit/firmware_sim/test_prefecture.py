from collections import Counter

import pytest

from alerts.rule_file import read_rules
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.errors import MistakesError
from city.sensor_health import measured
from firmware_sim.prefecture import MIX, TOWNS, PrefectureError, prefecture_files
from firmware_sim.scenario import UnknownScenarioError
from firmware_sim.scenario_file import load_scenario, played_catalog
from tests.support.sabae import sabae_catalog, sabae_files

DEVICES = 10_000


def own() -> dict[str, str]:
    return {path: text for path, text in sabae_files().items() if path.startswith("catalog/")}


@pytest.fixture(scope="module")
def prefecture() -> Catalog:
    return load_catalog(played_catalog(sabae_files(), "prefecture", own()))


def test_it_has_ten_thousand_devices_and_the_citys_own_are_as_they_were(prefecture: Catalog) -> None:
    assert len(prefecture.devices) == DEVICES
    for sensor in sabae_catalog().sensors:
        assert prefecture.sensors[prefecture.index[sensor.key]] == sensor


def test_every_town_is_a_zone_with_devices_near_its_centre(prefecture: Catalog) -> None:
    devices = Counter(device.zone for device in prefecture.devices.values())
    assert set(devices) == {"sabae", *(town.id for town in TOWNS)}
    assert devices.most_common(1)[0][0] == "fukui"
    for town in TOWNS:
        points = [site.point for site in prefecture.sites.values() if site.area == town.id]
        assert max(abs(point.latitude - town.latitude) for point in points) < 0.1
        assert max(abs(point.longitude - town.longitude) for point in points) < 0.1


def test_devices_beside_the_citys_are_light(prefecture: Catalog) -> None:
    sensors = [sensor for sensor in measured(prefecture.sensors) if sensor.device not in sabae_catalog().devices]
    kinds = Counter(sensor.quantity.id for sensor in sensors)
    assert len(sensors) == len(prefecture.devices) - len(sabae_catalog().devices)
    assert set(kinds) == set(MIX)
    for quantity, share in MIX.items():
        assert kinds[quantity] / len(sensors) == pytest.approx(share / sum(MIX.values()), abs=0.02)


def test_the_citys_rules_watch_the_whole_prefecture(prefecture: Catalog) -> None:
    files = {path: text for path, text in sabae_files().items() if path.startswith("rules/")}
    rules = {rule.id for rule in read_rules(files, prefecture).rules}
    assert {"river-danger", "rain-watch", "road-frost"} <= rules


def test_every_device_speaks_in_its_scenario(prefecture: Catalog) -> None:
    scenario = load_scenario(sabae_files(), "prefecture", prefecture)
    assert {plan.device.id for plan in scenario.devices} == set(prefecture.devices) - {"megane"}  # the city itself
    light = [plan for plan in scenario.devices if plan.device.id not in sabae_catalog().devices]
    assert {len(plan.instruments) for plan in light} == {1}


def test_the_same_seed_gives_the_same_prefecture() -> None:
    assert prefecture_files(own(), 200, 7) == prefecture_files(own(), 200, 7)
    assert prefecture_files(own(), 200, 7) != prefecture_files(own(), 200, 8)


def test_a_scenario_without_one_plays_in_the_city_as_it_is() -> None:
    files = own()
    assert played_catalog(sabae_files(), "calm-day", files) is files


def test_what_cannot_be_is_told() -> None:
    with pytest.raises(PrefectureError):
        prefecture_files(own(), 20, 7)
    with pytest.raises(UnknownScenarioError):
        played_catalog(sabae_files(), "earthquake", own())
    files = sabae_files()
    text = files["scenarios/prefecture.yaml"].replace("devices: 10000", "devices: many")
    with pytest.raises(MistakesError):
        played_catalog({**files, "scenarios/prefecture.yaml": text}, "prefecture", own())
