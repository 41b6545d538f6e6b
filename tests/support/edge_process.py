"""`python -m edge` as a process that a test starts, kills and starts again, with a sensor whose value it writes."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from city.wire.config import DeviceConfig, Near, SensorConfig
from edge.configuration import Configuration
from edge.record import records
from edge.segment import MESSAGE

ROOT = Path(__file__).resolve().parents[2]


class EdgeProcess:
    """A device of Sabae. Its water level is a file, as the kernel's drivers show theirs."""

    def __init__(self, folder: Path, mqtt_port: int, device: str, *, clock: str = "wall", tls: bool = False) -> None:
        self.folder = folder / device
        self.device = device
        self.log = folder / f"{device}.log"
        self._iio = folder / f"{device}-iio" / "iio:device0"
        self._iio.mkdir(parents=True)
        (self._iio / "name").write_text("gauge\n")
        self.level(4.0)
        self.certificates = folder / f"{device}-tls"
        files = {"authority": "ca.pem", "certificate": "device.pem", "key": "device.key"}
        trusts = "".join(f'{name} = "{self.certificates / file}"\n' for name, file in files.items())
        self.settings_file = folder / f"{device}.toml"
        self.settings_file.write_text(
            f'zone = "sabae"\ndevice = "{device}"\nfolder = "{self.folder}"\n'
            f'[broker]\nhost = "127.0.0.1"\nport = {mqtt_port}\n'
            f'[clock]\nsource = "{clock}"\n[trial]\nseconds = 3\n' + (f"[tls]\n{trusts}" if tls else "")
        )
        self._process: subprocess.Popen[bytes] | None = None

    def sensor(self, every_s: float = 0.1, near: Near | None = None) -> SensorConfig:
        options = {"device": "gauge", "root": str(self._iio.parent)}
        return SensorConfig(
            name="water_level",
            driver="iio",
            unit="m",
            measures="distance",
            every_s=every_s,
            options=options,  # type: ignore[arg-type]  # str is an Option
            near=near,
        )

    def level(self, metres: float) -> None:
        """From now on that is what it measures."""
        new = self._iio / "new"
        new.write_text(f"{metres}\n")
        new.replace(self._iio / "in_distance_input")

    def unplug(self) -> None:
        """The gauge is gone."""
        self._iio.rename(self._iio.with_name("gone"))

    def plug_in(self) -> None:
        """It is there again, under another name."""
        again = self._iio.with_name("iio:device5")
        self._iio.with_name("gone").rename(again)
        self._iio = again

    @property
    def appended(self) -> int:
        """How many messages lie in its spool's files."""
        files = (self.folder / "spool").glob("*.spool")
        return sum(kind == MESSAGE for file in files for _, kind, _ in records(file.read_bytes()))

    @classmethod
    def beside(cls, other: "EdgeProcess") -> "EdgeProcess":
        """Another process with the same settings."""
        made = cls.__new__(cls)
        made.settings_file = other.settings_file
        made.log = other.log.with_suffix(".second")
        made._process = None
        return made

    def configured(self, config: DeviceConfig) -> None:
        """As if it had held before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = Configuration(self.folder)
        assert configuration.offered(config.encode(), 0.0)
        configuration.connected()

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "edge", "--settings", str(self.settings_file)]
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)

    def enrol(self, url: str, code: str) -> subprocess.CompletedProcess[str]:
        """As its instructions say."""
        command = [sys.executable, "-m", "edge.enrol", "--settings", str(self.settings_file), "--city", url]
        environment = os.environ | {"MEGANE_LANG": "en"}
        return subprocess.run(
            [*command, "--code", code], cwd=ROOT, capture_output=True, text=True, check=False, env=environment
        )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM, and its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)

    def wait(self) -> int:
        """Its exit status, once it ends by itself."""
        assert self._process is not None
        return self._process.wait(60)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
