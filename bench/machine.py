"""What a bench ran on: without it a figure says nothing."""

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psutil

# Debian's packages.
PROGRAMS = {"Mosquitto": "mosquitto", "InfluxDB": "influxdb", "VictoriaMetrics": "victoria-metrics"}


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
        programs={name: version for name, package in PROGRAMS.items() if (version := _version(package))},
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _version(package: str) -> str:
    """Of an installed package: not every program knows its own. Empty where there is none."""
    if shutil.which("dpkg-query") is None:
        return ""
    command = ("dpkg-query", "--show", "--showformat=${Version}", package)
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
