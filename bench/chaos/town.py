"""The town that chaos comes over: devices as processes, each with a line of its own, and the files of their city."""

import json
import math
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from city.wire.config import Calibration, DeviceConfig, Near, SensorConfig
from edge.configuration import Configuration

ROOT: Final = Path(__file__).resolve().parents[2]
RULES: Final = {"standby": 3.0, "danger": 5.0}
EVERY_S: Final = 0.2
WAVE_S: Final = 24.0  # from one flood to the next: several within the shortest run
STEP_S: Final = 0.1  # between levels that a sensor can see
FAKETIME: Final = tuple(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
_TITLE: Final = {"ja": "混乱", "en": "chaos"}


def write_city(folder: Path, devices: Sequence[str], sensors: int) -> None:
    """The files of its city: every device with so many gauges, and a rule for each threshold."""
    gauge = {"title": _TITLE, "quantity": "water_level", "unit": "m", "levels": {"danger": 6.0}}
    catalog = {
        "city": {"id": "chaos", "title": _TITLE, "outline": [[35.9, 136.1], [35.9, 136.3], [36.0, 136.2]]},
        "zones": [{"id": "sabae", "title": _TITLE}],
        "areas": [{"id": "sabae", "title": _TITLE, "zone": "sabae"}],
        "departments": [{"id": "bosai", "title": _TITLE}],
        "sites": [{"id": "site", "title": _TITLE, "area": "sabae", "latitude": 35.95, "longitude": 136.2}],
        "devices": [
            {"id": device, "title": _TITLE, "site": "site", "owner": "bosai",
             "sensors": {sensor_name(k): gauge for k in range(sensors)}}
            for device in devices
        ],
    }  # fmt: skip
    rules = [
        {"id": rule, "title": _TITLE, "owner": "bosai", "select": {"quantity": "water_level"},
         "raise": f"last() >= {threshold}", "severity": 3}
        for rule, threshold in RULES.items()
    ]  # fmt: skip
    for name, content in (("catalog", catalog), ("rules", rules)):  # JSON is YAML too
        (folder / name).mkdir(parents=True)
        (folder / name / "chaos.yaml").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def sensor_name(number: int) -> str:
    """Of a device's gauge."""
    return f"level-{number:02}"


def is_gauge(sensor: str) -> bool:
    """Whether a device reads it; the others are what the city says of these."""
    return sensor.startswith("level-") and sensor[len("level-") :].isdigit()


class Device:
    """`python -m edge` with its folder, its gauges and its clock. All gauges hang at one channel, each higher.

    filled: whether its disk has been full since it was started
    """

    def __init__(self, folder: Path, name: str, port: int, sensors: int) -> None:
        self.name = name
        self.home = folder / name
        self.spool = self.home / "spool"
        self.log = folder / f"{name}.log"
        self._iio = folder / f"{name}-iio" / "iio:device0"
        self._iio.mkdir(parents=True)
        (self._iio / "name").write_text("gauge\n")
        self.level(0.0)
        self._clock = folder / f"{name}.clock"
        self.step_clock(0.0)
        self._settings = folder / f"{name}.toml"
        self._settings.write_text(
            f'zone = "sabae"\ndevice = "{name}"\nfolder = "{self.home}"\n'
            f'[broker]\nhost = "127.0.0.1"\nport = {port}\n[clock]\nsource = "wall"\n'
        )
        self.home.mkdir()
        configuration = Configuration(self.home)
        options: dict[str, bool | int | float | str] = {"device": "gauge", "root": str(self._iio.parent)}
        gauges = tuple(
            SensorConfig(
                name=sensor_name(k),
                driver="iio",
                unit="m",
                measures="distance",
                every_s=EVERY_S,
                options=options,
                calibration=Calibration(offset=k * STEP_S),
                near=Near(RULES["danger"], 0.2, EVERY_S) if k == 0 else None,
            )
            for k in range(sensors)
        )
        assert configuration.offered(DeviceConfig(1, gauges, state_every_s=1.0).encode(), 0.0)
        configuration.connected()
        self._process: subprocess.Popen[bytes] | None = None
        self.filled = False

    def level(self, metres: float) -> None:
        """From now on that is what its channel shows."""
        new = self._iio / "new"
        new.write_text(f"{metres:.3f}\n")
        new.replace(self._iio / "in_distance_input")

    def unplug(self) -> None:
        """Its channel is gone, and no more readings come."""
        (self._iio / "in_distance_input").unlink(missing_ok=True)

    def step_clock(self, offset_s: float) -> None:
        """Its wall clock is off by so much; the steady one goes on."""
        new = self._clock.with_suffix(".new")
        new.write_text(f"{offset_s:+.3f}\n")
        new.replace(self._clock)

    def start(self) -> None:
        self.filled = False
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "edge", "--settings", str(self._settings)],
                cwd=ROOT, stdout=log, stderr=log, env=os.environ | self._fake_time(),
            )  # fmt: skip

    def _fake_time(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(FAKETIME[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def fill_disk(self) -> None:
        """No file of it grows past 4 kB any more, as where its disk has no room."""
        self.filled = True
        _, most = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (4096, most))

    def empty_disk(self) -> None:
        _, most = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (most, most))

    def stop(self) -> int:
        """SIGTERM, and its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)

    def end(self) -> None:
        """Whatever state it is in."""
        if self._process is not None and self._process.poll() is None:
            self.kill()


class River:
    """Water that rises and falls at every device, by a script, in a thread."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self._devices = devices
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._flow, name="river")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        for device in self._devices:
            device.unplug()

    def _flow(self) -> None:
        begin_s = time.monotonic()
        while not self._end.wait(EVERY_S):
            for number, device in enumerate(self._devices):
                phase = 2 * math.pi * (time.monotonic() - begin_s) / WAVE_S + number
                device.level(3.0 + 2.5 * math.sin(phase))
