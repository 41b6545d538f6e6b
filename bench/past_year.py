"""History as a test bench: a year of all published gauges through twenty rules, beside VictoriaMetrics' vmalert."""

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx
import numpy as np

from bench.city_process import MEGANE
from bench.line import Line, compared, median_of
from bench.sabae_history import SABAE
from bench.servers import free_port, victoria_metrics
from bench.store_year import SHARED, Year, year

RULES: Final = 20  # thresholds, as the peer has them
STEP_M: Final = 0.25
SECONDS_AIM: Final = 3.0
RUNS: Final = 5
EVERY: Final = "10m"  # the peer's grid: the gauges' own cadence
ANSWER_S: Final = 120.0
# The peer remembers each alert's state as a series, and drops what does not fit its queue, 1,000,000 as it comes.
QUEUE: Final = 20_000_000

RULE: Final = """- id: over-{k}
  title: {{ja: 水位 {level} m, en: 'Level {level} m'}}
  owner: bosai
  select: {{quantity: water_level}}
  raise: last() >= {level}
  severity: 2
"""
PEER_RULE: Final = "      - {{alert: over_{k}, expr: water_level >= {level}}}\n"


def past_year(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """One line, or none where the published readings are not at hand: files are what is to be read."""
    folder = SHARED / "data" / "fukui-river"
    if not folder.is_dir():
        return []
    readings = year(quick)
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        found_s = median_of(1 if quick else RUNS, lambda: _megane_s(here, folder, quick=quick))
        peer_s = _peer_s(here, readings)
    return [
        compared(
            f"backtest of {len(readings.batch):,} readings × {RULES}, loading included; vmalert -replay",
            found_s,
            "s",
            peer_s,
            aim=f"< {SECONDS_AIM:g} s",
            met=found_s < SECONDS_AIM,
            why="it starts Python, reads the city's rules and a file a day, and flags readings before it runs a rule",
        )
    ]


def _megane_s(here: Path, folder: Path, *, quick: bool) -> float:
    """The command from start to end, as a person waits for it."""
    rules = here / "rules.yaml"
    rules.write_text("".join(RULE.format(k=k, level=1 + k * STEP_M) for k in range(RULES)), encoding="utf-8")
    until = "2024-01-15" if quick else "2025-01-01"
    command = [MEGANE[0], "backtest", str(rules), "--over", str(folder)]
    command += ["--from", "2024-01-01", "--to", until, "--city", str(SABAE), "--home", str(here), "--json"]
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def _peer_s(here: Path, readings: Year) -> float:
    """vmalert over the same readings, which are in VictoriaMetrics already."""
    rules = here / "peer.yaml"
    lines = "".join(PEER_RULE.format(k=k, level=1 + k * STEP_M) for k in range(RULES))
    rules.write_text(f"groups:\n  - name: peer\n    interval: {EVERY}\n    rules:\n{lines}", encoding="utf-8")
    with victoria_metrics(here, free_port()) as server:
        _load(server.url, readings)
        command = [
            "vmalert",
            f"-rule={rules}",
            f"-datasource.url={server.url}",
            f"-remoteRead.url={server.url}",
            f"-remoteWrite.url={server.url}",
            f"-remoteWrite.maxQueueSize={QUEUE}",
            "-replay.rulesDelay=0s",
            f"-replay.timeFrom={_moment(readings.start_ms)}",
            f"-replay.timeTo={_moment(readings.end_ms)}",
            f"-httpListenAddr=127.0.0.1:{free_port()}",
        ]
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - began


def _load(url: str, readings: Year) -> None:
    """Every reading into the server, and until it answers queries over them."""
    for batch in readings.batches():
        rows = zip(batch.series.tolist(), batch.value.tolist(), batch.time.tolist(), strict=True)
        text = "".join(f'water_level{{gauge="{series}"}} {value!r} {at}\n' for series, value, at in rows)
        httpx.post(
            f"{url}/api/v1/import/prometheus", content=text, timeout=ANSWER_S, trust_env=False
        ).raise_for_status()
    httpx.get(f"{url}/internal/force_flush", timeout=ANSWER_S, trust_env=False).raise_for_status()


def _moment(time_ms: int) -> str:
    return f"{np.datetime64(time_ms // 1000, 's')}Z"
