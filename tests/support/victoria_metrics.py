"""VictoriaMetrics, started by a test: a second opinion on what a query means."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.servers import victoria_metrics as server_of


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
    with (
        server_of(
            folder, port, "-search.latencyOffset=0s", "-search.disableCache", "-memory.allowedBytes=128MB"
        ) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client,
    ):
        yield VictoriaMetrics(client)
