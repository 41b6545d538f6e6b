"""Every cell of the table "Door by door" in docs/security.md, tried at a running city with its broker."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import httpx
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from bench.city_process import CityProcess
from bench.waiting import wait_for
from city.wire.enrolment import Code
from megane.authority import Authority
from megane.clocks import SystemClock
from tests.integration.mqtt.test_trust import Client, Keys

TABLE: Final = Path(__file__).parents[2] / "docs" / "security.md"
DEVICE, REVOKED, OTHER = "rpi-toba", "rpi-matsunari", "rpi-iehisa"
PROGRAMS: Final = ("read", "write", "admin")


def table() -> dict[tuple[str, str], str]:
    """(door, who) → yes, no or —."""
    lines = TABLE.read_text(encoding="utf-8").partition("## Door by door")[2].partition("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    header, body = rows[0], rows[2:]
    return {(row[0], who): cell for row in body for who, cell in zip(header[1:], row[1:], strict=True)}


class Town:
    """A city, whoever comes to it, and what its broker hands on."""

    def __init__(self, folder: Path, city: CityProcess, tls_port: int, mqtt_port: int) -> None:
        self.folder, self.city, self.port = folder, city, tls_port
        self.authority = self  # `Client` asks for `authority.certificate`
        self.certificate = b""
        self.heard: list[str] = []
        self._watcher = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="watcher")
        self._watcher.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._watcher.on_message = lambda _, __, message: self.heard.append(message.topic)
        self._watcher.connect("127.0.0.1", mqtt_port)
        self._watcher.loop_start()
        self._clients: dict[str, Client] = {}
        self._keys: dict[str, Keys | None] = {"stranger": None}
        self._http = {"stranger": httpx.Client(base_url=city.url, trust_env=False, timeout=30), "here": city.api}

    def settle(self) -> None:
        """Everybody gets what they have: certificates, one of them revoked, one of another authority, and tokens."""
        self._keys |= {"device": self.enrolled(DEVICE), "revoked": self.enrolled(REVOKED)}
        self.city.api.post(f"/v1/devices/{REVOKED}/revoke").raise_for_status()
        other = Authority(self.folder / "other", SystemClock())
        forged = Keys(self.folder, "forged")
        forged.certificate.write_bytes(other.issue(DEVICE, forged.request))
        self._keys["forged"] = forged
        for scope in PROGRAMS:
            made = self.city.api.post("/v1/tokens", json={"name": scope, "scope": scope}).raise_for_status()
            headers = {"authorization": f"Bearer {made.json()['token']}"}
            self._http[scope] = httpx.Client(base_url=self.city.url, headers=headers, trust_env=False, timeout=30)

    def code(self, device: str) -> Code:
        return Code.read(self.city.api.post(f"/v1/devices/{device}/code").raise_for_status().json()["code"])

    def enrolled(self, device: str) -> Keys:
        keys = Keys(self.folder, device)
        answer = self.enrol(self._http["stranger"], self.code(device), keys)
        keys.certificate.write_text(answer.raise_for_status().json()["certificate"])
        self.certificate = answer.json()["authority"].encode()
        return keys

    @staticmethod
    def enrol(client: httpx.Client, code: Code, keys: Keys) -> httpx.Response:
        asked = code.ask(keys.request.decode())
        body = {"name": asked.name, "request": asked.request, "proof": asked.proof}
        return client.post("/v1/enrolment", json=body)

    def at_broker(self, who: str) -> Client | None:
        """Their connection; None where the broker does not let them in."""
        if who not in self._clients:
            name = REVOKED if who == "revoked" else DEVICE if who == "device" else who
            self._clients[who] = Client(self, self._keys[who], name)  # type: ignore[arg-type]  # as far as it asks
        client = self._clients[who]
        return None if client.refused else client

    def writes(self, who: str, topic: str) -> bool:
        """Whether what they publish there is handed on: it is looked for until a word of ours, said after it, comes."""
        client = self.at_broker(who)
        if client is None:
            return False
        before = len(self.heard)
        client.publish(topic)
        mark = f"doors/mark/{len(self.heard)}/{time.monotonic_ns()}"
        self._watcher.publish(mark, b"{}", 1)
        wait_for(lambda: mark in self.heard, "the mark")
        return topic in self.heard[before:]

    def reads(self, who: str, topic: str) -> bool:
        client = self.at_broker(who)
        if client is None:
            return False
        own = f"megane/sabae/{DEVICE}/receipt"
        for each in (topic, own):
            client.subscribe(each)
        client.came.clear()
        for each in (topic, own):
            self._watcher.publish(each, b"{}", 1)
        wait_for(lambda: own in client.came, "what it may read")
        return topic in client.came

    def stores(self, who: str, sensor: str) -> bool:
        """Whether a reading under the topic of the device becomes one of the city's."""
        before = self.city.readings()
        record = [{"n": sensor, "u": "m", "v": 4.2, "t": time.time()}]
        publish = self._watcher.publish
        if who == "device":
            client = self.at_broker(who)
            assert client is not None
            publish = client._client.publish
        publish(f"megane/sabae/{DEVICE}/up", json.dumps(record).encode(), 1)
        wait_for(lambda: sum(self.city.readings().values()) > sum(before.values()), "what became of it")
        return self.city.readings()["stored"] > before["stored"]

    def asks(self, who: str, method: str, path: str, body: object = None) -> bool:
        status = self._http[who].request(method, path, json=body).status_code
        assert status < httpx.codes.INTERNAL_SERVER_ERROR
        return status not in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.SEE_OTHER}

    def enrols(self, who: str, *, used: bool) -> bool:
        keys, code = Keys(self.folder, f"{OTHER}-{who}-{used}"), self.code(OTHER)
        if used:
            self.enrol(self._http["stranger"], code, keys).raise_for_status()
        return self.enrol(self._http[who], code, keys).is_success

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        for http in self._http.values():
            http.close()
        self._watcher.disconnect()
        self._watcher.loop_stop()


