"""A prefecture made of a city: its catalog, widened by light devices in every other town to as many as are wanted.

A light device has one sensor, made like one of the city's own; the towns' devices stand in a register
(`city/register.py`), so that ten thousand of them are read in a second.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from city.catalog import Catalog, Sensor
from city.catalog_file import load_catalog
from city.errors import UserError
from city.messages.text import Text
from city.register import COLUMNS
from city.section import file_section

ID: Final = "fukui"
TITLE: Final = Text(ja="福井県", en="Fukui Prefecture")
WIDE_FILE: Final = "catalog/prefecture.yaml"
REGISTER_FILE: Final = "catalog/prefecture.csv"
SPREAD_DEGREES: Final = 0.015  # of a town's devices about its centre: one and a half kilometres
MAX_DEVICES: Final = 50_000  # connections from one address: Linux has 28,000 to 64,000 ports for them

# What the light devices measure, and of a hundred how many.
MIX: Final[Mapping[str, int]] = {
    "water_level": 40,
    "rainfall": 20,
    "air_temperature": 15,
    "road_temperature": 10,
    "wind_speed": 10,
    "sound_level": 5,
}

# The prefecture's rough shape, drawn for a map at a glance; no boundary.
OUTLINE: Final = (
    (36.30, 136.23), (36.21, 136.33), (36.16, 136.43), (36.17, 136.58), (36.12, 136.72), (36.05, 136.80),
    (35.97, 136.83), (35.85, 136.79), (35.78, 136.70), (35.75, 136.55), (35.71, 136.42), (35.70, 136.30),
    (35.66, 136.17), (35.55, 136.11), (35.51, 136.01), (35.43, 135.93), (35.36, 135.84), (35.35, 135.70),
    (35.40, 135.56), (35.46, 135.46), (35.54, 135.49), (35.55, 135.62), (35.56, 135.76), (35.62, 135.88),
    (35.70, 135.97), (35.74, 136.02), (35.67, 136.07), (35.78, 136.12), (35.87, 136.02), (35.97, 135.97),
    (36.10, 136.05), (36.22, 136.13),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality: its centre (WGS 84) and its people in thousands, by which devices are shared out."""

    id: str
    title: Text
    latitude: float
    longitude: float
    people: float


TOWNS: Final = (
    Town("fukui", Text("福井市", "Fukui"), 36.064, 136.219, 258),
    Town("sakai", Text("坂井市", "Sakai"), 36.167, 136.231, 87),
    Town("echizen", Text("越前市", "Echizen"), 35.903, 136.169, 80),
    Town("tsuruga", Text("敦賀市", "Tsuruga"), 35.645, 136.065, 63),
    Town("ono", Text("大野市", "Ono"), 35.980, 136.488, 31),
    Town("obama", Text("小浜市", "Obama"), 35.490, 135.750, 28),
    Town("awara", Text("あわら市", "Awara"), 36.205, 136.229, 27),
    Town("katsuyama", Text("勝山市", "Katsuyama"), 36.061, 136.501, 22),
    Town("echizen-cho", Text("越前町", "Echizen Town"), 35.974, 136.130, 20),
    Town("eiheiji", Text("永平寺町", "Eiheiji"), 36.092, 136.299, 18),
    Town("wakasa", Text("若狭町", "Wakasa"), 35.470, 135.870, 13),
    Town("takahama", Text("高浜町", "Takahama"), 35.480, 135.551, 10),
    Town("minamiechizen", Text("南越前町", "Minamiechizen"), 35.835, 136.194, 10),
    Town("mihama", Text("美浜町", "Mihama"), 35.595, 135.945, 9),
    Town("oi", Text("おおい町", "Oi"), 35.470, 135.617, 8),
    Town("ikeda", Text("池田町", "Ikeda"), 35.890, 136.344, 2),
)


class PrefectureError(UserError):
    """The city cannot be widened to that many devices."""


def prefecture_files(catalog_files: Mapping[str, str], devices: int, seed: int) -> dict[str, str]:
    """The catalog files (path → text) of a prefecture of `devices` devices, the city's own among them.

    The file that says which city it is may hold zones and areas beside, and nothing else. Raises MistakesError where
    the city's own files are wrong, and PrefectureError where they hold more devices already, or none to be like.
    """
    catalog = load_catalog(catalog_files)
    models = _models(catalog)
    missing = devices - len(catalog.devices) - len(models)
    if missing < 0 or not models:
        raise PrefectureError("sim.prefecture", devices=devices, least=len(catalog.devices) + len(models))
    city_file = next(path for path, text in catalog_files.items() if file_section(text, path, []).has("city"))
    kept = {path: text for path, text in catalog_files.items() if path != city_file}
    return {**kept, WIDE_FILE: _wide(catalog, models), REGISTER_FILE: _register(missing, [*models], seed)}


def _models(catalog: Catalog) -> dict[str, Sensor]:
    """The sensors that light devices are like, by quantity: the first that has levels, else the first."""
    models = {}
    for quantity in MIX:
        known = [sensor for sensor in catalog.sensors if sensor.quantity.id == quantity and not sensor.attributes]
        for sensor in sorted(known, key=lambda sensor: not sensor.levels)[:1]:
            models[quantity] = sensor
    return models


def _wide(catalog: Catalog, models: Mapping[str, Sensor]) -> str:
    """City, zones, areas and the devices that the others are like; JSON, which is YAML too."""
    zones = [{"id": zone.id, "title": _words(zone.title)} for zone in catalog.zones.values()]
    areas = [{"id": a.id, "title": _words(a.title), "zone": a.zone} for a in catalog.areas.values()]
    wide = {
        "city": {"id": ID, "title": _words(TITLE), "outline": OUTLINE},
        "zones": zones + [{"id": town.id, "title": _words(town.title)} for town in TOWNS],
        "areas": areas + [{"id": town.id, "title": _words(town.title), "zone": town.id} for town in TOWNS],
        "devices": [
            {"id": _model_id(q), "site": model.site, "owner": model.owner, "sensors": {q: _sensor(model)}}
            for q, model in models.items()
        ],
    }
    return msgspec.json.format(msgspec.json.encode(wide)).decode()


def _sensor(model: Sensor) -> dict[str, object]:
    told = {"levels": dict(model.levels), "unit": model.unit, "resolution": model.resolution, "public": model.public}
    return {key: value for key, value in told.items() if value not in (None, {})}


def _register(count: int, quantities: Sequence[str], seed: int) -> str:
    """`count` rows: shared out among the towns by their people, among the quantities by the mix."""
    rng = np.random.default_rng(seed)
    people = np.array([town.people for town in TOWNS])
    shares = np.array([MIX[quantity] for quantity in quantities], float)
    of_town = rng.choice(len(TOWNS), count, p=people / people.sum()).tolist()
    of_kind = rng.choice(len(quantities), count, p=shares / shares.sum()).tolist()
    away = rng.normal(0.0, SPREAD_DEGREES, (count, 2)).tolist()
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for number, (t, k, (north, east)) in enumerate(zip(of_town, of_kind, away, strict=True), 1):
        town = TOWNS[t]
        place = (f"{town.latitude + north:.5f}", f"{town.longitude + east:.5f}")
        title = (f"{town.title.ja} {number:05d}", f"{town.title.en} {number:05d}")
        rows.writerow((f"{town.id}-{number:05d}", _model_id(quantities[k]), town.id, *place, *title))
    return text.getvalue()


def _model_id(quantity: str) -> str:
    return "light-" + quantity.replace("_", "-")


def _words(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}
