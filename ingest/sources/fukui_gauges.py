"""The gauge master of the published river levels (`sensors.csv`), and the catalog that it makes."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from city.catalog import Area, Catalog, Department, Device, Point, Sensor, Site, Zone
from city.errors import Mistake, MistakesError, Place, UserError
from city.messages.text import Text
from city.quantity import QUANTITIES
from city.reading import SeriesKey
from city.wire.topic import is_level

SENSOR: Final = "level"
ZONE: Final = "fukui"
PREFECTURE: Final = Text(ja="福井県", en="Fukui Prefecture")

LEVELS: Final[Mapping[str, str]] = {
    "standby": "水防団待機水位",
    "caution": "はん濫注意水位",
    "evacuation": "避難判断水位",
    "danger": "はん濫危険水位",
}
COLUMNS: Final = ("id", "河川名", "観測所名", "geo3x3", *LEVELS.values())
NOT_SET: Final = re.compile(r"-*")
METRES: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
GEO3X3: Final = re.compile(r"[EW][1-9]+0*")


class FukuiFilesError(UserError):
    """A folder or file is not of the published format."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One river gauge; `levels` holds those of the four official levels that are set, in metres."""

    id: str
    river: str
    name: str
    point: Point
    levels: Mapping[str, float]


def read_gauges(file: Path) -> list[Gauge]:
    """The gauges in `file`.

    Raises FukuiFilesError where it is missing or has other columns, MistakesError with every row that is wrong.
    """
    rows = csv.DictReader(io.StringIO(read_text(file)))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise FukuiFilesError(
            "ingest.fukui_header", file=str(file), expected=", ".join(COLUMNS), missing=", ".join(missing)
        )
    gauges: dict[str, Gauge] = {}
    mistakes: list[Mistake] = []
    for row in rows:
        place = Place(str(file), rows.line_num)
        cells = {column: (row[column] or "").strip() for column in COLUMNS}
        found = [*_mistakes(place, cells)]
        if cells["id"] in gauges:
            found.append(Mistake.at(place, "ingest.fukui_gauge_twice", id=cells["id"]))
        mistakes += found
        if not found:
            gauges[cells["id"]] = _gauge(cells)
    if mistakes:
        raise MistakesError(mistakes)
    return list(gauges.values())


def read_text(file: Path) -> str:
    """The text of a published file, without its BOM. Raises FukuiFilesError where it cannot be read."""
    try:
        return read_bytes(file).decode("utf-8")
    except UnicodeDecodeError as e:
        raise FukuiFilesError("ingest.fukui_unreadable", file=str(file), problem=str(e)) from e


def read_bytes(file: Path) -> bytes:
    """The UTF-8 of a published file, without its BOM, lines ended by a line feed.

    Raises FukuiFilesError where it cannot be read.
    """
    try:
        return file.read_bytes().removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")
    except OSError as e:
        raise FukuiFilesError("ingest.fukui_unreadable", file=str(file), problem=e.strerror or str(e)) from e


def gauge_catalog(gauges: Sequence[Gauge]) -> Catalog:
    """Every gauge a device with one sensor, all in one zone of the prefecture."""
    ordered = sorted(gauges, key=lambda gauge: gauge.id)
    titles = {gauge.id: _title(gauge) for gauge in ordered}
    return Catalog(
        city=ZONE,
        title=PREFECTURE,
        zones={ZONE: Zone(ZONE, PREFECTURE)},
        areas={ZONE: Area(ZONE, PREFECTURE, ZONE)},
        rivers={},
        sites={gauge.id: Site(gauge.id, titles[gauge.id], ZONE, gauge.point) for gauge in ordered},
        departments={ZONE: Department(ZONE, PREFECTURE)},
        devices={gauge.id: Device(gauge.id, titles[gauge.id], ZONE, gauge.id) for gauge in ordered},
        sensors=tuple(
            Sensor(
                key=SeriesKey(gauge.id, SENSOR),
                title=titles[gauge.id],
                quantity=QUANTITIES["water_level"],
                device=gauge.id,
                site=gauge.id,
                area=ZONE,
                zone=ZONE,
                owner=ZONE,
                levels=gauge.levels,
                resolution=0.01,
                public=True,
            )
            for gauge in ordered
        ),
        outline=(),
    )


def geo3x3_point(code: str) -> Point:
    """The middle of the cell that `code` names: E or W, then the digit 1..9 of a ninth of a ninth, and so on.

    After Taisuke Fukuno, Geo3x3 (https://github.com/taisukef/Geo3x3): rows of three from the south-west corner, the
    first cell being a half of the globe, 180° square; zeros at the end mean nothing.
    """
    latitude, longitude, width = -90.0, 0.0 if code[0] == "E" else -180.0, 180.0
    for digit in code[1:].rstrip("0"):
        width /= 3
        north, east = divmod(int(digit) - 1, 3)
        latitude += north * width
        longitude += east * width
    return Point(round(latitude + width / 2, 6), round(longitude + width / 2, 6))


def _mistakes(place: Place, cells: Mapping[str, str]) -> Iterator[Mistake]:
    if not is_level(cells["id"]):
        yield Mistake.at(place, "ingest.fukui_gauge_id", found=cells["id"])
    if not GEO3X3.fullmatch(cells["geo3x3"]):
        yield Mistake.at(place, "ingest.fukui_geo3x3", found=cells["geo3x3"])
    for column in LEVELS.values():
        if not (NOT_SET.fullmatch(cells[column]) or METRES.fullmatch(cells[column])):
            yield Mistake.at(place, "ingest.fukui_level", column=column, found=cells[column])


def _gauge(cells: Mapping[str, str]) -> Gauge:
    levels = {name: float(cells[column]) for name, column in LEVELS.items() if METRES.fullmatch(cells[column])}
    return Gauge(cells["id"], cells["河川名"], cells["観測所名"], geo3x3_point(cells["geo3x3"]), levels)


def _title(gauge: Gauge) -> Text:
    name = f"{gauge.river} {gauge.name}"
    return Text(ja=name, en=name)
