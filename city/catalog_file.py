"""The catalog from a city's files, with every mistake at once.

Each file below `catalog/` is a mapping of kinds of things, in any order and divided among files as the city likes:

    city: {id: sabae, title: {ja: 鯖江市, en: Sabae}, outline: [[35.98, 136.15], …]}
    zones: [{id: sabae, title: {ja: …, en: …}}]
    areas: [{id: toyo, title: …, zone: sabae}]
    rivers: [{id: hino, title: …, line: [[35.92, 136.17], …]}]
    departments: [{id: bosai, title: …, mail: …, phone: …, endpoints: [{id: bosai-chat, title: …}]}]
    sites: [{id: toba, title: …, area: shinmyo, latitude: 35.98, longitude: 136.19, river: asamizu}]
    devices: […]        # city/device_section.py

Beside the YAML files, `catalog/*.csv` may hold devices by the thousand: city/register.py.
Points are `[latitude, longitude]`, WGS 84 degrees.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from city.catalog import Area, Catalog, Department, Device, Endpoint, Point, River, Sensor, Site, Subscription, Zone
from city.device_section import Places, read_device
from city.errors import Mistake, MistakesError, Place
from city.messages.text import Text
from city.register import SUFFIX, Ground, Row, read_register
from city.section import Section, file_section
from city.sensor_health import with_health
from city.value import Value

MARGIN_DEGREES = 0.2  # about 20 km: a gauge upstream or downstream of the city is its business, one further is a slip
ANY_OWNER = "any"

T = TypeVar("T")


@dataclass(slots=True)
class _Kind(Generic[T]):
    """The things of one kind by id, and where each was first named."""

    things: dict[str, T] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def add(self, section: Section, thing_id: str, thing: T) -> None:
        """Takes it in; an id that is there already is a mistake, and the first stands."""
        self.add_at(section.key_place("id"), section.mistakes, thing_id, thing)

    def add_at(self, place: Place, mistakes: list[Mistake], thing_id: str, thing: T) -> None:
        """The same for what stands in no section."""
        if thing_id in self.things:
            mistakes.append(Mistake.at(place, "city.id_twice", name=thing_id, first=self.places[thing_id]))
        elif thing_id:
            self.things[thing_id] = thing
            self.places[thing_id] = place


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a city's sites may lie: the box around its outline, widened by the margin."""

    south: float = -90.0
    north: float = 90.0
    west: float = -180.0
    east: float = 180.0

    @classmethod
    def around(cls, outline: tuple[Point, ...]) -> "_Box":
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


def load_catalog(files: Mapping[str, str]) -> Catalog:
    """The catalog of `files` (path as mistakes shall name it → YAML text, or CSV), cross-checked.

    Raises MistakesError with everything that is wrong in any of them.
    """
    mistakes: list[Mistake] = []
    sections = [file_section(text, file, mistakes) for file, text in _sorted(files, table=False)]
    catalog = read_catalog(sections, files, mistakes)
    for section in sections:
        section.end()
    if mistakes or catalog is None:
        raise MistakesError(mistakes)
    return catalog


def read_catalog(sections: list[Section], files: Mapping[str, str], mistakes: list[Mistake]) -> Catalog | None:
    """Kind by kind, each after those that it refers to; None once there are mistakes."""
    city, title, outline = _city(sections, mistakes)
    box = _Box.around(outline)
    zones = _zones(sections)
    areas = _areas(sections, zones)
    rivers = _rivers(sections)
    departments = _departments(sections)
    sites = _sites(sections, areas, rivers, box)
    places = Places(zones, areas, rivers, sites.things, departments)
    devices: _Kind[Device] = _Kind()
    sensors: list[Sensor] = []
    for section in _all(sections, "devices"):
        device, of_device = read_device(section, places)
        devices.add(section, device.id, device)
        sensors += of_device
    for row in _registered(files, sensors, areas, box, mistakes):
        if row.device.id not in devices.things:  # else said below, and once is enough
            sites.add_at(row.place, mistakes, row.site.id, row.site)
        devices.add_at(row.place, mistakes, row.device.id, row.device)
        sensors += row.sensors
    if mistakes:
        return None
    return Catalog(
        city=city,
        title=title,
        zones=zones,
        areas=areas,
        rivers=rivers,
        sites=sites.things,
        departments=departments,
        devices=devices.things,
        sensors=with_health(sensors),
        outline=outline,
        files=dict(files),
    )


def _sorted(files: Mapping[str, str], *, table: bool) -> list[tuple[str, str]]:
    """The files that are tables, or those that are not, by name."""
    return [(file, text) for file, text in sorted(files.items()) if file.endswith(SUFFIX) is table]


