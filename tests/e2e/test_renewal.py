"""A device renews its certificate by itself, whatever happens meanwhile; and new hardware takes its place."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from bench.city_process import CityProcess
from bench.waiting import wait_for
from city.wire.config import DeviceConfig
from edge.connection import tls_context
from edge.settings import Tls
from tests.support.edge_process import EdgeProcess

DEVICE = "rpi-toba"
LIFE_S = 9


class Place:
    """A city whose certificates last for seconds, and a device."""

    def __init__(self, folder: Path, free_port: Callable[[], int], life_s: float) -> None:
        self.edge_port = tls_port = free_port()
        settings = folder / "megane.toml"
        settings.write_text(
            f'[mqtt.devices]\nbind = "127.0.0.1"\nport = {tls_port}\nnames = ["localhost", "127.0.0.1"]\n'
            f"certificate_days = {life_s / 86_400}\n"
        )
        self.city = CityProcess(folder / "home", free_port(), free_port(), arguments=("--settings", str(settings)))
        self.edge = EdgeProcess(folder, tls_port, DEVICE, tls=True)
        self.edge.configured(DeviceConfig(1, (self.edge.sensor(),)))
        files = ("ca.pem", "device.pem", "device.key")
        self.tls = Tls(*(str(self.edge.certificates / file) for file in files))

    def post(self, path: str, body: object = None) -> Any:
        answer = self.city.api.post(f"/v1{path}", json=body or {})
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def shown(self) -> Any:
        found = self.city.api.get("/v1/devices").json()["devices"]
        return next(one for one in found if one["device"] == DEVICE)

    def enrol(self, code: object) -> None:
        run = self.edge.enrol(self.city.url, str(code))
        assert run.returncode == 0, run.stderr

    @property
    def serial(self) -> int:
        return x509.load_pem_x509_certificate(Path(self.tls.certificate).read_bytes()).serial_number

    def kinds(self) -> set[str]:
        answer = self.city.api.get("/v1/security-events").json()
        return {event["kind"] for event in answer["events"]}


@pytest.fixture
def short(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Place]:
    made = Place(tmp_path, free_port, LIFE_S)
    with made.city:
        yield made


@pytest.fixture
def long(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Place]:
    made = Place(tmp_path, free_port, 3_600)
    with made.city:
        yield made


def test_a_device_renews_by_itself_and_goes_on_beyond_its_first_certificate(short: Place) -> None:
    city, edge = short.city, short.edge
    short.enrol(short.post(f"/devices/{DEVICE}/code")["code"])
    serials = {short.serial}
    with edge:

        def renewed_twice() -> bool:
            serials.add(short.serial)
            return len(serials) > 2

        wait_for(renewed_twice, "two renewals")
        stored = city.readings()["stored"]
        wait_for(lambda: city.readings()["stored"] > stored + 20, "its readings, under the new certificate")
        assert short.shown()["certificate_ends"] is not None
        assert edge.stop() == 0
    tls_context(short.tls)


def test_a_renewal_that_fails_is_told_and_the_device_goes_on(short: Place) -> None:
    city, edge = short.city, short.edge
    short.enrol(short.post(f"/devices/{DEVICE}/code")["code"])
    (edge.certificates / "device.pem.city").write_text("http://127.0.0.1:1\n")
    with edge:
        wait_for(lambda: "reached" in str(short.shown()["renewal"]), "that it says so")
        stored = city.readings()["stored"]
        wait_for(lambda: city.readings()["stored"] > stored + 20, "its readings")


def test_new_hardware_takes_a_devices_place(long: Place, tmp_path: Path) -> None:
    city, old = long.city, long.edge
    long.enrol(long.post(f"/devices/{DEVICE}/code")["code"])
    sensor = {"name": "water_level", "driver": "iio", "unit": "m", "measures": "distance", "every_s": 0.1}
    new_folder = tmp_path / "new"
    new_folder.mkdir()
    new = EdgeProcess(new_folder, long.edge_port, DEVICE, tls=True)
    options = {"device": "gauge", "root": str(new_folder / f"{DEVICE}-iio")}
    wanted = {"by": "hanako", "config": {"sensors": [{**sensor, "options": options}]}}
    with old:
        wait_for(lambda: city.readings()["stored"] > 5, "what the old one reads")
        assert city.api.put(f"/v1/devices/{DEVICE}/config", json=wanted).status_code == httpx.codes.OK
        code = long.post(f"/devices/{DEVICE}/replace")["code"]
        kept = old.appended
        wait_for(lambda: old.appended > kept + 20, "that nobody takes what the old one says")
    stored = city.readings()["stored"]
    run = new.enrol(city.url, str(code))
    assert run.returncode == 0, run.stderr
    with new:  # a new card: numbers begin anew, and the configuration comes from the city
        wait_for(lambda: city.readings()["stored"] > stored + 20, "what the new one reads")
        assert long.shown()["revision"] is not None
        with old:
            wait_for(lambda: "certificate_refused" in long.kinds(), "that the old one is refused, and listed")
    assert city.readings()["duplicate"] == 0
