"""A city with a way in for devices by TLS, and devices of it, all as processes; and what staff do there."""

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx

from bench.city_process import MEGANE, CityProcess
from city.wire.config import DeviceConfig
from tests.support.edge_process import EdgeProcess


class Town:
    """The city runs within `with town.city`; each device runs where a test starts it, and is not enrolled yet.

    port: where devices come in
    """

    def __init__(
        self, folder: Path, free_port: Callable[[], int], devices: Sequence[str], life_s: float | None = None
    ) -> None:
        """life_s: of devices' certificates; None: as long as the city has it by itself."""
        self.port = free_port()
        settings = folder / "megane.toml"
        life = "" if life_s is None else f"certificate_days = {life_s / 86_400}\n"
        settings.write_text(
            f'[mqtt.devices]\nbind = "127.0.0.1"\nport = {self.port}\nnames = ["localhost", "127.0.0.1"]\n{life}'
        )
        self.city = CityProcess(folder / "home", free_port(), free_port(), arguments=("--settings", str(settings)))
        self.edges = {name: EdgeProcess(folder, self.port, name, tls=True) for name in devices}
        for edge in self.edges.values():
            edge.configured(DeviceConfig(1, (edge.sensor(),)))

    @property
    def edge(self) -> EdgeProcess:
        """Of the one device."""
        [edge] = self.edges.values()
        return edge

    def megane(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command, as staff give it on the city's machine, in English."""
        command = [MEGANE[0], *arguments, "--home", str(self.city.home)]
        environment = os.environ | {"MEGANE_LANG": "en"}
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)

    def post(self, path: str, body: object = None) -> Any:
        answer = self.city.api.post(f"/v1{path}", json=body or {})
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def shown(self, device: str) -> Any:
        """What the city knows of it."""
        found = self.city.api.get("/v1/devices").json()["devices"]
        return next(one for one in found if one["device"] == device)

    def refused(self) -> list[tuple[str, str | None]]:
        """Kind and device of what was refused, the newest first."""
        answer = self.city.api.get("/v1/security-events").json()
        return [(event["kind"], event["device"]) for event in answer["events"]]

    def enrol(self, device: str) -> str:
        """By a new code, which is used up then."""
        code = str(self.post(f"/devices/{device}/code")["code"])
        run = self.edges[device].enrol(self.city.url, code)
        assert run.returncode == 0, run.stderr
        return code


class FoundTown(Protocol):
    """Founds a town with these devices (tests/e2e/conftest.py)."""

    def __call__(self, *devices: str, life_s: float | None = None) -> Town: ...
