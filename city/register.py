"""The register: devices by the thousand as a table, each made like one that the YAML files describe.

    device,like,area,latitude,longitude,title_ja,title_en
    gauge-0001,rpi-toba,kawada,35.9512,136.2801,河和田川 1 号,Kawada River 1

`catalog/*.csv`, UTF-8, columns in any order. A row is a device at a site of its own, with the sensors of the device
under `like`: their quantities, units, levels, owners and contracts. It stands in the zone of its area, at no river.
Ten thousand rows are read in a second, where as many devices in YAML take half a minute.

A device under `like` that speaks as another's (city/speech_section.py) needs one column more, `address`: what tells the
row's device from it, that is its DevEUI, its topic, or for Sparkplug `group/node/device`.

Places of mistakes count cells, not characters, as columns.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from city.catalog import Area, Device, Output, Point, Sensor, Site
from city.errors import Mistake, Place
from city.messages.text import Text
from city.reading import SeriesKey
from city.speech import Speech, address, elsewhere
from city.value import Value
from city.yaml_file import Scalar

COLUMNS: Final = ("device", "like", "area", "latitude", "longitude", "title_ja", "title_en")
ADDRESS: Final = "address"  # a column that only those need which speak as others do
SUFFIX: Final = ".csv"


@dataclass(frozen=True, slots=True)
class Row:
    """One device of a register. place: where its id stands."""

    place: Place
    device: Device
    site: Site
    sensors: tuple[Sensor, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What rows refer to, and where they may lie (degrees, from and to).

    speeches, outputs: of those models that have some
    """

    models: Mapping[str, Sequence[Sensor]]
    speeches: Mapping[str, Speech]
    areas: Mapping[str, Area]
    latitudes: tuple[float, float]
    longitudes: tuple[float, float]
    outputs: Mapping[str, Mapping[str, Output]]


def read_register(text: str, file: str, ground: Ground, mistakes: list[Mistake]) -> Iterator[Row]:
    """The rows of a register; what is wrong with one is noted in `mistakes`, and the row is left out."""
    lines = csv.reader(text.removeprefix("\ufeff").splitlines())  # Excel begins UTF-8 with a mark
    try:
        columns = next(lines, [])
        if sorted(columns) not in (sorted(COLUMNS), sorted((*COLUMNS, ADDRESS))):
            place = Place(file, 1, 1)
            mistakes.append(Mistake.at(place, "city.register_columns", columns=",".join(COLUMNS)))
            return
        for cells in lines:
            if not cells:
                continue
            if len(cells) != len(columns):
                place = Place(file, lines.line_num, 1)
                mistakes.append(Mistake.at(place, "city.register_cells", found=len(cells), wanted=len(columns)))
                continue
            yield from _row(_values(columns, cells, file, lines.line_num, mistakes), ground, mistakes)
    except csv.Error as error:
        mistakes.append(Mistake.at(Place(file, lines.line_num, 1), "city.register_broken", problem=str(error)))


def _values(
    columns: Sequence[str], cells: Sequence[str], file: str, line: int, mistakes: list[Mistake]
) -> dict[str, Value]:
    places = [Place(file, line, number) for number in range(1, len(columns) + 1)]
    return {
        column: Value(Scalar(place, cell.strip(), plain=True), place, column, mistakes)
        for column, cell, place in zip(columns, cells, places, strict=True)
    }


def _row(values: Mapping[str, Value], ground: Ground, mistakes: list[Mistake]) -> Iterator[Row]:
    before = len(mistakes)
    name = values["device"].name()
    like = values["like"].reference(ground.models)
    area = ground.areas.get(values["area"].reference(ground.areas))
    point = Point(values["latitude"].number(*ground.latitudes), values["longitude"].number(*ground.longitudes))
    title = Text(values["title_ja"].text(), values["title_en"].text())
    speech = _speech(values, ground.speeches.get(like))
    if len(mistakes) > before or area is None:
        return
    sensors = tuple(
        replace(
            model,
            key=SeriesKey(name, model.key.sensor),
            title=Text(f"{title.ja} {model.quantity.title.ja}", f"{title.en}: {model.quantity.title.en}"),
            device=name,
            site=name,
            area=area.id,
            zone=area.zone,
            river=None,
        )
        for model in ground.models[like]
    )
    device = Device(name, title, area.zone, name, speech, ground.outputs.get(like, {}))
    yield Row(values["device"].place, device, Site(name, title, area.id, point), sensors)


def _speech(values: Mapping[str, Value], model: Speech | None) -> Speech | None:
    """How the row's device speaks: as its model, at the row's own address."""
    value = values.get(ADDRESS)
    text = value.node.text if value is not None and isinstance(value.node, Scalar) else ""
    if model is None:
        if value is not None and text:
            value.wrong("city.register_no_address", found=text[:80])
        return None
    speech = elsewhere(model, text)
    if speech is None:
        (value or values["like"]).wrong("city.register_address", found=text[:80], example=address(model))
    return speech
