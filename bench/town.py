"""The town of the benches: gauges without end, as a catalog in memory and as the files of a city."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from alerts.rule_file import load_rules
from city.catalog import Area, Catalog, Department, Device, Point, Sensor, Site, Zone
from city.messages.text import Text
from city.quantity import QUANTITIES
from city.reading import ReadingBatch, SeriesKey
from city.register import COLUMNS
from city.rule import Rule

T0: Final = 1_704_067_200_000  # 2024-01-01T00:00:00Z
MINUTE_MS: Final = 60_000
RULES: Final = 20
LOWEST: Final = 3.0  # metres: the first rule's threshold; the load generator's levels lie between 1 and 2
ENDPOINT: Final = "desk"
PROBE_ZONE: Final = "probe"

_LIKE: Final = "like-this"  # the one device in YAML; those of the register are made like it
_TITLE: Final = {"ja": "計測", "en": "bench"}


def town(series: int) -> Catalog:
    """A town of one site and so many gauges, one to a device."""
    title = Text("計測", "bench")
    level = QUANTITIES["water_level"]
    devices = [f"rpi-{k:07}" for k in range(series)]
    return Catalog(
        city="bench",
        title=title,
        zones={"sabae": Zone("sabae", title)},
        areas={"sabae": Area("sabae", title, "sabae")},
        rivers={},
        sites={"site": Site("site", title, "sabae", Point(35.95, 136.2))},
        departments={"bosai": Department("bosai", title)},
        devices={device: Device(device, title, "sabae", "site") for device in devices},
        sensors=tuple(
            Sensor(
                SeriesKey(device, "water_level"), title, level, device, "site", "sabae", "sabae", "bosai",
                levels={"danger": 6.0}, registered_ms=T0,
            )
            for device in devices
        ),
        outline=(),
    )  # fmt: skip


def rules(count: int, raised: str, rest: str = "") -> tuple[Rule, ...]:
    """Rules of one shape; `{k}` in `raised` is the rule's number."""
    text = "\n".join(
        f"- {{id: r{k}, title: {{ja: 川, en: river}}, owner: bosai, select: {{quantity: water_level}}, severity: 1,"
        f" raise: '{raised.format(k=k)}'{rest}}}"
        for k in range(count)
    )
    return load_rules({"rules/bench.yaml": text})


def walk(series: int, every_ms: int, rounds: int, seed: int = 0) -> Iterator[ReadingBatch]:
    """A slow walk with two decimals: every series once in `every_ms`, a batch a round."""
    random = np.random.default_rng(seed)
    level = random.uniform(0, 5, series)
    numbers = np.arange(series, dtype=np.int32)
    for turn in range(rounds):
        level += random.normal(0, 0.01, series)
        at = T0 + turn * every_ms + np.sort(random.integers(0, every_ms, series))
        yield ReadingBatch(numbers.copy(), at, np.round(level, 2), np.zeros(series, np.uint8))


def write_town(folder: Path, devices: int, probes: int = 0) -> None:
    """The files of a city: the load generator's devices, `RULES` rules, an endpoint, probes in a zone of their own."""
    levels = {"standby": 3.0, "caution": 4.0, "evacuation": 5.0, "danger": 6.0}
    sensor = {"title": _TITLE, "quantity": "water_level", "unit": "m", "levels": levels}
    site = {"id": "site", "title": _TITLE, "area": "sabae", "latitude": 35.95, "longitude": 136.2}
    like = {"id": _LIKE, "title": _TITLE, "site": "site", "owner": "bosai", "sensors": {"water_level": sensor}}
    zones = ("sabae", PROBE_ZONE)
    catalog = {
        "city": {"id": "bench", "title": _TITLE, "outline": [[35.9, 136.1], [35.9, 136.3], [36.0, 136.2]]},
        "zones": [{"id": zone, "title": _TITLE} for zone in zones],
        "areas": [{"id": zone, "title": _TITLE, "zone": zone} for zone in zones],
        "departments": [
            {"id": "bosai", "title": _TITLE, "endpoints": [{"id": ENDPOINT, "title": _TITLE, "owners": "any"}]}
        ],
        "sites": [site],
        "devices": [like],
    }
    ladder = [
        {
            "id": f"above-{k}",
            "title": _TITLE,
            "owner": "bosai",
            "select": {"quantity": "water_level"},
            "raise": f"last() >= {LOWEST + k / 10}",
            "severity": 1 + k % 5,
        }
        for k in range(RULES)
    ]
    for name, content in (("catalog", catalog), ("rules", ladder)):  # JSON is YAML too
        (folder / name).mkdir(parents=True)
        (folder / name / "bench.yaml").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    with (folder / "catalog" / "devices.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows(_row(f"load-{k:04}", "sabae") for k in range(devices))
        rows.writerows(_row(probe_name(k), PROBE_ZONE) for k in range(probes))


def probe_name(number: int) -> str:
    """The device of a probe."""
    return f"probe-{number:04}"


def _row(device: str, area: str) -> tuple[object, ...]:
    return device, _LIKE, area, 35.95, 136.2, _TITLE["ja"], _TITLE["en"]
