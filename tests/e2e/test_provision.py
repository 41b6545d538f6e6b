"""A device becomes known to its city by a code, comes in by TLS, and is out once it is revoked: all as processes."""

import json
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec

from bench.city_process import MEGANE, CityProcess
from bench.waiting import wait_for
from city.wire.enrolment import Code, EnrolmentRequest
from tests.support.edge_process import EdgeProcess
from tests.support.town import FoundTown, Town

DEVICE = "rpi-toba"


def code_of(town: Town, device: str = DEVICE) -> str:
    run = town.megane("provision", "code", device, "--json")
    assert run.returncode == 0, run.stderr
    return str(json.loads(run.stdout)["code"])


def test_enrolled_heard_revoked_and_replaced(found_town: FoundTown) -> None:
    town = found_town(DEVICE)
    city, edge = town.city, town.edge
    used = code_of(town)
    run = edge.enrol(city.url, used)
    assert run.returncode == 0, run.stderr
    with edge:
        wait_for(lambda: city.readings()["stored"] > 5, "its readings")

        run = edge.enrol(city.url, used)
        assert run.returncode == 2
        assert "refuses" in run.stderr

        assert json.loads(town.megane("provision", "revoke", DEVICE, "--json").stdout)["count"] == 1
        kept = edge.appended
        wait_for(lambda: edge.appended > kept + 30, "that it keeps what nobody takes")
        stored = city.readings()["stored"]

        # It is replaced, or trusted again: a new code, a new key.
        assert edge.enrol(city.url, code_of(town)).returncode == 0
        edge.kill()
        edge.start()
        wait_for(lambda: city.readings()["stored"] > stored + 30, "what it kept, and what it reads now")
        assert edge.stop() == 0
    certificates = json.loads(town.megane("provision", "list", "--json").stdout)["certificates"]
    assert [one["device"] for one in certificates] == [DEVICE, DEVICE]
    assert [one["revoked"] is None for one in certificates] == [False, True]


def test_who_was_revoked_stays_out_over_a_restart_of_city_and_broker(found_town: FoundTown) -> None:
    town = found_town(DEVICE)
    city, edge = town.city, town.edge
    assert edge.enrol(city.url, code_of(town)).returncode == 0
    town.megane("provision", "revoke", DEVICE)
    city.stop()
    city.start()
    with edge:
        wait_for(lambda: edge.appended > 50, "that it has something to say")
        wait_for(lambda: "no connection" in edge.log.read_text(), "that it does not come in")
    assert city.readings()["stored"] == 0


def test_a_code_is_for_one_device_and_one_at_a_time(found_town: FoundTown) -> None:
    town = found_town(DEVICE)
    city, edge = town.city, town.edge
    run = edge.enrol(city.url, code_of(town, "rpi-matsunari"))
    assert run.returncode == 2
    assert "rpi-matsunari" in run.stderr
    first = code_of(town)
    code_of(town)
    assert edge.enrol(city.url, first).returncode == 2
    run = edge.enrol(city.url, "abcd-efgh")
    assert run.returncode == 2
    assert "no code" in run.stderr
    assert not edge.certificates.exists()


def test_codes_are_made_for_devices_of_the_catalog_alone(found_town: FoundTown) -> None:
    town = found_town(DEVICE)
    run = town.megane("provision", "code", "nobody")
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
