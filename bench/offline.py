"""Six hours offline, compressed: a device with the real agent has 216,000 readings in its spool and comes back.

Its sensors go on crossing levels, and so do probes of other devices: how much later their webhooks come while
the backlog arrives than afterwards, when it is through.
"""

import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from bench.device_process import Told, crossing
from bench.gauged_spool import Gauged, gauged
from bench.line import Line, compared
from bench.loaded_city import LoadedCity, loaded_city
from bench.probe import PROBES, Desk, Probes, desk, probes
from bench.town import write_town
from bench.waiting import wait_for
from city.reading import SeriesKey

DEVICE: Final = "offline"
SENSORS: Final = 10  # one reading a second each
HOURS: Final = 6.0
AIM: Final = 20.0  # times the sampling rate
LATER_AIM_S: Final = 1.0
GAUGE_AIM: Final = 5.0  # percent
MEGABYTES: Final = 9.0  # of the spool whose gauge is looked at: eight hours of these sensors
PATIENCE_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds from a crossing to its webhook, of the device and of the probes."""

    own: Sequence[float]
    others: Sequence[float]


def offline(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """The gauge while the spool fills, then the way back."""
    hours, outage_s, megabytes = (0.25, 4.0, 1.5) if quick else (HOURS, 40.0, MEGABYTES)
    with tempfile.TemporaryDirectory(prefix="megane-bench-") as name, desk() as at:
        folder = Path(name)
        gauge = gauged(folder / "gauge", megabytes)
        write_town(folder / "files", 1, PROBES)
        _write_device(folder / "files")
        settings = str(at.settings(folder))
        with (
            loaded_city(folder, folder / "files", 1, "--settings", settings) as city,
            probes(city.process.mqtt_port, at) as probing,
            _device(city, folder, hours, outage_s) as process,
        ):
            back = _told(process)
            behind, empty = _while_it_catches_up(process, probing, at)
            after = _for(30.0 if not quick else 8.0, probing, at)
            stored = city.process.readings()
    seconds = empty.at_s - back.at_s
    messages_per_s = back.waiting / seconds
    return [*_gauge_lines(gauge), *_way_back(back, messages_per_s, behind, after, stored)]


def _gauge_lines(gauge: Gauged) -> list[Line]:
    worst = max(gauge.errors, default=0.0) * 100
    return [
        compared(
            "offline: hours left as `state` tells, error",
            worst,
            "%",
            aim=f"≤ {GAUGE_AIM:g} %",
            met=worst <= GAUGE_AIM,
            why=f"the spool was full after {gauge.full_h:.2f} h",
        ),
        compared(
            "offline: a full spool; its limit",
            gauge.size_bytes,
            "bytes",
            gauge.limit_bytes,
            aim="≤ 1.0 ×",
            met=gauge.size_bytes <= gauge.limit_bytes,
            why="it took more than it may",
        ),
    ]


def _way_back(back: Told, messages_per_s: float, behind: Waits, after: Waits, stored: dict[str, int]) -> list[Line]:
    what = f"offline, {back.waiting * SENSORS:,} readings: "
    lines = [
        compared(
            f"{what}kept, of what was read",
            back.refused,
            "lost",
            aim="0",
            met=back.refused == 0,
            why="the spool refused messages",
        ),
        compared(
            f"{what}catching up; sampling",
            messages_per_s,
            "messages/s",
            1.0,
            aim=f"≥ {AIM:g} ×",
            met=messages_per_s >= AIM,
            why=f"receipts come once a second and 64 messages are out; stored {stored}",
        ),
    ]
    for whose, during, then in (("own", behind.own, after.own), ("others'", behind.others, after.others)):
        for share, name in ((50, "p50"), (99, "p99"), (100, "greatest")):
            slow_ms, usual_ms = (float(np.percentile(each, share)) * 1e3 for each in (during, then))
            later_ms = slow_ms - usual_ms
            lines.append(
                compared(
                    f"offline: {whose} live webhooks meanwhile, {name} ({len(during)}); undisturbed",
                    slow_ms,
                    "ms",
                    usual_ms,
                    aim=f"≤ {LATER_AIM_S * 1e3:,.0f} ms later",
                    met=later_ms <= LATER_AIM_S * 1e3,
                    why=f"{later_ms:,.0f} ms later",
                )
            )
    return lines


def _while_it_catches_up(process: "subprocess.Popen[bytes]", probing: Probes, at: Desk) -> tuple[Waits, Told]:
    first, since_ms = probing.sent, round(time.time() * 1_000)
    told: list[Told] = []
    reader = threading.Thread(target=lambda: told.append(_told(process)), daemon=True)
    reader.start()
    probing.send_for(PATIENCE_S, reader.is_alive)
    until_ms = round(time.time() * 1_000)
    return _waits(probing, at, first, since_ms, until_ms), told[0]


def _for(seconds: float, probing: Probes, at: Desk) -> Waits:
    first, since_ms = probing.sent, round(time.time() * 1_000)
    probing.send_for(seconds)
    return _waits(probing, at, first, since_ms, round(time.time() * 1_000))


def _waits(probing: Probes, at: Desk, first: int, since_ms: int, until_ms: int) -> Waits:
    """Of what crossed in that time; waits for the webhooks under way."""
    keys = [
        (str(SeriesKey(DEVICE, f"level-{number}")), second * 1_000)
        for second in range(since_ms // 1_000 + 1, until_ms // 1_000 - 1)
        if (number := crossing(second, SENSORS)) is not None
    ]
    wait_for(lambda: all(key in at.arrived for key in keys), "own webhooks", 120)
    epoch_s = time.time() - time.perf_counter()
    own = [at.arrived[key] + epoch_s - key[1] / 1_000 for key in keys]
    return Waits(own, probing.told(first))


def _told(process: "subprocess.Popen[bytes]") -> Told:
    assert process.stdout is not None
    return msgspec.json.decode(process.stdout.readline(), type=Told)


def _write_device(files: Path) -> None:
    title = {"ja": "計測", "en": "bench"}
    levels = {"standby": 3.0, "caution": 4.0, "evacuation": 5.0, "danger": 6.0}
    sensor = {"title": title, "quantity": "water_level", "unit": "m", "levels": levels}
    sensors = {f"level-{k}": sensor for k in range(SENSORS)}
    device = {"id": DEVICE, "title": title, "site": "site", "owner": "bosai", "sensors": sensors}
    (files / "catalog" / "offline.yaml").write_text(json.dumps({"devices": [device]}, ensure_ascii=False), "utf-8")


@contextmanager
def _device(city: LoadedCity, folder: Path, hours: float, outage_s: float) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "bench.device_process", "--port", str(city.process.mqtt_port)]
    command += ["--files", str(folder / "files"), "--folder", str(folder / "devices"), "--device", DEVICE]
    command += ["--hours", str(hours), "--outage", str(outage_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
