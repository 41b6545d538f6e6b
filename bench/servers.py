"""Servers as processes that a bench or a test starts, kills and starts again, their files in a folder given."""

import contextlib
import secrets
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Self

import httpx

from bench.waiting import wait_for
from megane.mosquitto import render_config

START_S = 60.0
# Below those that Linux gives to whoever connects out (from 32768 on), so that none is taken before its server listens;
# chosen by chance, since several runs look for some at once.
_PORTS: Final = range(20_000, 32_000)

INFLUXDB = """
reporting-disabled = true
bind-address = "127.0.0.1:{backup_port}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  max-values-per-tag = {max_values_per_tag}
  cache-snapshot-write-cold-duration = "{cold_s}s"
  compact-full-write-cold-duration = "{cold_s}s"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
"""


class Server:
    """A server on `port` of the loopback. `kill` is kill -9. With `health`, a path, it is asked by HTTP if it is up."""

    def __init__(self, command: Sequence[str], port: int, health: str, log: Path) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._command, self._health, self._log = command, health, log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Starts it and waits until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        answers: Callable[[], bool] = self._answers if self._health else self._listens
        wait_for(answers, f"{self.url}{self._health}", START_S)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        self._lives()
        try:
            return httpx.get(f"{self.url}{self._health}", timeout=5, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def _listens(self) -> bool:
        self._lives()
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def _lives(self) -> None:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text(encoding="utf-8", errors="replace")


def influxdb(
    folder: Path, port: int, backup_port: int, *, max_values_per_tag: int = 100_000, cold_s: int = 600
) -> Server:
    """InfluxDB 1.6, its files in `folder`; what has not been written to for `cold_s` is put together and compressed."""
    config = folder / "influxdb.conf"
    config.write_text(
        INFLUXDB.format(
            folder=folder,
            port=port,
            backup_port=backup_port,
            max_values_per_tag=max_values_per_tag,
            cold_s=cold_s,
        )
    )
    return Server(("influxd", "-config", str(config)), port, "/ping", folder / "influxdb.log")


def victoria_metrics(folder: Path, port: int, *flags: str) -> Server:
    """VictoriaMetrics, its files in `folder`, keeping readings for a hundred years."""
    command = (
        "victoria-metrics",
        f"-storageDataPath={folder / 'victoria'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=100y",
        *flags,
    )
    return Server(command, port, "/health", folder / "victoria.log")


def mosquitto(folder: Path, port: int) -> Server:
    """Mosquitto with the configuration that a city gives to its own, its files in `folder`."""
    config = folder / "mosquitto.conf"
    config.write_text(render_config(folder, "127.0.0.1", port), encoding="utf-8")
    return Server(("/usr/sbin/mosquitto", "-c", str(config)), port, "", folder / "mosquitto.log")


def free_port() -> int:
    """A port of the loopback that nobody listens on, and that nobody is given who connects out."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port
