"""VictoriaMetrics answering what the rule engine's thresholds ask: `x > t` over every series, one query a rule."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import msgspec
import numpy as np

from bench.line import median_of
from bench.servers import free_port, victoria_metrics
from bench.waiting import wait_for

# Every reading is asked for anew, as an engine sees it anew; a query may touch as many series as there are.
FLAGS = ("-search.latencyOffset=0s", "-search.disableCache", "-search.maxUniqueTimeseries=2000000")


def comparisons_s(series: int, thresholds: Sequence[float], rounds: int) -> float:
    """Median seconds for all comparisons over so many series; none of them is true, as in the engine."""
    with (
        tempfile.TemporaryDirectory(prefix="megane-bench-") as folder,
        victoria_metrics(Path(folder), free_port(), *FLAGS) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=120) as client,
    ):
        asked = _Asked(client, int(time.time() * 1000))
        asked.put(np.random.default_rng(1).uniform(1.0, 4.0, series).round(2).tolist())
        wait_for(lambda: asked.count() == series, f"{series} series in VictoriaMetrics")

        def once() -> float:
            begin = time.perf_counter()
            for threshold in thresholds:
                asked.query(f"water_level > {threshold}")
            return time.perf_counter() - begin

        once()  # its caches of names are warm from then on
        return median_of(rounds, once)


class _Asked:
    """One moment of a VictoriaMetrics."""

    def __init__(self, client: httpx.Client, time_ms: int) -> None:
        self._client, self._time_ms = client, time_ms

    def put(self, values: Sequence[float]) -> None:
        """A series each."""
        lines = (f'water_level{{device="rpi-{k:07}"}} {value}\n' for k, value in enumerate(values))
        at = {"timestamp": self._time_ms}
        self._client.post("/api/v1/import/prometheus", params=at, content="".join(lines)).raise_for_status()
        self._client.get("/internal/force_flush").raise_for_status()

    def count(self) -> int:
        """Series that can be asked for: new ones can about a second after they came."""
        answer = msgspec.json.decode(self.query("count(water_level)"), type=_Answer)
        return int(answer.data.result[0].value[1]) if answer.data.result else 0

    def query(self, promql: str) -> bytes:
        """The answer to an instant query."""
        response = self._client.get("/api/v1/query", params={"query": promql, "time": self._time_ms / 1000})
        response.raise_for_status()
        return response.content


class _Sample(msgspec.Struct):
    value: tuple[float, str]


class _Vector(msgspec.Struct):
    result: list[_Sample]


class _Answer(msgspec.Struct):
    data: _Vector
