"""A city that runs faster than its readings waits for them longer."""

import pytest

from city.catalog_file import load_catalog
from firmware_sim.prefecture import prefecture_files
from firmware_sim.quick_motion import in_quick_motion
from tests.support.sabae import sabae_files

CATALOG = {path: text for path, text in sabae_files().items() if path.startswith("catalog/")}
SPEED = 600.0
WAITS_MS = 1_200_000  # two seconds of the machine


def test_every_sensor_is_waited_for_as_long_as_a_reading_needs_at_that_speed() -> None:
    was, now = load_catalog(CATALOG), load_catalog(in_quick_motion(CATALOG, SPEED))
    assert min(sensor.delay_ms for sensor in was.sensors) < WAITS_MS
    assert {sensor.delay_ms for sensor in now.sensors} == {WAITS_MS}
    assert [sensor.key for sensor in now.sensors] == [sensor.key for sensor in was.sensors]
    assert now.outline == was.outline


def test_a_widened_city_is_changed_as_well() -> None:
    wide = prefecture_files(CATALOG, 200, 1)
    assert {sensor.delay_ms for sensor in load_catalog(in_quick_motion(wide, SPEED)).sensors} == {WAITS_MS}


def test_at_slow_speeds_nothing_changes() -> None:
    assert in_quick_motion(CATALOG, 10.0) is CATALOG


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("city:\n  id: a\n  outline: []\n", "city:\n  delay: 1200s\n  id: a\n  outline: []\n"),
        ("zones: []\ncity: {id: a}\n", "zones: []\ncity: {delay: 1200s, id: a}\n"),
        ('{"city": {"id": "a"}}', '{"city": {delay: 1200s, "id": "a"}}'),
        ('city:\n  "id": a\n', 'city:\n  delay: 1200s\n  "id": a\n'),
        ("city: {id: a, delay: 1h}\n", "city: {id: a, delay: 1h}\n"),
        ("zones: []\n", "zones: []\n"),
        ("", ""),
    ],
)
def test_the_file_stays_as_it_is_but_for_one_key(text: str, changed: str) -> None:
    assert in_quick_motion({"catalog/a.yaml": text}, SPEED) == {"catalog/a.yaml": changed}
