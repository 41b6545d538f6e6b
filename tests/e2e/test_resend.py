"""What lies in the quarantine goes through the city again, before and after its catalog was mended."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from bench.city_process import MEGANE, CityProcess
from tests.support.books import Books, Counted
from tests.support.publisher import Publisher

SABAE = Path(__file__).resolve().parents[2] / "cities" / "sabae"
UP = "megane/sabae/rpi-toba/up"
TOBA = "  - id: rpi-toba\n    site: toba\n"  # the beginning of its entry, as it stands in the catalog


class Piece(TypedDict):
    """What of a line of `megane quarantine list` matters here."""

    id: int
    reason: str
    arrived: str
    payload: str


def test_a_reading_of_an_unknown_sensor_is_stored_once_the_catalog_has_it(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    home, mqtt_port, http_port = tmp_path / "home", free_port(), free_port()
    payload = json.dumps([{"n": "air_temperature", "u": "Cel", "t": int(time.time()), "v": 21.5}])
    with CityProcess(home, mqtt_port, http_port) as city:
        books = Books(city)
        with Publisher(mqtt_port) as device:
            device.send(UP, b"\xff")
            device.send(UP, payload)
        books.expect(Counted(quarantined={"undecodable": 1, "unknown_sensor": 1}, refused=2))
        first, second = listed(home)
        assert (first["reason"], second["reason"]) == ("undecodable", "unknown_sensor")

        assert resend(home, str(second["id"])) == 1
        books.expect(Counted(quarantined={"undecodable": 1, "unknown_sensor": 2}, refused=3))
        untouched, again = listed(home)
        assert untouched == first
        assert again["id"] > second["id"]
        assert again | {"id": second["id"]} == second
        assert city.stop() == 0

    with CityProcess(home, mqtt_port, http_port, arguments=("--city", str(mended(tmp_path / "city")))) as city:
        books = Books(city)
        assert resend(home, "--reason", "unknown_sensor") == 1
        books.expect(Counted(stored=1, accepted=1))
        assert listed(home) == [first]
        assert city.metrics()["megane_quarantine_sent_again_total"] == 1
        assert city.stop() == 0


def mended(folder: Path) -> Path:
    """Sabae with a thermometer at 鳥羽."""
    shutil.copytree(SABAE, folder)
    file = folder / "catalog" / "devices-river.yaml"
    text = file.read_text(encoding="utf-8")
    before, toba, after = text.partition(TOBA)
    assert toba
    sensors = "    sensors:\n"
    file.write_text(
        before + toba + after.replace(sensors, sensors + "      air_temperature: {unit: Cel}\n", 1), encoding="utf-8"
    )
    return folder


def listed(home: Path) -> list[Piece]:
    pieces: list[Piece] = json.loads(quarantine("list", home))
    return pieces


def resend(home: Path, *which: str) -> int:
    return int(json.loads(quarantine("resend", home, *which))["resent"])


def quarantine(verb: str, home: Path, *arguments: str) -> str:
    command = [MEGANE[0], "quarantine", verb, *arguments, "--home", str(home), "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()[-1]
