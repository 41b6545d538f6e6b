"""A sensor's own limits of the quality checks, as the catalog says them."""

import math

import pytest

from city.catalog_file import load_catalog
from city.errors import MistakesError
from city.messages.text import Lang
from city.quality_limits import LIMITS, QualityLimits
from tests.support.sabae import sabae_files

CITY = {path: text for path, text in sabae_files().items() if path.startswith("catalog/") and "devices" not in path}


def load(quality: str) -> QualityLimits:
    device = f"""\
devices:
  - id: rpi-toba
    site: toba
    owner: doboku
    sensors:
      water_level:
        quality: {quality}
"""
    catalog = load_catalog({**CITY, "catalog/d.yaml": device})
    return next(sensor.limits for sensor in catalog.sensors if sensor.key.sensor == "water_level")


def test_what_is_not_said_is_as_with_every_sensor_of_the_quantity() -> None:
    usual = LIMITS["water_level"]
    assert load("") == load("{}") == usual
    found = load("{spike: 1.5, flat: 12h}")
    assert (found.spike, found.flat_ms) == (1.5, 12 * 3_600_000)
    assert (found.rate_per_hour, found.rest, found.drift, found.calm) == (None, None, usual.drift, usual.calm)


def test_each_check_can_be_switched_off() -> None:
    off = load("{rate: off, spike: off, flat: off, rest: off, drift: off, calm: off}")
    assert off == QualityLimits(rate_per_hour=math.inf)
    assert load("{rate: 20, rest: 0}") == QualityLimits(
        rate_per_hour=20.0, rest=0.0, spike=0.5, flat_ms=259_200_000, drift=0.3, calm=0.1
    )


@pytest.mark.parametrize(
    ("quality", "column", "advice"),
    [
        ("{spike: 0}", 26, "a positive number"),
        ("{spike: -1}", 26, "a positive number"),
        ("{rate: fast}", 25, "a positive number"),
        ('{drift: "1"}', 27, "a positive number"),
        ("{flat: 12}", 25, "12h"),
        ("{flat: 0}", 25, "12h"),
        ("{flat: 1m}", 25, "31d"),
        ("{flat: 99d}", 25, "31d"),
        ("{spikes: 1}", 19, "`spike`"),
        ("fast", 18, "name: value"),
    ],
)
def test_a_slip_is_told_at_its_place_with_what_to_do(quality: str, column: int, advice: str) -> None:
    with pytest.raises(MistakesError) as caught:
        load(quality)
    (mistake,) = caught.value.mistakes
    assert (mistake.place.file, mistake.place.line, mistake.place.column) == ("catalog/d.yaml", 7, column)
    assert advice in mistake.text(Lang.EN)
    assert mistake.text(Lang.JA) != mistake.text(Lang.EN)
