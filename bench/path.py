"""The whole path: messages through Mosquitto into a running city, beside `mosquitto_sub` receiving the same.

Everything is on: decoding, the journal's fsync, DuckDB, 20 rules, receipts. A run ends when store and engine have what
was sent. Broker, load generator and receiver share the machine's cores in both, and the two take turns.
"""

import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.line import Line, compared
from bench.loaded_city import Run, loaded_city, send
from bench.servers import free_port, mosquitto
from bench.town import write_town
from firmware_sim.load import Load

DEVICES: Final = 1_000
RUNS: Final = 5
PATIENCE_S: Final = 180.0
READINGS_AIM: Final = 300_000


def path(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """Messages a second at one reading each, readings a second at ten."""
    runs = 1 if quick else RUNS
    one, ten = (10_000, 3_000) if quick else (100_000, 50_000)
    with tempfile.TemporaryDirectory(prefix="megane-bench-") as name:
        folder = Path(name)
        write_town(folder / "files", DEVICES)
        with loaded_city(folder, folder / "files", DEVICES) as city, mosquitto(folder, free_port()) as broker:
            city.run(min(one, 10_000))  # warm
            found: dict[int, list[Run]] = {1: [], 10: []}
            peers: dict[int, list[float]] = {1: [], 10: []}
            for _ in range(runs):
                for readings, messages in ((1, one), (10, ten)):
                    found[readings].append(city.run(messages, readings))
                    peers[readings].append(messages / _subscribed(broker.port, messages, readings))
    middle = {readings: _median(results) for readings, results in found.items()}
    peer = {readings: statistics.median(results) for readings, results in peers.items()}
    messages_per_s, readings_per_s = middle[1].messages_per_s, middle[10].messages_per_s * 10
    return [
        compared(
            "whole path, 1 reading a message; mosquitto_sub",
            messages_per_s,
            "messages/s",
            peer[1],
            aim="≥ 1.0 ×",
            met=messages_per_s >= peer[1],
            why=middle[1].limit(),
        ),
        compared(
            "whole path, 10 readings a message; mosquitto_sub",
            readings_per_s,
            "readings/s",
            peer[10] * 10,
            aim=f"≥ {READINGS_AIM:,}",
            met=readings_per_s >= READINGS_AIM,
            why=middle[10].limit(),
        ),
    ]


def _median(runs: list[Run]) -> Run:
    """The run in the middle, by its rate."""
    return sorted(runs, key=lambda run: run.messages_per_s)[len(runs) // 2]


def _subscribed(port: int, messages: int, readings: int) -> float:
    """Seconds from the first write to the last message at `mosquitto_sub`."""
    command = ["mosquitto_sub", "-p", str(port), "-q", "1", "-c", "-i", "bench", "-t", "megane/#"]
    subprocess.run([*command, "-E"], check=True)  # its session is there from now on: nothing passes it by
    with subprocess.Popen([*command, "-C", str(messages)], stdout=subprocess.DEVNULL) as subscriber:
        try:
            outcome = send(Load(messages, readings, DEVICES), port)
            subscriber.wait(PATIENCE_S)
            return time.time() - outcome.began_s
        finally:
            subscriber.kill()
