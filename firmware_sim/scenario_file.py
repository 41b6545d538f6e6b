"""Scenarios from a city's files: `scenarios/<name>.yaml`, all mistakes at once, each at its place.

title: {ja: 平穏な一日, en: A calm day}
start: 2024-05-14T06:00:00+09:00
span: 7d
seed: 7
sampling: 5m
firmware: whole                  # the real agent on every device; light (the default) for fleets of thousands
prefecture: {devices: 10000}     # where it plays in more than the city: firmware_sim/prefecture.py
phenomena:                       # one that names another stands below it; of two for one sensor, the lower has it
  - {name: rain, kind: rainfall, sensors: {quantity: rainfall}, showers: []}
faults:
  - {kind: stuck, devices: [rpi-toba], after: 2h, lasts: 3h, sensors: [water_level]}
actuators:                       # how devices take commands; one that is not named obeys, and moves at once
  - {devices: rpi-kurotsu-gate, takes: 40s}
  - {devices: [rpi-under-hinode], answer: refuses}      # or silent
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final
from zlib import crc32

import numpy as np

from city.catalog import Catalog, Sensor
from city.errors import Mistake, MistakesError
from city.reading import SeriesKey
from city.section import Section, file_section
from city.sensor_health import measured
from firmware_sim.actuators import OBEDIENT, Answer, Manner
from firmware_sim.faults import FAULTS
from firmware_sim.faults.fault import Fault, Period
from firmware_sim.horizon import DAY_MS, Horizon
from firmware_sim.instrument import Instrument
from firmware_sim.phenomena import PHENOMENA
from firmware_sim.phenomena.phenomenon import Course, Phenomenon, World
from firmware_sim.prefecture import MAX_DEVICES, prefecture_files
from firmware_sim.scenario import DevicePlan, Scenario, UnknownScenarioError, scenario_names

SPEED: Final = 600.0  # ten minutes a second: a flood of some hours is seen in half a minute
MAX_SPEED: Final = 100_000.0  # beyond it a single reading's way through the city takes simulated hours
MAX_SPAN_MS: Final = 31 * DAY_MS  # the weather is reckoned by the minute: a month takes seconds
MAX_SEED: Final = 2**32 - 1
OWN_UNITS: Final = 0.25  # share of devices that send another unit than the canonical, as real fleets do
SILENT_UNITS: Final = 0.5  # share of devices that leave out the unit the catalog gives


class FirmwareKind(StrEnum):
    """What runs on a scenario's devices."""

    WHOLE = "whole"
    LIGHT = "light"


def played_catalog(files: Mapping[str, str], name: str, catalog_files: Mapping[str, str]) -> Mapping[str, str]:
    """The catalog files that the scenario `name` plays in: the city's own, or those of the prefecture that it wants.

    Raises UnknownScenarioError, MistakesError, and PrefectureError where the city cannot be widened so.
    """
    section = _opened(files, name, [])
    if not section.has("prefecture"):
        return catalog_files
    devices, seed = _wanted_devices(section), section.integer("seed", low=0, high=MAX_SEED)
    if section.mistakes:
        raise MistakesError(section.mistakes)
    return prefecture_files(catalog_files, devices, seed)


def load_scenario(files: Mapping[str, str], name: str, catalog: Catalog) -> Scenario:
    """The scenario `name` of a city. files: relative path → text, as `scenarios/river-flood.yaml`.

    Sensors that no phenomenon takes in do not speak. Raises UnknownScenarioError, and MistakesError with every
    mistake in the file.
    """
    mistakes: list[Mistake] = []
    section = _opened(files, name, mistakes)
    scenario = _Reader(section, name, catalog).read()
    section.end()
    if mistakes:
        raise MistakesError(mistakes)
    return scenario


def _opened(files: Mapping[str, str], name: str, mistakes: list[Mistake]) -> Section:
    names = scenario_names(files)
    if name not in names:
        raise UnknownScenarioError(name, names)
    return file_section(files[names[name]], names[name], mistakes)


def _wanted_devices(section: Section) -> int:
    return section.section("prefecture").integer("devices", low=1, high=MAX_DEVICES)


