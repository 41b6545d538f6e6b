"""Each of what an attacker may try is refused, stands in the list, and disturbs nobody else."""

import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from bench.city_process import CityProcess
from bench.waiting import wait_for
from city.wire.command import Command
from city.wire.config import DeviceConfig
from tests.support.edge_process import EdgeProcess

ATTACKED, OTHER, THIEF = "rpi-toba", "rpi-matsunari", "rpi-miono"


class Place:
    """A city with a way in for devices, two agents that work, and one that was stolen."""

    def __init__(self, folder: Path, free_port: Callable[[], int]) -> None:
        self.port = free_port()
        settings = folder / "megane.toml"
        settings.write_text(
            f'[mqtt.devices]\nbind = "127.0.0.1"\nport = {self.port}\nnames = ["localhost", "127.0.0.1"]\n'
        )
        self.city = CityProcess(folder / "home", free_port(), free_port(), arguments=("--settings", str(settings)))
        self.edges = {name: EdgeProcess(folder, self.port, name, tls=True) for name in (ATTACKED, OTHER, THIEF)}
        for edge in self.edges.values():
            edge.configured(DeviceConfig(1, (edge.sensor(),)))

    def post(self, path: str, body: object = None) -> Any:
        answer = self.city.api.post(f"/v1{path}", json=body or {})
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def shown(self, device: str) -> Any:
        found = self.city.api.get("/v1/devices").json()["devices"]
        return next(one for one in found if one["device"] == device)

    def enrol(self, device: str) -> str:
        code = str(self.post(f"/devices/{device}/code")["code"])
        assert self.edges[device].enrol(self.city.url, code).returncode == 0
        return code

    def listed(self) -> list[tuple[str, str | None]]:
        answer = self.city.api.get("/v1/security-events").json()
        return [(event["kind"], event["device"]) for event in answer["events"]]

    def client(self, device: str | None) -> mqtt.Client:
        """With a device's certificate at its door; None: a program of this machine."""
        made = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=device or "", reconnect_on_failure=False)
        if device is not None:
            folder = self.edges[device].certificates
            context = ssl.create_default_context(cafile=folder / "ca.pem")
            context.load_cert_chain(folder / "device.pem", folder / "device.key")
            made.tls_set_context(context)
        made.connect("127.0.0.1", self.city.mqtt_port if device is None else self.port)
        made.loop_start()
        return made


@pytest.fixture
def place(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Place]:
    made = Place(tmp_path, free_port)
    with made.city:
        yield made


def test_each_is_refused_and_listed_and_nobody_else_is_disturbed(place: Place) -> None:
    city = place.city
    attacked, other, thief = (place.edges[name] for name in (ATTACKED, OTHER, THIEF))
    used = [place.enrol(name) for name in place.edges]
    with attacked, other:
        wait_for(lambda: city.readings()["stored"] > 20, "what they read")

        def say(client: mqtt.Client, topic: str, payload: bytes | bytearray, *, retain: bool = False) -> None:
            client.publish(topic, payload, 1, retain).wait_for_publish(30)

        machine = place.client(None)
        heard: list[mqtt.MQTTMessage] = []
        machine.on_message = lambda _, __, message: heard.append(message)
        machine.subscribe("megane/#", 1)

        # Another zone than its own, and another's start and numbers.
        stolen = place.client(THIEF)
        say(stolen, f"megane/elsewhere/{THIEF}/up", b'[{"n":"water_level","u":"m","v":1}]')
        theirs = wait_for(lambda: [m for m in heard if m.topic.endswith(f"{ATTACKED}/up")], "what another says")
        say(stolen, f"megane/sabae/{THIEF}/up", theirs[0].payload)
        # What is another's topic, the broker lets through to nobody.
        count = len([m for m in heard if b"rpi-forged" in m.payload])
        say(stolen, f"megane/sabae/{OTHER}/up", b'[{"bn":"rpi-forged"}]')
        stolen.disconnect()

        # Out, once it is revoked.
        place.post(f"/devices/{THIEF}/revoke")

        def is_out() -> bool:
            try:
                place.client(THIEF).disconnect()
            except (OSError, ssl.SSLError):
                return True
            return ("certificate_refused", None) in place.listed()

        wait_for(is_out, "that it is out")

        # A configuration that cannot be, retained; a command once more; one that is late; a code once more.
        say(machine, f"megane/sabae/{ATTACKED}/config", b'{"revision":99,"sensors":[{"name":1}]}', retain=True)
        place.post(f"/devices/{ATTACKED}/commands", {"by": "hanako", "name": "ping", "within_s": 60})
        replayed = wait_for(lambda: [m for m in heard if m.topic.endswith(f"{ATTACKED}/cmd")], "the command")[0]
        say(machine, replayed.topic, replayed.payload)
        say(machine, replayed.topic, replayed.payload)
        late = Command("late-1", "ping", round(time.time() * 1000) - 60_000)
        say(machine, replayed.topic, late.encode())
        assert thief.enrol(city.url, used[2]).returncode == 2
        httpx.get(f"{city.url}/v1/devices", headers={"host": "evil.example"}, trust_env=False)
        httpx.post(f"{city.url}/v1/enrolment", headers={"origin": "http://evil.example"}, trust_env=False)

        wanted = {
            ("wrong_topic", THIEF),
            ("others_numbers", THIEF),
            ("certificate_refused", None),
            ("configuration_refused", ATTACKED),
            ("command_replayed", ATTACKED),
            ("command_late", ATTACKED),
            ("enrolment_refused", None),
            ("request_refused", None),
        }
        wait_for(lambda: wanted <= set(place.listed()), f"all of {wanted}", 30)
        assert set(place.listed()) == wanted
        assert len([m for m in heard if b"rpi-forged" in m.payload]) == count == 0

        # Nothing else is disturbed: both are heard, and stored.
        stored = city.readings()["stored"]
        wait_for(lambda: city.readings()["stored"] > stored + 40, "what they read now")
        so_far = len(heard)
        receipts = {f"megane/sabae/{name}/receipt" for name in (ATTACKED, OTHER)}
        wait_for(lambda: receipts <= {m.topic for m in heard[so_far:]}, "receipts for both")
        shown = place.shown(ATTACKED)
        assert shown["revision"] == 1
        assert shown["refused"] is not None
        machine.disconnect()
        assert attacked.stop() == 0
        assert other.stop() == 0
