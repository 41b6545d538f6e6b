"""The city that comes with the project is whole, and what the issue of a city needs is in it."""

from collections import Counter
from pathlib import Path

import pytest

from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.city_section import MARGIN_DEGREES
from city.level import RIVER_LEVELS
from city.sensor_health import measured

SABAE = Path(__file__).parents[3] / "cities" / "sabae"


@pytest.fixture(scope="module")
def sabae() -> Catalog:
    return load_catalog({str(p.relative_to(SABAE)): p.read_text("utf-8") for p in SABAE.glob("catalog/*.yaml")})


def test_it_is_as_large_as_a_small_city(sabae: Catalog) -> None:
    assert len(set(sabae.areas) - {"upstream"}) == 10
    assert len(sabae.sites) >= 40
    assert len(measured(sabae.sensors)) >= 120
    assert len({sensor.quantity.id for sensor in sabae.sensors}) >= 10
    assert {site.area for site in sabae.sites.values()} == set(sabae.areas)


def test_the_gauges_carry_the_official_levels(sabae: Catalog) -> None:
    gauges = {sensor.device: sensor for sensor in sabae.sensors if sensor.quantity.id == "water_level"}

    assert tuple(gauges["rpi-toba"].levels) == RIVER_LEVELS
    assert gauges["rpi-toba"].levels["evacuation"] == 5.60
    assert gauges["rpi-toba"].river == "asamizu"
    assert gauges["rpi-tadasubashi"].levels == {"standby": 3.2, "caution": 4.2, "evacuation": 4.8, "danger": 5.4}
    assert "evacuation" not in gauges["rpi-kitanaka"].levels  # none is set there


def test_every_device_tells_its_battery(sabae: Catalog) -> None:
    told = {sensor.device for sensor in sabae.sensors if sensor.key.sensor == "battery_voltage"}

    others = {device.id for device in sabae.devices.values() if sabae.sites[device.site].area == "upstream"}
    assert told == set(sabae.devices) - others - {"megane"}  # the prefecture's, and the city itself


def test_every_section_takes_webhooks_and_every_owner_hears_of_its_own(sabae: Catalog) -> None:
    endpoints = [endpoint for department in sabae.departments.values() for endpoint in department.endpoints]

    sections = [department for department in sabae.departments.values() if department.above or department.endpoints]
    assert all(section.endpoints for section in sections)
    for owner in {sensor.owner for sensor in sabae.sensors}:
        assert any(e.subscription.owners is None or owner in e.subscription.owners for e in endpoints)


def test_no_two_sites_stand_on_the_same_spot(sabae: Catalog) -> None:
    spots = Counter(site.point for site in sabae.sites.values())

    assert spots.most_common(1)[0][1] == 1


def test_rivers_lie_in_and_around_the_city(sabae: Catalog) -> None:
    latitudes = [point.latitude for point in sabae.outline]
    longitudes = [point.longitude for point in sabae.outline]
    for river in sabae.rivers.values():
        for point in river.line:
            assert min(latitudes) - MARGIN_DEGREES < point.latitude < max(latitudes) + MARGIN_DEGREES
            assert min(longitudes) - MARGIN_DEGREES < point.longitude < max(longitudes) + MARGIN_DEGREES


def test_every_sensor_says_its_unit_so_that_none_is_ever_guessed(sabae: Catalog) -> None:
    silent = {sensor.quantity.id for sensor in measured(sabae.sensors) if sensor.unit is None}

    assert silent == {"on_off"}  # which has none