def _registered(
    files: Mapping[str, str], sensors: Sequence[Sensor], areas: Mapping[str, Area], box: _Box, mistakes: list[Mistake]
) -> Iterator[Row]:
    """The rows of every register, made like the devices that `sensors` belong to."""
    models: defaultdict[str, list[Sensor]] = defaultdict(list)
    for sensor in sensors:
        models[sensor.device].append(sensor)
    ground = Ground(dict(models), areas, (box.south, box.north), (box.west, box.east))
    for file, text in _sorted(files, table=True):
        yield from read_register(text, file, ground, mistakes)


def _all(sections: list[Section], kind: str) -> list[Section]:
    return [section for file in sections for section in file.sections(kind)]


def _city(files: list[Section], mistakes: list[Mistake]) -> tuple[str, Text, tuple[Point, ...]]:
    """Exactly one of the files says which city it is."""
    sections = [file.section("city") for file in files if file.optional("city")]
    if not sections:
        mistakes.append(Mistake.at(files[0].place if files else Place("catalog/"), "city.no_city"))
        return "", Text("", ""), ()
    for other in sections[1:]:
        other.wrong("city.city_twice", first=sections[0].place)
    cities = [(city.name("id"), city.title("title"), _line(city, "outline")) for city in sections]
    return cities[0]


def _zones(sections: list[Section]) -> dict[str, Zone]:
    zones: _Kind[Zone] = _Kind()
    for section in _all(sections, "zones"):
        zone = Zone(section.name("id"), section.title("title"))
        zones.add(section, zone.id, zone)
    return zones.things


def _areas(sections: list[Section], zones: Mapping[str, Zone]) -> dict[str, Area]:
    areas: _Kind[Area] = _Kind()
    for section in _all(sections, "areas"):
        area = Area(section.name("id"), section.title("title"), section.reference("zone", zones))
        areas.add(section, area.id, area)
    return areas.things


def _rivers(sections: list[Section]) -> dict[str, River]:
    rivers: _Kind[River] = _Kind()
    for section in _all(sections, "rivers"):
        river = River(section.name("id"), section.title("title"), _line(section, "line"))
        rivers.add(section, river.id, river)
    return rivers.things


def _sites(sections: list[Section], areas: Mapping[str, Area], rivers: Mapping[str, River], box: _Box) -> _Kind[Site]:
    sites: _Kind[Site] = _Kind()
    for section in _all(sections, "sites"):
        site = Site(
            id=section.name("id"),
            title=section.title("title"),
            area=section.reference("area", areas),
            point=Point(
                section.number("latitude", low=box.south, high=box.north),
                section.number("longitude", low=box.west, high=box.east),
            ),
            river=section.reference("river", rivers, default=None),
        )
        sites.add(section, site.id, site)
    return sites


def _departments(sections: list[Section]) -> dict[str, Department]:
    """Departments are named first, since an endpoint may take the alerts of one that stands further down."""
    named = [(section.name("id"), section) for section in _all(sections, "departments")]
    ids = frozenset(department_id for department_id, _ in named)
    departments: _Kind[Department] = _Kind()
    endpoints: _Kind[Endpoint] = _Kind()
    for department_id, section in named:
        before = len(endpoints.things)
        for inner in section.sections("endpoints"):
            endpoint = _endpoint(inner, department_id, ids)
            endpoints.add(inner, endpoint.id, endpoint)
        department = Department(
            id=department_id,
            title=section.title("title"),
            mail=section.text("mail", default=None),
            phone=section.text("phone", default=None),
            endpoints=tuple(endpoints.things.values())[before:],
        )
        departments.add(section, department_id, department)
    return departments.things


def _endpoint(section: Section, department: str, departments: frozenset[str]) -> Endpoint:
    """By default an endpoint takes the alerts of its own department's rules; `owners: any` takes all."""
    values = section.items("owners")
    owners: frozenset[str] | None = frozenset(value.reference(departments | {ANY_OWNER}) for value in values)
    if owners is not None and ANY_OWNER in owners:
        owners = None
    return Endpoint(
        id=section.name("id"),
        department=department,
        title=section.title("title"),
        url=None,
        subscription=Subscription(
            owners=owners if values else frozenset({department}),
            severity=section.integer("severity", low=1, high=5, default=1),
        ),
    )


def _line(section: Section, key: str) -> tuple[Point, ...]:
    points = [_point(value) for value in section.items(key)]
    return tuple(point for point in points if point is not None)


def _point(value: Value) -> Point | None:
    pair = value.items()
    if len(pair) != 2:  # noqa: PLR2004 - latitude and longitude
        value.wrong("city.need_point", key=value.key)
        return None
    point = Point(pair[0].number(-90.0, 90.0), pair[1].number(-180.0, 180.0))
    return None if math.isnan(point.latitude + point.longitude) else point
