"""Which city a catalog is of: the one section `city` among its files.

    city: {id: sabae, title: {ja: 鯖江市, en: Sabae}, outline: [[35.98, 136.15], …], delay: 1m}

`delay`, which may be left out: no reading of the city is waited for less, since all of them come by a slow way.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from city.catalog import Point
from city.device_section import read_delay_ms
from city.errors import Mistake, Place
from city.messages.text import Text
from city.section import Section
from city.value import Value

MARGIN_DEGREES: Final = 0.2  # about 20 km: a gauge up- or downstream is the city's business, one further is a slip


@dataclass(frozen=True, slots=True)
class Box:
    """Where a city's sites may lie: the box around its outline, widened by the margin."""

    south: float = -90.0
    north: float = 90.0
    west: float = -180.0
    east: float = 180.0

    @classmethod
    def around(cls, outline: tuple[Point, ...]) -> "Box":
        """The box of an outline; of none, the whole earth."""
        if not outline:
            return cls()
        latitudes = [point.latitude for point in outline]
        longitudes = [point.longitude for point in outline]
        return cls(
            min(latitudes) - MARGIN_DEGREES,
            max(latitudes) + MARGIN_DEGREES,
            min(longitudes) - MARGIN_DEGREES,
            max(longitudes) + MARGIN_DEGREES,
        )


@dataclass(frozen=True, slots=True)
class CitySection:
    """What it says. delay_ms: no sensor's delay is less."""

    id: str = ""
    title: Text = Text("", "")  # noqa: RUF009  it is frozen
    outline: tuple[Point, ...] = ()
    delay_ms: int = 0


def read_city(files: Sequence[Section], mistakes: list[Mistake]) -> CitySection:
    """Exactly one of the files says which city it is; else there is a mistake more, and nothing or the first stands."""
    sections = [file.section("city") for file in files if file.optional("city")]
    if not sections:
        mistakes.append(Mistake.at(files[0].place if files else Place("catalog/"), "city.no_city"))
        return CitySection()
    for other in sections[1:]:
        other.wrong("city.city_twice", first=sections[0].place)
    cities = [
        CitySection(city.name("id"), city.title("title"), read_line(city, "outline"), read_delay_ms(city, 0))
        for city in sections
    ]
    return cities[0]


def read_line(section: Section, key: str) -> tuple[Point, ...]:
    """The points under a key, `[latitude, longitude]` each; those that are none are mistakes."""
    points = [_point(value) for value in section.items(key)]
    return tuple(point for point in points if point is not None)


def _point(value: Value) -> Point | None:
    pair = value.items()
    if len(pair) != 2:  # noqa: PLR2004 - latitude and longitude
        value.wrong("city.need_point", key=value.key)
        return None
    point = Point(pair[0].number(-90.0, 90.0), pair[1].number(-180.0, 180.0))
    return None if math.isnan(point.latitude + point.longitude) else point
