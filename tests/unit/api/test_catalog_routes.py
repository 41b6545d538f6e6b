from dataclasses import replace

import numpy as np
from httpx import Client

from api.situation import situation_of
from city.reading import ReadingBatch, SeriesKey
from city.sensor_health import measured
from city.speech import Tasmota
from ingest.catalog_draft import Sample
from ingest.presence import DevicePresence
from ingest.unregistered import Unregistered
from tests.support.shown_city import NOW_MS, ShownCity


def test_every_sensor_is_described_with_its_place(client: Client, flooded: ShownCity) -> None:
    sensors = client.get("/v1/sensors").json()["sensors"]
    assert len(sensors) == len(measured(flooded.catalog.sensors))
    toba = next(s for s in sensors if (s["device"], s["sensor"]) == ("rpi-toba", "water_level"))
    assert toba["site_title"] == {"ja": "鳥羽", "en": "Toba"}
    assert toba["unit"] == "m"
    assert toba["river"] == "asamizu"
    assert sorted(toba["levels"], key=toba["levels"].get) == ["standby", "caution", "evacuation", "danger"]


def test_geojson_is_longitude_first(client: Client, flooded: ShownCity) -> None:
    answer = client.get("/v1/sensors", headers={"accept": "application/geo+json"})
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    toba = next(f for f in features if f["id"] == "rpi-toba:water_level")
    point = flooded.catalog.sites["toba"].point
    assert toba["geometry"] == {"type": "Point", "coordinates": [point.longitude, point.latitude]}
    assert client.get("/v1/sensors?format=geojson").json()["features"] == features


def test_devices_say_whether_they_are_heard(empty: tuple[ShownCity, Client]) -> None:
    city, client = empty
    city.presence.append(DevicePresence("rpi-toba", True, "1.0", 3, "ok", NOW_MS))
    devices = {d["device"]: d for d in client.get("/v1/devices").json()["devices"]}
    assert set(devices) == set(city.catalog.devices)
    assert devices["rpi-toba"]["online"] is True
    assert devices["rpi-toba"]["heard"] == "2024-06-23T01:25:00.000Z"
    assert devices["rpi-desaku"]["online"] is None


def test_latest_is_the_newest_of_each_sensor_as_columns(client: Client) -> None:
    found = client.get("/v1/latest").json()
    newest = dict(zip(found["series"], found["value"], strict=True))
    raw = client.get("/v1/series/rpi-toba/water_level").json()
    assert newest["rpi-toba:water_level"] == raw["value"][-1]
    assert found["series"] == sorted(found["series"])
    assert len(found["time"]) == len(found["quality"]) == len(found["series"])


def test_latest_can_be_narrowed(client: Client, flooded: ShownCity) -> None:
    found = client.get("/v1/latest?quantity=water_level&area=shinmyo").json()["series"]
    wanted = [str(s.key) for s in flooded.catalog.sensors if (s.quantity.id, s.area) == ("water_level", "shinmyo")]
    assert found == wanted
    assert client.get("/v1/latest?quantity=water-level").status_code == 400
    assert client.get("/v1/latest?area=tokyo").status_code == 400


def test_latest_of_a_city_that_has_heard_nothing_is_empty(empty: tuple[ShownCity, Client]) -> None:
    assert empty[1].get("/v1/latest").json()["series"] == []


def test_the_health_of_sensors_stands_where_it_is_asked_for_and_nowhere_else(
    client: Client, flooded: ShownCity
) -> None:
    found = client.get("/v1/latest?quantity=health").json()["series"]
    assert "rpi-toba:water_level-health" in found
    assert all(series.endswith("-health") for series in found)
    assert client.get("/v1/series/rpi-toba/water_level-health").json()["unit"] == "/100"
    assert client.get("/sensors/rpi-toba/water_level-health").status_code == 200
    for path in ("/v1/latest", "/v1/sensors", "/map", "/sensors", "/sensors/rpi-toba/water_level"):
        assert "-health" not in client.get(path).text, path


def test_that_the_city_speaks_of_health_is_no_sign_of_life(empty: tuple[ShownCity, Client]) -> None:
    city, _ = empty
    toba = city.catalog.index[SeriesKey("rpi-toba", "water_level-health")]
    batch = ReadingBatch(np.array([toba], np.int32), np.array([NOW_MS]), np.array([83.0]), np.zeros(1, np.uint8))
    assert situation_of(city.view(), batch).newest_ms is None


def test_devices_heard_but_not_registered_are_told_with_a_draft(empty: tuple[ShownCity, Client]) -> None:
    city, client = empty
    assert client.get("/v1/devices/unregistered").json() == {"devices": []}
    samples = [Sample(("soil", "water"), 31.5), Sample(("x",), float("nan"), "m"), Sample(("ok",), value=True)]
    city.unregistered.append(
        Unregistered("a840", "chirpstack", ["application/1"], NOW_MS - 60_000, NOW_MS, 3, samples, "devices: …\n")
    )
    [found] = client.get("/v1/devices/unregistered").json()["devices"]
    assert found == {
        "name": "a840",
        "form": "chirpstack",
        "topics": ["application/1"],
        "first_heard": "2024-06-23T01:24:00.000Z",
        "last_heard": "2024-06-23T01:25:00.000Z",
        "pieces": 3,
        "samples": [
            {"at": ["soil", "water"], "value": 31.5, "unit": None},
            {"at": ["x"], "value": None, "unit": "m"},
            {"at": ["ok"], "value": 1.0, "unit": None},
        ],
        "draft": "devices: …\n",
    }


def test_devices_say_under_which_topics_they_send(empty: tuple[ShownCity, Client]) -> None:
    _, client = empty
    devices = {d["device"]: d for d in client.get("/v1/devices").json()["devices"]}
    assert devices["rpi-toba"]["topics"] == ["megane/sabae/rpi-toba/up"]


def test_a_device_of_others_takes_no_configuration_and_no_command(empty: tuple[ShownCity, Client]) -> None:
    city, client = empty
    device = replace(city.catalog.devices["rpi-toba"], speech=Tasmota("hall", "Asia/Tokyo"))
    city.catalog = replace(city.catalog, devices={**city.catalog.devices, "rpi-toba": device})
    devices = {d["device"]: d for d in client.get("/v1/devices").json()["devices"]}
    assert devices["rpi-toba"]["topics"] == ["tele/hall/SENSOR", "tele/hall/LWT"]
    for answer in (
        client.put("/v1/devices/rpi-toba/config", json={"by": "a", "config": {"sensors": []}}),
        client.post("/v1/devices/rpi-toba/commands", json={"by": "a", "name": "ping", "within_s": 60}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:megane:problem:api.device-of-others")
