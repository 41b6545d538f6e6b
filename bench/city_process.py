"""`megane up` as a real process that a bench or a test starts, kills and starts again."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import httpx

from bench.waiting import wait_for
from megane.city_home import SOCKET_NAME

MEGANE = (str(Path(sys.executable).parent / "megane"), "up")


class CityProcess:
    """A city under `home` on ports of its own. `kill` is kill -9 of it and not of its Mosquitto, which stays behind."""

    def __init__(
        self,
        home: Path,
        mqtt_port: int,
        http_port: int,
        *,
        command: Sequence[str] = MEGANE,
        arguments: Sequence[str] = (),
    ) -> None:
        self.home = home
        self.mqtt_port = mqtt_port
        self.url = f"http://127.0.0.1:{http_port}"
        ports = ("--mqtt-port", str(mqtt_port), "--http-port", str(http_port))
        self._command = [*command, "--home", str(home), *ports, *arguments]
        self._process: subprocess.Popen[bytes] | None = None
        self._log = home.parent / f"{home.name}.log"
        self._client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        # The API as whoever may open the socket under its home: nobody signs in there.
        socket = httpx.HTTPTransport(uds=str(home / SOCKET_NAME))
        self.api = httpx.Client(transport=socket, base_url="http://localhost", timeout=30)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._process is not None:
                self.stop()
        finally:
            self._client.close()
            self.api.close()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def broker_pid(self) -> int:
        """Its Mosquitto's, which is there from the moment the city is ready."""
        return int((self.home / "mosquitto" / "mosquitto.pid").read_text(encoding="ascii"))

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Starts it and waits until it says that it is ready."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._environment())
        wait_for(self._ready, f"{self.url}/readyz")

    def kill(self) -> None:
        """kill -9, of the city alone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def stop(self) -> int:
        """SIGTERM, and its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("it did not stop in 60 s:\n" + self.log) from None
        finally:
            self._process = None

    def metrics(self) -> Mapping[str, float]:
        """`name{labels}` → value."""
        text = self._client.get("/metrics").text
        lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in lines}

    def readings(self) -> dict[str, int]:
        """What became of readings since this process began: stored, duplicate, quarantined."""
        counts = {"stored": 0, "duplicate": 0, "quarantined": 0}
        for name, value in self.metrics().items():
            if name.startswith("megane_readings_total{"):
                outcome = next(o for o in counts if f'outcome="{o}"' in name)
                counts[outcome] += int(value)
        return counts

    def _ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"it ended with {self._process.returncode}:\n{self.log}")
        try:
            return self._client.get("/readyz", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    @staticmethod
    def _environment() -> dict[str, str]:
        return {k: v for k, v in os.environ.items() if not k.startswith("MEGANE_")} | {"MEGANE_LANG": "en"}
