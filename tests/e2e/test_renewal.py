"""A device renews its certificate by itself, whatever happens meanwhile; and new hardware takes its place."""

import json
from pathlib import Path

import httpx
from cryptography import x509

from bench.waiting import wait_for
from edge.connection import tls_context
from edge.settings import Tls
from tests.support.edge_process import EdgeProcess
from tests.support.town import FoundTown

DEVICE = "rpi-toba"
LIFE_S = 9


def tls_of(edge: EdgeProcess) -> Tls:
    return Tls(*(str(edge.certificates / file) for file in ("ca.pem", "device.pem", "device.key")))


def serial_of(edge: EdgeProcess) -> int:
    return x509.load_pem_x509_certificate((edge.certificates / "device.pem").read_bytes()).serial_number


def test_a_device_renews_by_itself_and_goes_on_beyond_its_first_certificate(found_town: FoundTown) -> None:
    town = found_town(DEVICE, life_s=LIFE_S)
    city, edge = town.city, town.edge
    town.enrol(DEVICE)
    serials = {serial_of(edge)}
    with edge:

        def renewed_twice() -> bool:
            serials.add(serial_of(edge))
            return len(serials) > 2

        wait_for(renewed_twice, "two renewals")
        stored = city.readings()["stored"]
        wait_for(lambda: city.readings()["stored"] > stored + 20, "its readings, under the new certificate")
        assert town.shown(DEVICE)["certificate_ends"] is not None
        assert edge.stop() == 0
    tls_context(tls_of(edge))


def test_a_renewal_that_fails_is_told_and_the_device_goes_on(found_town: FoundTown) -> None:
    town = found_town(DEVICE, life_s=LIFE_S)
    city, edge = town.city, town.edge
    town.enrol(DEVICE)
    (edge.certificates / "device.pem.city").write_text("http://127.0.0.1:1\n")
    with edge:
        wait_for(lambda: "reached" in str(town.shown(DEVICE)["renewal"]), "that it says so")
        stored = city.readings()["stored"]
        wait_for(lambda: city.readings()["stored"] > stored + 20, "its readings")


def test_new_hardware_takes_a_devices_place(found_town: FoundTown, tmp_path: Path) -> None:
    town = found_town(DEVICE)
    city, old = town.city, town.edge
    town.enrol(DEVICE)
    sensor = {"name": "water_level", "driver": "iio", "unit": "m", "measures": "distance", "every_s": 0.1}
    new_folder = tmp_path / "new"
    new_folder.mkdir()
    new = EdgeProcess(new_folder, town.port, DEVICE, tls=True)
    options = {"device": "gauge", "root": str(new_folder / f"{DEVICE}-iio")}
    wanted = {"by": "hanako", "config": {"sensors": [{**sensor, "options": options}]}}
    with old:
        wait_for(lambda: city.readings()["stored"] > 5, "what the old one reads")
        assert city.api.put(f"/v1/devices/{DEVICE}/config", json=wanted).status_code == httpx.codes.OK
        run = town.megane("device", "replace", DEVICE, "--json")
        assert run.returncode == 0, run.stderr
        code = json.loads(run.stdout)["code"]
        kept = old.appended
        wait_for(lambda: old.appended > kept + 20, "that nobody takes what the old one says")
    stored = city.readings()["stored"]
    run = new.enrol(city.url, code)
    assert run.returncode == 0, run.stderr
    with new:  # a new card: numbers begin anew, and the configuration comes from the city
        wait_for(lambda: city.readings()["stored"] > stored + 20, "what the new one reads")
        assert town.shown(DEVICE)["revision"] is not None
        with old:
            wait_for(lambda: ("certificate_refused", None) in town.refused(), "that the old one is refused, and listed")
    assert city.readings()["duplicate"] == 0


def test_who_replaces_a_device_is_told_what_to_do(found_town: FoundTown) -> None:
    town = found_town(DEVICE)
    before = town.post(f"/devices/{DEVICE}/code")["code"]
    told = town.megane("device", "replace", DEVICE)
    assert told.returncode == 0, told.stderr
    code = told.stdout.rsplit("--code", 1)[1].strip()
    assert f"{DEVICE}'s old hardware is out" in told.stdout

    # The code that was there before is out with the hardware; the new one is good, once.
    assert [town.edge.enrol(town.city.url, each).returncode for each in (before, code, code)] == [2, 0, 2]

    nobody = town.megane("device", "replace", "nobody")
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert "nobody" in nobody.stderr
    assert "Traceback" not in nobody.stderr
