"""What a bench ran on: without it a figure says nothing."""

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psutil

PROGRAMS = {
    "Mosquitto": ("/usr/sbin/mosquitto", "-h"),
    "InfluxDB": ("influxd", "version"),
    "VictoriaMetrics": ("victoria-metrics", "-version"),
}


class Machine(msgspec.Struct, frozen=True):
    """measured: the day, UTC; load: of the last minute, when the bench had ended; quick: whether inputs were small."""

    measured: str
    quick: bool
    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    load: float
    programs: dict[str, str]


def describe(*, quick: bool) -> Machine:
    """This machine, now."""
    return Machine(
        measured=datetime.now(UTC).date().isoformat(),
        quick=quick,
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(psutil.virtual_memory().total / 1e9, 1),
        system=platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        python=platform.python_version(),
        load=round(os.getloadavg()[0], 2),
        programs={name: _version(command) for name, command in PROGRAMS.items() if shutil.which(command[0])},
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _version(command: tuple[str, ...]) -> str:
    """The first line in which a program says what it is."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).splitlines()[0].strip()
