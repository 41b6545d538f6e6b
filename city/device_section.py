"""A device and its sensors as the catalog's files give them.

    devices:
      - id: rpi-toba
        site: toba
        owner: doboku               # what stands here holds for every sensor that does not say otherwise
        registered: 2024-04-01
        public: true
        sensors:                    # by name; the quantity is the name unless it says otherwise
          water_level:
            levels: {standby: 4.40, caution: 4.90, evacuation: 5.60, danger: 6.50}    # canonical unit
            unit: cm                # what its readings are in where they name no unit
            range: [-1, 12]         # narrower than the quantity's own
            rules: {river-rising: {for: 20m, numbers: {limit: 0.4}}}      # city/override.py
            quality: {spike: 1.5}   # city/quality_section.py
            at: level.value         # of another's device, which `speaks`: city/speech_section.py
          battery_voltage:
        outputs: {siren: {title: {ja: サイレン, en: Siren}, kind: switch}}    # city/output_section.py

A sensor takes area, zone and river from its device's site, and a title from site and quantity. `registered` is a day
from which the city waits for its readings: silence counts from there. Without it, it counts from when the city first
ran with the sensor, which is what a city wants that only begins to listen.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Final

from city.catalog import Area, Department, Device, River, Sensor, Site, Zone
from city.errors import Mistake
from city.level import RIVER_LEVELS
from city.messages.text import Text
from city.output_section import read_outputs
from city.override import read_overrides
from city.quality_section import read_quality
from city.quantity import QUANTITIES, Quantity
from city.reading import SeriesKey
from city.section import Section
from city.sensor_health import keep_free
from city.speech_section import check_unit, read_place, read_speech
from city.value import NAME

JAPAN: Final = timezone(timedelta(hours=9))  # a day in a city's files begins at its own midnight; no summer time
DELAY_MS: Final = 30_000  # as `Sensor.delay_ms`
LONGEST_DELAY_MS: Final = 86_400_000  # what comes a day late is history: it is read from files


@dataclass(frozen=True, slots=True)
class Places:
    """What devices and sensors refer to."""

    zones: Mapping[str, Zone]
    areas: Mapping[str, Area]
    rivers: Mapping[str, River]
    sites: Mapping[str, Site]
    departments: Mapping[str, Department]


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a device says for all of its sensors, and a sensor may say for itself."""

    owner: str | None
    registered_ms: int
    public: bool
    delay_ms: int
    contract_end: date | None


def read_device(section: Section, places: Places) -> tuple[Device, list[Sensor]]:
    """The device and its sensors; what is wrong is noted with the section."""
    site_id = section.reference("site", places.sites)
    site = places.sites.get(site_id)
    area = places.areas.get(site.area) if site else None
    zone = section.reference("zone", places.zones, default=area.zone if area else "")
    device = Device(
        id=section.name("id"),
        title=section.title("title", default=site.title if site else Text("", "")),
        zone=zone,
        site=site_id,
        speech=read_speech(section),
    )
    terms = _terms(section, places, _Terms(None, 0, public=False, delay_ms=DELAY_MS, contract_end=None))
    named = section.section("sensors")
    sensors = []
    for name in named:
        if not NAME.fullmatch(name):
            named.mistakes.append(Mistake.at(named.key_place(name), "city.need_name", key="sensors", found=name[:80]))
        sensor = _sensor(name, named.section(name), device, site, terms, places)
        if sensor is not None:
            sensors.append(sensor)
    outputs = read_outputs(section, sensors)
    if outputs and device.speech is not None:
        section.section("outputs").wrong("city.output_foreign")
    return replace(device, outputs=outputs), sensors


def _terms(section: Section, places: Places, outer: _Terms) -> _Terms:
    return _Terms(
        owner=section.reference("owner", places.departments, default=outer.owner),
        registered_ms=_midnight_ms(section.date("registered", default=None), outer.registered_ms),
        public=section.flag("public", default=outer.public),
        delay_ms=read_delay_ms(section, outer.delay_ms),
        contract_end=section.date("contract_end", default=outer.contract_end),
    )