@pytest.fixture
def town(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Town]:
    tls_port, mqtt_port = free_port(), free_port()
    settings = tmp_path / "megane.toml"
    settings.write_text(f'[mqtt.devices]\nbind = "127.0.0.1"\nport = {tls_port}\nnames = ["localhost", "127.0.0.1"]\n')
    city = CityProcess(tmp_path / "home", mqtt_port, free_port(), arguments=("--settings", str(settings)))
    with city:
        made = Town(tmp_path, city, tls_port, mqtt_port)
        made.settle()
        yield made
        made.close()


def _topic(device: str, kind: str) -> str:
    return f"megane/sabae/{device}/{kind}"


NEW_CASE: Final = {"section": "bosai", "title": "扉を試す"}
NEW_RUN: Final = {"playbook": "river-3", "title": "訓練", "section": "bosai", "severity": 3, "drill": True}
ANSWER: Final = {"answer": "approved", "digest": "0" * 64}
TRIALS: Final[dict[str, Callable[[Town, str], bool]]] = {
    "broker for devices: connect": lambda town, who: town.at_broker(who) is not None,
    "broker for devices: write the own `up`": lambda town, who: town.writes(who, _topic(DEVICE, "up")),
    "broker for devices: write another's `up`": lambda town, who: town.writes(who, _topic(OTHER, "up")),
    "broker for devices: write the own `config`": lambda town, who: town.writes(who, _topic(DEVICE, "config")),
    "broker for devices: read the own `config`": lambda town, who: town.reads(who, _topic(DEVICE, "config")),
    "broker for devices: read another's `config`": lambda town, who: town.reads(who, _topic(OTHER, "config")),
    "broker on the loopback: write any topic": lambda town, _: town.stores("here", "water_level"),
    "ingester: readings of the own sensors": lambda town, who: town.stores(who, "water_level"),
    "ingester: readings of another's sensors under the own topic": (
        lambda town, who: town.stores(who, f"{OTHER}:water_level")
    ),
    "`POST /v1/enrolment` with a code": lambda town, who: town.enrols(who, used=False),
    "`POST /v1/enrolment` with a code that was used": lambda town, who: town.enrols(who, used=True),
    "`GET /readyz`": lambda town, who: town.asks(who, "GET", "/readyz"),
    "`GET /openapi.json`": lambda town, who: town.asks(who, "GET", "/openapi.json"),
    "`GET /v1/alerts`": lambda town, who: town.asks(who, "GET", "/v1/alerts"),
    "`GET /sensors`": lambda town, who: town.asks(who, "GET", "/sensors"),
    "`POST /v1/cases`": lambda town, who: town.asks(who, "POST", "/v1/cases", NEW_CASE),
    "`POST /v1/runs`": lambda town, who: town.asks(who, "POST", "/v1/runs", NEW_RUN),
    "`POST /v1/approvals/{id}/answer`": lambda town, who: town.asks(who, "POST", "/v1/approvals/none/answer", ANSWER),
    "`POST /v1/rules/reload`": lambda town, who: town.asks(who, "POST", "/v1/rules/reload"),
    "`GET /v1/people`": lambda town, who: town.asks(who, "GET", "/v1/people"),
    "`GET /v1/audit`": lambda town, who: town.asks(who, "GET", "/v1/audit"),
}


def test_every_cell(town: Town) -> None:
    cells = table()
    assert {door for door, _ in cells} == set(TRIALS)
    assert set(cells.values()) == {"yes", "no", "—"}
    tried = {cell: TRIALS[cell[0]](town, cell[1]) for cell, said in cells.items() if said != "—"}
    wrong = {cell for cell, let_in in tried.items() if cells[cell] != ("yes" if let_in else "no")}
    assert wrong == set()
    assert len(tried) == sum(len(re.findall(r"yes|no", said)) for said in cells.values())
