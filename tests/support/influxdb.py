"""Debian's InfluxDB 1.6 and VictoriaMetrics as processes that a test starts, kills and starts again."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import httpx

from ingest.stores.influxdb_tables import Table, tables
from tests.support.waiting import wait_for

CONFIG = """
reporting-disabled = true
bind-address = "127.0.0.1:{backup_port}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  max-values-per-tag = {max_values_per_tag}
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
"""


class Server:
    """A server of readings. `kill` is kill -9."""

    def __init__(self, command: Sequence[str], port: int, health: str, log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command, self._health, self._log = command, health, log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        wait_for(self._answers, f"{self.url}{self._health}", 60)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text(encoding="utf-8", errors="replace")
        try:
            return httpx.get(f"{self.url}{self._health}", timeout=5).is_success
        except httpx.TransportError:
            return False


def influxdb(folder: Path, port: int, backup_port: int, *, max_values_per_tag: int = 100_000) -> Server:
    """InfluxDB 1.6, its files in `folder`."""
    config = folder / "influxdb.conf"
    config.write_text(
        CONFIG.format(folder=folder, port=port, backup_port=backup_port, max_values_per_tag=max_values_per_tag)
    )
    return Server(("influxd", "-config", str(config)), port, "/ping", folder / "influxdb.log")


def victoria_metrics(folder: Path, port: int) -> Server:
    """VictoriaMetrics, its files in `folder`, keeping readings for a hundred years."""
    command = (
        "victoria-metrics",
        f"-storageDataPath={folder / 'victoria'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=100y",
    )
    return Server(command, port, "/health", folder / "victoria.log")


def ask(url: str, influxql: str, database: str = "") -> list[Table]:
    """What an InfluxDB answers, without any of the store's own words."""
    answer = httpx.post(f"{url}/query", params={"epoch": "ms", "db": database}, data={"q": influxql}, timeout=60)
    answer.raise_for_status()
    return tables(answer.content)
