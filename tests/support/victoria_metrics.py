"""VictoriaMetrics, started by a test: a second opinion on what a query means."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.waiting import wait_for


@dataclass(frozen=True)
class VictoriaMetrics:
    """A running server."""

    client: httpx.Client

    def put(self, series: Sequence[tuple[Mapping[str, str], Sequence[int], Sequence[float]]]) -> None:
        """Labels, times (ms) and values; they can be asked for on return."""
        lines = [json.dumps({"metric": dict(labels), "timestamps": [*t], "values": [*v]}) for labels, t, v in series]
        self.client.post("/api/v1/import", content="\n".join(lines)).raise_for_status()
        self.client.get("/internal/force_flush").raise_for_status()

    def put_exposition(self, text: str, time_ms: int) -> None:
        """What a scrape at that time would have brought."""
        self.client.post("/api/v1/import/prometheus", params={"timestamp": time_ms}, content=text).raise_for_status()
        self.client.get("/internal/force_flush").raise_for_status()


@contextmanager
def victoria_metrics(folder: Path, port: int) -> Iterator[VictoriaMetrics]:
    """A server with its data under `folder`."""
    url = f"http://127.0.0.1:{port}"
    with (folder / "victoria-metrics.log").open("wb") as log:
        process = subprocess.Popen(
            [
                "victoria-metrics",
                f"-storageDataPath={folder / 'victoria-metrics'}",
                f"-httpListenAddr=127.0.0.1:{port}",
                "-retentionPeriod=100y",
                "-search.latencyOffset=0s",
                "-search.disableCache",
                "-memory.allowedBytes=128MB",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:

            def healthy() -> bool:
                try:
                    return client.get("/health").status_code == httpx.codes.OK
                except httpx.TransportError:
                    return False

            wait_for(healthy, "VictoriaMetrics")
            yield VictoriaMetrics(client)
    finally:
        process.terminate()
        process.wait()