class _Reader:
    """Reads one scenario from top to bottom."""

    def __init__(self, section: Section, name: str, catalog: Catalog) -> None:
        self._section = section
        self._name = name
        self._catalog = catalog
        self._seed = section.integer("seed", low=0, high=MAX_SEED)
        self._horizon = Horizon(
            start_ms=section.time_ms("start"),
            span_ms=section.duration_ms("span"),
            sampling_ms=section.duration_ms("sampling"),
        )
        self._courses: dict[SeriesKey, tuple[Course, float]] = {}

    def read(self) -> Scenario:
        """The scenario; of no use once there are mistakes."""
        section, horizon = self._section, self._horizon
        title = section.title("title")
        speed = section.number("speed", low=0.01, high=MAX_SPEED, default=SPEED)
        whole = section.choice("firmware", FirmwareKind, default=FirmwareKind.LIGHT) is FirmwareKind.WHOLE
        if horizon.sampling_ms < 1_000:  # noqa: PLR2004 a second: what a device of this kind can do at most
            section.value("sampling").wrong("sim.too_short", key="sampling", least="1s")
        if not 0 < horizon.span_ms <= MAX_SPAN_MS:
            section.value("span").wrong("sim.span", longest="31d")
        if section.has("prefecture"):
            _wanted_devices(section)  # `played_catalog` has made them; what is wrong with them is told here too
        sound = not section.mistakes
        self._read_phenomena(sound=sound)
        faults, manners = self._read_faults(), self._read_manners()
        devices = () if section.mistakes else self._devices(faults, manners)
        return Scenario(
            self._name, title, horizon.start_ms, horizon.span_ms, horizon.sampling_ms, speed, self._seed, devices, whole
        )

    def _read_phenomena(self, *, sound: bool) -> None:
        """Builds each where the head of the file is `sound`, and hands it the sensors that it names."""
        kinds = {kind.name: kind for kind in PHENOMENA}
        built: dict[str, Phenomenon | None] = {}
        for section in self._section.sections("phenomena"):
            name = section.name("name")
            kind = section.reference("kind", kinds)
            sensors = self._selected(section)
            noise = section.number("noise", low=0, default=0.0)
            if name in built:
                section.value("name").wrong("sim.twice", name=name)
            if not (kind and sound):
                built[name] = None
                continue
            world = World(self._horizon, self._chance("phenomenon", name), self._catalog.devices, built)
            phenomenon = built[name] = kinds[kind].read(section, world)
            if phenomenon is None or section.mistakes:
                continue
            for sensor in sensors:
                course = phenomenon.course(sensor, self._chance("place", f"{name}/{sensor.device}"))
                self._courses[sensor.key] = (course, noise)

    def _selected(self, section: Section) -> list[Sensor]:
        """The sensors that match every condition given under `sensors`; none where nothing stands there."""
        if not section.has("sensors"):
            return []
        select = section.section("sensors")
        catalog = self._catalog

        def wanted(key: str, known: Collection[str]) -> set[str] | None:
            return {item.reference(known) for item in select.items(key)} if select.has(key) else None

        there = measured(catalog.sensors)
        quantities = wanted("quantity", {sensor.quantity.id for sensor in there})
        areas = wanted("area", catalog.areas)
        rivers = wanted("river", catalog.rivers)
        sites = wanted("site", catalog.sites)
        devices = wanted("device", catalog.devices)
        keys = wanted("sensor", {str(sensor.key) for sensor in there})
        return [
            sensor
            for sensor in there
            if (quantities is None or sensor.quantity.id in quantities)
            and (areas is None or sensor.area in areas)
            and (rivers is None or sensor.river in rivers)
            and (sites is None or sensor.site in sites)
            and (devices is None or sensor.device in devices)
            and (keys is None or str(sensor.key) in keys)
        ]

    def _read_faults(self) -> Mapping[str, list[Fault]]:
        """Faults by device, in the order of the file."""
        kinds = {kind.name: kind for kind in FAULTS}
        faults: defaultdict[str, list[Fault]] = defaultdict(list)
        for section in self._section.sections("faults"):
            kind = section.reference("kind", kinds)
            if not section.has("devices"):
                section.value("devices")  # notes that it is missing
            devices = [item.reference(self._catalog.devices) for item in section.items("devices")]
            from_ms = self._horizon.start_ms + section.duration_ms("after", default=0)
            lasts_ms = section.duration_ms("lasts", default=MAX_SPAN_MS)
            fault = kinds[kind].read(section, Period(from_ms, from_ms + lasts_ms)) if kind else None
            if fault is not None:
                for device in devices:
                    faults[device].append(fault)
        return faults

    def _read_manners(self) -> Mapping[str, Manner]:
        """How devices take commands; of two for one device, the lower has it."""
        manners: dict[str, Manner] = {}
        for section in self._section.sections("actuators"):
            manner = Manner(
                section.choice("answer", Answer, default=Answer.OBEYS), section.duration_ms("takes", default=0)
            )
            if not section.has("devices"):
                section.value("devices")  # notes that it is missing
            for item in section.items("devices"):
                device = item.reference(self._catalog.devices)
                if device and not self._catalog.devices[device].outputs:
                    item.wrong("sim.no_outputs", device=device)
                manners[device] = manner
        return manners

    def _devices(self, faults: Mapping[str, list[Fault]], manners: Mapping[str, Manner]) -> tuple[DevicePlan, ...]:
        """A plan for each device that has anything to measure, sorted by name."""
        by_device: defaultdict[str, list[Sensor]] = defaultdict(list)
        for sensor in self._catalog.sensors:
            if sensor.key in self._courses:
                by_device[sensor.device].append(sensor)
        return tuple(
            DevicePlan(
                device=self._catalog.devices[device],
                instruments=tuple(self._instruments(device, sensors)),
                faults=tuple(faults.get(device, ())),
                chance=(self._seed, crc32(b"device"), crc32(device.encode())),
                manner=manners.get(device, OBEDIENT),
            )
            for device, sensors in sorted(by_device.items())
        )

    def _instruments(self, device: str, sensors: list[Sensor]) -> list[Instrument]:
        """Some devices send a unit of their own; of the others, half leave out what the catalog says anyway."""
        chance = self._chance("units", device)
        own, silent = chance.random() < OWN_UNITS, chance.random() < SILENT_UNITS
        instruments = []
        for sensor in sensors:
            course, noise = self._courses[sensor.key]
            usual = sensor.unit or sensor.quantity.unit
            others = [unit for unit in sensor.quantity.units if unit != usual]
            unit, named = (others[0], True) if own and others else (usual, not silent)
            instruments.append(Instrument(sensor, course, noise, unit, named))
        return instruments

    def _chance(self, what: str, name: str) -> np.random.Generator:
        """Chance of its own for each thing, so that one more sensor changes no other."""
        return np.random.default_rng((self._seed, crc32(what.encode()), crc32(name.encode())))
