"""What alerts are about has a title and a zone."""

import pytest

from city.catalog import Catalog
from city.messages.text import Text
from city.subject import subject_of
from tests.support.sabae import sabae_catalog


@pytest.fixture(scope="module")
def sabae() -> Catalog:
    return sabae_catalog()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("rpi-toba:water_level", Text("鳥羽 河川水位", "Toba: River water level")),
        ("river/hino", Text("日野川", "Hino River")),
        ("area/kawada", Text("河和田地区", "Kawada")),
        ("site/toba", Text("鳥羽", "Toba")),
        ("sabae", Text("鯖江市全域", "All of Sabae")),
    ],
)
def test_it_is_called_as_people_call_it(sabae: Catalog, name: str, title: Text) -> None:
    subject = subject_of(name, sabae)
    assert (subject.title, subject.zone) == (title, "sabae")
    assert (subject.sensor is not None) == (":" in name)


@pytest.mark.parametrize("name", ["rpi-gone:water_level", "river/gone", "area/gone", "gone", "a/b/c", "a:b:c", ""])
def test_what_the_catalog_does_not_know_keeps_its_name(sabae: Catalog, name: str) -> None:
    subject = subject_of(name, sabae)
    assert (subject.title, subject.zone, subject.sensor) == (Text(name, name), None, None)


@pytest.mark.parametrize(
    ("name", "site", "area"),
    [
        ("rpi-toba:water_level", "toba", "shinmyo"),
        ("site/toba", "toba", "shinmyo"),
        ("area/kawada", None, "kawada"),
        ("river/hino", None, None),
        ("sabae", None, None),
        ("rpi-gone:water_level", None, None),
    ],
)
def test_it_is_somewhere_or_in_more_than_one_place(
    sabae: Catalog, name: str, site: str | None, area: str | None
) -> None:
    subject = subject_of(name, sabae)
    assert (subject.site, subject.area) == (site, area)
