"""The whole path: messages through Mosquitto into a running city, beside `mosquitto_sub` receiving the same.

Everything is on: decoding, the journal's fsync, DuckDB, 20 rules, receipts. A run ends when store and engine have what
was sent. Broker, load generator and receiver share the machine's cores in both.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.line import Line, median_of
from megane.mosquitto import render_config

DEVICES = 1_000
RULES = 20
RUNS = 5
PATIENCE_S = 180.0
MEGANE = str(Path(sys.executable).parent / "megane")


def path(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """Messages a second at one reading each, readings a second at ten."""
    runs = 1 if quick else RUNS
    one, ten = (20_000, 5_000) if quick else (100_000, 50_000)
    with tempfile.TemporaryDirectory(prefix="megane-bench-") as folder:
        return [*_lines(Path(folder), 1, one, runs), *_lines(Path(folder), 10, ten, runs)]


def _lines(folder: Path, readings: int, messages: int, runs: int) -> Iterator[Line]:
    with _city(folder / f"city-{readings}") as city:
        _send(city.mqtt_port, messages, readings, city.next_start_ms(messages, readings))  # warm
        city.wait()
        found = median_of(runs, lambda: messages / city.run(messages, readings))
    with _mosquitto(folder / f"broker-{readings}") as port:
        peer = median_of(runs, lambda: messages / _subscribed(port, messages, readings))
    what = "messages/s" if readings == 1 else "readings/s"
    yield Line(
        f"whole path, {readings} reading(s) a message, QoS 1",
        round(found * readings),
        what,
        beside=round(peer * readings),
        ratio=round(found / peer, 3),
        aim="≥ 1.0 × mosquitto_sub" if readings == 1 else "≥ 300,000",
        met=found >= peer if readings == 1 else found * readings >= 300_000,
    )


class _City:
    """A running city of the bench."""

    def __init__(self, mqtt_port: int, http_port: int) -> None:
        self.mqtt_port = mqtt_port
        self._url = f"http://127.0.0.1:{http_port}"
        self._client = httpx.Client(base_url=self._url, timeout=30)
        self._start_ms = int(time.time() * 1000) - 24 * 3_600_000
        self._expected = 0

    def next_start_ms(self, messages: int, readings: int) -> int:
        """Where the next load's times begin, so that every reading is new and none is late."""
        start_ms = self._start_ms
        self._start_ms += (messages * readings // DEVICES + 1) * 1_000
        self._expected += messages * readings
        return start_ms

    def run(self, messages: int, readings: int) -> float:
        """Seconds from the first write to the last reading stored and judged."""
        began_s = _send(self.mqtt_port, messages, readings, self.next_start_ms(messages, readings))
        self.wait()
        return time.time() - began_s

    def wait(self) -> None:
        """Until all that was sent is in the journal, and store and engine are at its end."""
        end = time.perf_counter() + PATIENCE_S
        while time.perf_counter() < end:
            metrics = self._metrics()
            taken = metrics["megane_readings_received_total"] >= self._expected
            position = metrics["megane_journal_position"]
            if taken and metrics["megane_store_position"] == metrics["megane_engine_position"] == position:
                return
            time.sleep(0.01)
        raise SystemExit("the city did not come to rest")

    def _metrics(self) -> dict[str, float]:
        text = self._client.get("/metrics").text
        lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in lines}


@contextmanager
def _city(home: Path) -> Iterator[_City]:
    folder = home.parent / f"{home.name}-files"
    _write_city(folder)
    mqtt_port, http_port = _free_port(), _free_port()
    ports = ["--mqtt-port", str(mqtt_port), "--http-port", str(http_port)]
    with (
        (home.parent / f"{home.name}.log").open("wb") as log,
        subprocess.Popen(
            [MEGANE, "up", "--home", str(home), "--city", str(folder), *ports], stdout=log, stderr=log
        ) as process,
    ):
        try:
            _until_ready(f"http://127.0.0.1:{http_port}/readyz", process)
            yield _City(mqtt_port, http_port)
        finally:
            process.terminate()


@contextmanager
def _mosquitto(folder: Path) -> Iterator[int]:
    """A broker with the city's own configuration."""
    folder.mkdir()
    port = _free_port()
    config = folder / "mosquitto.conf"
    config.write_text(render_config(folder, "127.0.0.1", port), encoding="utf-8")
    with subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            _until_open(port)
            yield port
        finally:
            process.terminate()


def _subscribed(port: int, messages: int, readings: int) -> float:
    """Seconds from the first write to the last message at `mosquitto_sub`."""
    command = ["mosquitto_sub", "-p", str(port), "-q", "1", "-c", "-i", "bench", "-t", "megane/#"]
    subprocess.run([*command, "-E"], check=True)  # its session is there from now on: nothing passes it by
    with subprocess.Popen([*command, "-C", str(messages)], stdout=subprocess.DEVNULL) as subscriber:
        began_s = _send(port, messages, readings, 1_719_100_000_000)
        subscriber.wait(PATIENCE_S)
        return time.time() - began_s


def _send(port: int, messages: int, readings: int, start_ms: int) -> float:
    """Sends the load; gives when its first write was, seconds since the epoch."""
    arguments = {"port": port, "messages": messages, "readings": readings, "devices": DEVICES, "start-ms": start_ms}
    command = [sys.executable, "-m", "firmware_sim.load", "--json"]
    for name, value in arguments.items():
        command += [f"--{name}", str(value)]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return float(json.loads(run.stdout)["began_s"])


def _write_city(folder: Path) -> None:
    """A city of 1,000 gauges and 20 rules, as JSON, which is YAML too."""
    title = {"ja": "計測", "en": "bench"}
    levels = {"standby": 3.0, "caution": 4.0, "evacuation": 5.0, "danger": 6.0}
    sensor = {"title": title, "quantity": "water_level", "unit": "m", "levels": levels}
    catalog = {
        "city": {"id": "bench", "title": title, "outline": [[35.9, 136.1], [35.9, 136.3], [36.0, 136.2]]},
        "zones": [{"id": "sabae", "title": title}],
        "areas": [{"id": "area", "title": title, "zone": "sabae"}],
        "departments": [{"id": "bosai", "title": title}],
        "sites": [{"id": "site", "title": title, "area": "area", "latitude": 35.95, "longitude": 136.2}],
        "devices": [
            {"id": f"load-{i:04}", "title": title, "site": "site", "owner": "bosai", "sensors": {"water_level": sensor}}
            for i in range(DEVICES)
        ],
    }
    rules = [
        {
            "id": f"above-{k}",
            "title": title,
            "owner": "bosai",
            "select": {"quantity": "water_level"},
            "raise": f"last() >= {3 + k / 10}",
            "severity": 1 + k % 5,
        }
        for k in range(RULES)
    ]
    for name, content in (("catalog", catalog), ("rules", rules)):
        (folder / name).mkdir(parents=True)
        (folder / name / "bench.yaml").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < end and process.poll() is None:
        try:
            if httpx.get(url, timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"no city answers at {url}")


def _until_open(port: int) -> None:
    end = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < end:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens on port {port}")