def _midnight_ms(day: date | None, default: int) -> int:
    if day is None or day == date.min:
        return default
    midnight = datetime(day.year, day.month, day.day, tzinfo=JAPAN)
    return round((midnight - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def read_delay_ms(section: Section, default: int) -> int:
    """What stands under `delay`, at most a day; `default` where nothing does."""
    delay_ms = section.duration_ms("delay", default=default)
    value = section.optional("delay")
    if value is not None and delay_ms > LONGEST_DELAY_MS:
        value.wrong("city.outside", key="delay", found=f"{delay_ms} ms", low="0", high="1d")
    return delay_ms


def _sensor(
    name: str, section: Section, device: Device, site: Site | None, outer: _Terms, places: Places
) -> Sensor | None:
    """The sensor, or None where too much is wrong to make one."""
    quantity = _quantity(name, section)
    keep_free(name, section)
    terms = _terms(section, places, outer)
    area_id = section.reference("area", places.areas, default=site.area if site else "")
    river = section.reference("river", places.rivers, default=site.river if site else None)
    levels = _levels(section, quantity)
    attributes = section.numbers("attributes")
    title = section.title("title", default=None)
    resolution = section.number("resolution", low=0.0, default=None)
    cost_yen_per_year = section.integer("cost_yen_per_year", low=0, high=10**9, default=None)
    unit = _unit(section, quantity)
    low, high = _range(section, quantity)
    overrides = read_overrides(section)
    quality = read_quality(section, quantity)
    at = read_place(section, device.speech)
    check_unit(section, quantity, device.speech, unit)
    if terms.owner is None:
        section.mistakes.append(Mistake.at(section.place, "city.no_owner", sensor=name))
    area = places.areas.get(area_id)
    if area is not None and device.zone and area.zone != device.zone:
        section.wrong("city.zone_differs", area=area_id, area_zone=area.zone, zone=device.zone)
    if quantity is None or site is None or terms.owner is None:
        return None
    return Sensor(
        key=SeriesKey(device.id, name),
        title=title or Text(f"{site.title.ja} {quantity.title.ja}", f"{site.title.en}: {quantity.title.en}"),
        quantity=quantity,
        device=device.id,
        site=device.site,
        area=area_id,
        zone=device.zone,
        owner=terms.owner,
        river=river,
        levels=levels,
        attributes=attributes,
        delay_ms=terms.delay_ms,
        resolution=resolution,
        registered_ms=terms.registered_ms,
        public=terms.public,
        cost_yen_per_year=cost_yen_per_year,
        contract_end=terms.contract_end,
        unit=unit,
        low=low,
        high=high,
        overrides=overrides,
        quality=quality,
        at=at,
    )


def _quantity(name: str, section: Section) -> Quantity | None:
    """The quantity that the sensor names, else the one that it is named after."""
    if section.optional("quantity") is None and name not in QUANTITIES:
        section.mistakes.append(Mistake.at(section.place, "city.no_quantity", name=name, known=", ".join(QUANTITIES)))
        return None
    return QUANTITIES.get(section.reference("quantity", QUANTITIES, default=name))


def _unit(section: Section, quantity: Quantity | None) -> str | None:
    value = section.optional("unit")
    if value is None or quantity is None:
        return None
    unit = value.text()
    if unit and unit not in quantity.units:
        value.wrong("city.need_choice", key="unit", found=unit, known=", ".join(quantity.units))
    return unit


def _range(section: Section, quantity: Quantity | None) -> tuple[float | None, float | None]:
    value = section.optional("range")
    if value is None or quantity is None:
        return None, None
    bounds = [item.number(quantity.low, quantity.high) for item in value.items()]
    if len(bounds) != 2 or bounds[0] >= bounds[1]:  # noqa: PLR2004 - from, to
        value.wrong("city.need_range", key="range")
        return None, None
    return bounds[0], bounds[1]


def _levels(section: Section, quantity: Quantity | None) -> dict[str, float]:
    """Named levels, each within the physical range, the official ones one above the other."""
    low, high = (quantity.low, quantity.high) if quantity else (-math.inf, math.inf)
    levels = section.numbers("levels", low=low, high=high)
    official = [(name, levels[name]) for name in RIVER_LEVELS if name in levels]
    for (lower, below), (higher, above) in pairwise(official):
        if below >= above:
            section.section("levels").value(higher).wrong(
                "city.levels_order", lower=lower, low=f"{below:g}", higher=higher, high=f"{above:g}"
            )
    return levels
