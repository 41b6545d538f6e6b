"""A device becomes known to its city by a code, comes in by TLS, and is out once it is revoked: all as processes."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest

from bench.city_process import MEGANE, CityProcess
from bench.waiting import wait_for
from city.wire.config import DeviceConfig
from city.wire.enrolment import Code, EnrolmentRequest
from tests.support.edge_process import EdgeProcess

DEVICE = "rpi-toba"


class Place:
    """A city with a way in for devices, and one of them."""

    def __init__(self, folder: Path, free_port: Callable[[], int]) -> None:
        self.tls_port = free_port()
        settings = folder / "megane.toml"
        names = '["localhost", "127.0.0.1"]'
        settings.write_text(f'[mqtt.devices]\nbind = "127.0.0.1"\nport = {self.tls_port}\nnames = {names}\n')
        arguments = ("--settings", str(settings))
        self.city = CityProcess(folder / "home", free_port(), free_port(), arguments=arguments)
        self.edge = EdgeProcess(folder, self.tls_port, DEVICE, tls=True)
        self.edge.configured(DeviceConfig(1, (self.edge.sensor(),)))

    def megane(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [MEGANE[0], "provision", *arguments, "--home", str(self.city.home), "--json"]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    def code(self, device: str = DEVICE) -> str:
        run = self.megane("code", device)
        assert run.returncode == 0, run.stderr
        return str(json.loads(run.stdout)["code"])


@pytest.fixture
def place(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Place]:
    made = Place(tmp_path, free_port)
    with made.city:
        yield made


def test_enrolled_heard_revoked_and_replaced(place: Place) -> None:
    city, edge = place.city, place.edge
    used = place.code()
    run = edge.enrol(city.url, used)
    assert run.returncode == 0, run.stderr
    with edge:
        wait_for(lambda: city.readings()["stored"] > 5, "its readings")

        run = edge.enrol(city.url, used)
        assert run.returncode == 2
        assert "refuses" in run.stderr

        assert json.loads(place.megane("revoke", DEVICE).stdout)["count"] == 1
        kept = edge.appended
        wait_for(lambda: edge.appended > kept + 30, "that it keeps what nobody takes")
        stored = city.readings()["stored"]

        # It is replaced, or trusted again: a new code, a new key.
        assert edge.enrol(city.url, place.code()).returncode == 0
        edge.kill()
        edge.start()
        wait_for(lambda: city.readings()["stored"] > stored + 30, "what it kept, and what it reads now")
        assert edge.stop() == 0
    certificates = json.loads(place.megane("list").stdout)["certificates"]
    assert [one["device"] for one in certificates] == [DEVICE, DEVICE]
    assert [one["revoked"] is None for one in certificates] == [False, True]


def test_who_was_revoked_stays_out_over_a_restart_of_city_and_broker(place: Place) -> None:
    city, edge = place.city, place.edge
    assert edge.enrol(city.url, place.code()).returncode == 0
    place.megane("revoke", DEVICE)
    city.stop()
    city.start()
    with edge:
        wait_for(lambda: edge.appended > 50, "that it has something to say")
        wait_for(lambda: "no connection" in edge.log.read_text(), "that it does not come in")
    assert city.readings()["stored"] == 0


def test_a_code_is_for_one_device_and_one_at_a_time(place: Place) -> None:
    city, edge = place.city, place.edge
    run = edge.enrol(city.url, place.code("rpi-matsunari"))
    assert run.returncode == 2
    assert "rpi-matsunari" in run.stderr
    first = place.code()
    place.code()
    assert edge.enrol(city.url, first).returncode == 2
    run = edge.enrol(city.url, "abcd-efgh")
    assert run.returncode == 2
    assert "no code" in run.stderr
    assert not edge.certificates.exists()


def test_codes_are_made_for_devices_of_the_catalog_alone(place: Place) -> None:
    run = place.megane("code", "nobody")
    assert run.returncode == 1
    assert "nobody" in run.stderr


class Impostor(BaseHTTPRequestHandler):
    """Answers as a city would that does not know the code."""

    def do_POST(self) -> None:
        asked = msgspec.json.decode(self.rfile.read(int(self.headers["content-length"])), type=EnrolmentRequest)
        answer = Code.new().answer(DEVICE, asked.request, "an authority")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(msgspec.json.encode(answer))

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_an_impostor_is_found_out_and_nothing_is_written(tmp_path: Path, free_port: Callable[[], int]) -> None:
    edge = EdgeProcess(tmp_path, free_port(), DEVICE, tls=True)
    with HTTPServer(("127.0.0.1", free_port()), Impostor) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        run = edge.enrol(f"http://127.0.0.1:{server.server_port}", str(Code.new()))
        server.shutdown()
        thread.join()
    assert run.returncode == 2
    assert "not your city" in run.stderr
    assert not edge.certificates.exists()


def test_a_city_that_cannot_be_reached_is_named(tmp_path: Path, free_port: Callable[[], int]) -> None:
    edge = EdgeProcess(tmp_path, free_port(), DEVICE, tls=True)
    run = edge.enrol(f"http://127.0.0.1:{free_port()}", str(Code.new()))
    assert run.returncode == 2
    assert "cannot be reached" in run.stderr


def test_a_city_without_a_way_in_says_so(tmp_path: Path, free_port: Callable[[], int]) -> None:
    with CityProcess(tmp_path / "home", free_port(), free_port()) as city:
        command = [MEGANE[0], "provision", "code", DEVICE, "--home", str(city.home)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 1
        assert "mqtt.devices" in run.stderr
