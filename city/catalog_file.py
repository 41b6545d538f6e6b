"""The catalog from a city's files, with every mistake at once.

Each file below `catalog/` is a mapping of kinds of things, in any order and divided among files as the city likes:

    city: {id: sabae, title: {ja: 鯖江市, en: Sabae}, outline: [[35.98, 136.15], …]}    # city/city_section.py
    zones: [{id: sabae, title: {ja: …, en: …}}]
    areas: [{id: toyo, title: …, zone: sabae}]
    rivers: [{id: hino, title: …, line: [[35.92, 136.17], …]}]
    departments: [{id: bosai, title: …, mail: …, phone: …, endpoints: [{id: bosai-chat, title: …}]}]
    sites: [{id: toba, title: …, area: shinmyo, latitude: 35.98, longitude: 136.19, river: asamizu}]
    devices: […]        # city/device_section.py
    listening: {…}      # city/speech_section.py

Beside the YAML files, `catalog/*.csv` may hold devices by the thousand: city/register.py.
Points are `[latitude, longitude]`, WGS 84 degrees.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from city.catalog import Area, Catalog, Department, Device, Endpoint, Point, River, Sensor, Site, Subscription, Zone
from city.city_section import Box, read_city, read_line
from city.device_section import Places, read_device
from city.errors import Mistake, MistakesError, Place
from city.register import SUFFIX, Ground, Row, read_register
from city.section import Section, file_section
from city.sensor_health import with_health
from city.speech_section import check_speeches, read_listening

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


def load_catalog(files: Mapping[str, str], root: str | None = None) -> Catalog:
    """The catalog of `files` (path as mistakes shall name it → YAML text, or CSV), cross-checked.

    root: the first level of the city's own topics, where no other device may speak; None: not looked at
    Raises MistakesError with everything that is wrong in any of them.
    """
    mistakes: list[Mistake] = []
    sections = [file_section(text, file, mistakes) for file, text in _sorted(files, table=False)]
    catalog = read_catalog(sections, files, mistakes, root)
    for section in sections:
        section.end()
    if mistakes or catalog is None:
        raise MistakesError(mistakes)
    return catalog


def read_catalog(
    sections: list[Section], files: Mapping[str, str], mistakes: list[Mistake], root: str | None = None
) -> Catalog | None:
    """Kind by kind, each after those that it refers to; None once there are mistakes."""
    city = read_city(sections, mistakes)
    box = Box.around(city.outline)
    zones = _zones(sections)
    areas = _areas(sections, zones)
    rivers = _rivers(sections)
    departments = _departments(sections)
    sites = _sites(sections, areas, rivers, box)
    places = Places(zones, areas, rivers, sites.things, departments)
    listening = read_listening(sections, mistakes)
    devices: _Kind[Device] = _Kind()
    sensors: list[Sensor] = []
    speaking: list[tuple[Place, Device]] = []
    for section in _all(sections, "devices"):
        device, of_device = read_device(section, places)
        devices.add(section, device.id, device)
        speaking.append((section.key_place("speaks"), device))
        sensors += of_device
    for row in _registered(files, dict(devices.things), sensors, areas, box, mistakes):
        if row.device.id not in devices.things:  # else said below, and once is enough
            sites.add_at(row.place, mistakes, row.site.id, row.site)
        devices.add_at(row.place, mistakes, row.device.id, row.device)
        sensors += row.sensors
        speaking.append((row.place, row.device))
    check_speeches(speaking, listening, root, mistakes)
    if mistakes:
        return None
    return Catalog(
        city=city.id,
        title=city.title,
        zones=zones,
        areas=areas,
        rivers=rivers,
        sites=sites.things,
        departments=departments,
        devices=devices.things,
        sensors=with_health([replace(one, delay_ms=max(one.delay_ms, city.delay_ms)) for one in sensors]),
        outline=city.outline,
        listening=listening,
        files=dict(files),
    )


def _sorted(files: Mapping[str, str], *, table: bool) -> list[tuple[str, str]]:
    """The files that are tables, or those that are not, by name."""
    return [(file, text) for file, text in sorted(files.items()) if file.endswith(SUFFIX) is table]


def _registered(
    files: Mapping[str, str],
    devices: Mapping[str, Device],
    sensors: Sequence[Sensor],
    areas: Mapping[str, Area],
    box: Box,
    mistakes: list[Mistake],
) -> Iterator[Row]:
    """The rows of every register, made like the devices that `sensors` belong to."""
    models: defaultdict[str, list[Sensor]] = defaultdict(list)
    for sensor in sensors:
        models[sensor.device].append(sensor)
    speeches = {device.id: device.speech for device in devices.values() if device.speech is not None}
    outputs = {device.id: device.outputs for device in devices.values() if device.outputs}
    ground = Ground(dict(models), speeches, areas, (box.south, box.north), (box.west, box.east), outputs)
    for file, text in _sorted(files, table=True):
        yield from read_register(text, file, ground, mistakes)


def _all(sections: list[Section], kind: str) -> list[Section]:
    return [section for file in sections for section in file.sections(kind)]


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
        river = River(section.name("id"), section.title("title"), read_line(section, "line"))
        rivers.add(section, river.id, river)
    return rivers.things


def _sites(sections: list[Section], areas: Mapping[str, Area], rivers: Mapping[str, River], box: Box) -> _Kind[Site]:
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
            above=section.reference("above", ids, default=None),
        )
        departments.add(section, department_id, department)
    for department_id, section in named:
        if _bites_its_tail(department_id, departments.things):
            section.value("above").wrong("city.tree_loops", department=department_id)
    return departments.things


def _bites_its_tail(department_id: str, tree: Mapping[str, Department]) -> bool:
    """Whether the way up from there comes by itself."""
    seen: set[str] = set()
    at: str | None = department_id
    while at is not None and at not in seen:
        seen.add(at)
        at = tree[at].above if at in tree else None
    return at == department_id


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
