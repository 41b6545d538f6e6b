"""Devices of others with a real broker and city: heard, listed, registered, and their readings brought back."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

import httpx
import pytest

from bench.city_process import MEGANE, CityProcess
from bench.waiting import wait_for
from ingest.codecs.sparkplug_payload import Metric, Payload, decode_payload, encode_payload
from tests.support.books import Books, Counted
from tests.support.other_devices import BOOLEAN, FLOAT, INT64, UPLINK
from tests.support.publisher import Publisher
from tests.support.subscriber import Subscriber

SABAE = Path(__file__).resolve().parents[2] / "cities" / "sabae"
DEV_EUI = "a84041fc4188657a"
NODE = "spBv1.0/Water/{kind}/Pump 3"
LISTENING = "listening: {families: [chirpstack, sparkplug, tasmota], sparkplug_host: sabae}\n"
FIELD, PLUG, PUMP, GHOST = DEV_EUI, "school/roof", "Water/Pump 3", "rpi-ghost"


class Told(TypedDict):
    """What of a line of `megane device list --unregistered` matters here."""

    name: str
    form: str
    pieces: int
    draft: str


def now_s() -> int:
    return int(time.time())


def local(moment_s: int) -> str:
    """As Tasmota has it: the city's time, without saying so."""
    return datetime.fromtimestamp(moment_s + 9 * 3_600, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def city_folder(folder: Path, **files: str) -> Path:
    """Sabae with more files in its catalog."""
    if not folder.exists():
        shutil.copytree(SABAE, folder)
    for name, text in files.items():
        (folder / "catalog" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def megane(*arguments: str) -> str:
    run = subprocess.run([MEGANE[0], *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def listed(home: Path) -> dict[str, Told]:
    found: list[Told] = json.loads(megane("device", "list", "--unregistered", "--home", str(home), "--json"))
    return {one["name"]: one for one in found}


def resend(home: Path, *which: str) -> int:
    return int(json.loads(megane("quarantine", "resend", *which, "--home", str(home), "--json"))["resent"])


def filled(draft: str, **answers: dict[str, str]) -> str:
    """The draft, each question answered as a person would: by sensor its quantity and unit."""
    text = draft.replace('site: "?"', "site: toba").replace('owner: "?"', "owner: doboku")
    for sensor, keys in answers.items():
        line = re.search(rf"^ +{sensor.replace('_', '[-_]')}: .*$", text, re.MULTILINE)
        assert line, text
        answered = line[0]
        for key, value in keys.items():
            answered = answered.replace(f'{key}: "?"', f"{key}: {value}")
        text = text.replace(line[0], answered)
    return "\n".join(line for line in text.splitlines() if '"?"' not in line) + "\n"


def values(city: CityProcess, device: str, sensor: str) -> list[tuple[int, float]]:
    """Seconds and values of all that is stored."""
    answer = city.api.get(f"/v1/series/{device}/{sensor}?from=2020-01-01T00:00:00Z")
    assert answer.status_code == httpx.codes.OK, answer.text
    columns = answer.json()
    times = [round(datetime.fromisoformat(moment).timestamp()) for moment in columns["time"]]
    return list(zip(times, columns["value"], strict=True))


def payload(seq: int | None, at_s: int, *metrics: Metric) -> bytes:
    return encode_payload(Payload(timestamp_ms=at_s * 1000, seq=seq, metrics=metrics))


def birth(at_s: int, volts: float, bd_seq: int = 0) -> bytes:
    return payload(
        0,
        at_s,
        Metric(name="bdSeq", datatype=INT64, whole=bd_seq),
        Metric(name="Node Control/Rebirth", datatype=BOOLEAN, flag=False),
        Metric(name="Supply Voltage", alias=7, datatype=FLOAT, real=volts),
    )


def data(seq: int, at_s: int, volts: float) -> bytes:
    return payload(seq, at_s, Metric(alias=7, real=volts, datatype=FLOAT))


def test_who_is_heard_and_not_registered_is_listed_registered_and_loses_nothing(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    home, mqtt_port, http_port = tmp_path / "home", free_port(), free_port()
    folder = city_folder(tmp_path / "city", listening=LISTENING)
    t = now_s() - 60
    with (
        CityProcess(home, mqtt_port, http_port, arguments=("--city", str(folder))) as city,
        Publisher(mqtt_port) as out,
    ):
        books = Books(city)
        uplink = {**UPLINK, "time": datetime.fromtimestamp(t, UTC).isoformat(), "object": {"soil": {"water": 31.5}}}
        uplink["deviceInfo"] = {"devEui": DEV_EUI}
        out.send(f"application/1/device/{DEV_EUI}/event/up", json.dumps(uplink))
        out.send(f"application/1/device/{DEV_EUI}/event/join", "{}")
        for moment, degrees in ((t, 24.5), (t + 10, 25.0)):
            sensor = {"Time": local(moment), "AM2301": {"Temperature": degrees}, "TempUnit": "C"}
            out.send("tele/school/roof/SENSOR", json.dumps(sensor))
        out.send("tele/school/roof/STATE", "{}")
        out.send(NODE.format(kind="NBIRTH"), birth(t, 12.0))
        out.send(NODE.format(kind="NDATA"), data(1, t + 10, 12.5))
        out.send(f"megane/sabae/{GHOST}/up", json.dumps([{"n": "humidity", "u": "%RH", "t": t, "v": 60}]))
        books.expect(Counted(quarantined={"unknown_sensor": 6}, refused=6))

        found = listed(home)
        assert {name: (one["form"], one["pieces"]) for name, one in found.items()} == {
            FIELD: ("chirpstack", 1),
            PLUG: ("tasmota", 2),
            PUMP: ("sparkplug", 2),
            GHOST: ("senml", 1),
        }
        shown = megane("device", "show", PLUG, "--home", str(home))
        assert found[PLUG]["draft"] in shown
        assert city.stop() == 0

    city_folder(
        folder,
        field=filled(found[FIELD]["draft"], soil_water={"quantity": "soil_moisture", "unit": "/100"}),
        plug=filled(found[PLUG]["draft"], am2301_temperature={"quantity": "air_temperature", "unit": "Cel"}),
        pump=filled(found[PUMP]["draft"], supply_voltage={"quantity": "battery_voltage", "unit": "V"}),
        ghost=filled(found[GHOST]["draft"]),
    )
    with CityProcess(home, mqtt_port, http_port, arguments=("--city", str(folder))) as city:
        assert listed(home) == {}
        books = Books(city)
        assert resend(home, "--device", "school-roof") == 2
        books.expect(Counted(stored=2, accepted=2))
        assert resend(home, "--reason", "unknown_sensor") == 4
        books.expect(Counted(stored=6, accepted=6))
        assert values(city, FIELD, "soil-water") == [(t, 31.5)]
        assert values(city, "school-roof", "am2301-temperature") == [(t, 24.5), (t + 10, 25.0)]
        assert values(city, "water-pump-3", "supply-voltage") == [(t, 12.0), (t + 10, 12.5)]
        assert values(city, GHOST, "humidity") == [(t, 60.0)]
        assert json.loads(megane("quarantine", "list", "--home", str(home), "--json")) == []
        assert city.stop() == 0


@pytest.fixture
def pump_city(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[CityProcess]:
    """A city that knows the pump alone, and listens to nobody else."""
    pump = """\
devices:
  - id: pump-3
    site: toba
    owner: doboku
    speaks: {sparkplug: {group: Water, node: Pump 3}}
    sensors: {battery_voltage: {at: Supply Voltage, unit: V}}
listening: {sparkplug_host: sabae}
"""
    folder = city_folder(tmp_path / "city", pump=pump)
    with CityProcess(tmp_path / "home", free_port(), free_port(), arguments=("--city", str(folder))) as city:
        yield city


def online(city: CityProcess) -> bool | None:
    devices = city.api.get("/v1/devices").json()["devices"]
    found: bool | None = next(one["online"] for one in devices if one["device"] == "pump-3")
    return found


def test_a_node_is_asked_to_be_born_and_what_came_before_is_not_lost(pump_city: CityProcess) -> None:
    city, books, t = pump_city, Books(pump_city), now_s() - 60
    with Publisher(city.mqtt_port) as node, Subscriber(city.mqtt_port, NODE.format(kind="NCMD")) as told:
        node.send("spBv1.0/Water/NDATA/Pump 4", data(1, t, 1.0))  # nobody asked to hear it
        node.send(NODE.format(kind="NDATA"), data(41, t, 12.5))
        books.expect(Counted(quarantined={"no_birth": 1}, refused=1))
        [asked] = decode_payload(told.next()[0]).metrics
        assert (asked.name, asked.flag) == ("Node Control/Rebirth", True)

        node.send(NODE.format(kind="NBIRTH"), birth(t + 1, 12.0))
        books.expect(Counted(stored=1, quarantined={"no_birth": 1}, accepted=1, refused=1))
        assert online(city) is True
        assert resend(city.home, "--reason", "no_birth") == 1
        books.expect(Counted(stored=2, quarantined={"no_birth": 1}, accepted=2, refused=1))
        assert values(city, "pump-3", "battery_voltage") == [(t, 12.5), (t + 1, 12.0)]

        node.send(NODE.format(kind="NDEATH"), payload(None, t, Metric(name="bdSeq", datatype=INT64, whole=0)))
        wait_for(lambda: online(city) is False, "the node is gone")


def test_the_city_is_there_as_a_host_until_it_leaves_or_is_killed(pump_city: CityProcess) -> None:
    with Subscriber(pump_city.mqtt_port, "spBv1.0/STATE/sabae") as told:
        birth, kept = told.next()
        assert (kept, json.loads(birth)["online"]) == (True, True)
        pump_city.kill()
        death, _ = told.next()
        assert json.loads(death) == {"online": False, "timestamp": json.loads(birth)["timestamp"]}
        pump_city.start()
        assert json.loads(told.next()[0])["online"] is True
        with Publisher(pump_city.mqtt_port) as other:
            other.send("spBv1.0/STATE/sabae", death)
            # What the broker had kept for the city of its own death it denies, too.
            while json.loads(told.next()[0])["online"]:
                pass
            assert json.loads(told.next()[0])["online"] is True
        assert pump_city.stop() == 0
        assert json.loads(told.next()[0])["online"] is False
