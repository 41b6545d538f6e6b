"""A running city of the bench, what is sent to it, and which of the processes had the machine meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import msgspec
import psutil

from bench.city_process import CityProcess
from bench.servers import free_port
from bench.waiting import wait_for
from firmware_sim.load import STEP_MS, Load, Outcome

CORES: Final = len(os.sched_getaffinity(0))
FULL: Final = 0.9  # of a core or of all: the scheduler and the kernel have the rest
DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Run:
    """A load from its first write until store and engine have all of it; processor seconds of who took part."""

    messages: int
    seconds: float
    city_s: float
    broker_s: float
    publisher_s: float

    @property
    def messages_per_s(self) -> float:
        return self.messages / self.seconds

    def limit(self) -> str:
        """Who had the machine, and what that says of the limit."""
        used = {"city": self.city_s, "Mosquitto": self.broker_s, "publisher": self.publisher_s}
        shares = {name: seconds / self.seconds for name, seconds in used.items()}
        busiest = max(shares, key=lambda name: shares[name])
        if sum(shares.values()) >= FULL * CORES:
            found = f"all {CORES} cores are busy"
        elif shares[busiest] >= FULL:
            found = f"the {busiest} fills a core"
        else:
            found = "no core is full: it waits: for the disk, for one another, for others on this machine"
        of_a_core = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        a_message = ", ".join(f"{name} {seconds / self.messages * 1e6:.1f}" for name, seconds in used.items())
        return f"{found} ({of_a_core} of a core; µs a message: {a_message})"


class LoadedCity:
    """A running city that knows how many readings it must have by now.

    Unpaced loads begin a day ago and go on from one another, so that every reading is new and none is late.
    """

    def __init__(self, city: CityProcess, devices: int) -> None:
        self.process = city
        self.devices = devices
        self.sent = 0
        self._start_ms = int(time.time() * 1000) - DAY_MS

    def run(self, messages: int, readings: int = 1) -> Run:
        """Sends as fast as it goes, and waits until the city is at rest."""
        load = Load(messages, readings, self.devices, start_ms=self._start_ms)
        self._start_ms += (messages * readings // self.devices + 1) * STEP_MS
        city_s, broker_s = self.cpu_s()
        outcome = send(load, self.process.mqtt_port)
        self.sent += outcome.readings
        self.rest()
        seconds = time.time() - outcome.began_s
        city_after_s, broker_after_s = self.cpu_s()
        return Run(messages, seconds, city_after_s - city_s, broker_after_s - broker_s, outcome.cpu_s)

    def paced(self, messages: int, rate_per_s: float) -> Load:
        """A load of so many messages a second, whose readings have the times at which they go."""
        step_ms = max(1, round(self.devices / rate_per_s * 1_000))
        return Load(
            messages,
            devices=self.devices,
            rate_per_s=rate_per_s,
            start_ms=int(time.time() * 1000),
            step_ms=step_ms,
        )

    def rest(self) -> Mapping[str, float]:
        """Waits until all that was sent is in the journal, and store and engine are at its end; gives the metrics."""

        def at_rest() -> Mapping[str, float] | None:
            metrics = self.process.metrics()
            taken = metrics["megane_readings_received_total"] >= self.sent
            position = metrics["megane_journal_position"]
            even = metrics["megane_store_position"] == metrics["megane_engine_position"] == position
            return metrics if taken and even else None

        return wait_for(at_rest, "a city at rest", 300)

    def cpu_s(self) -> tuple[float, float]:
        """Processor seconds of the city and of its broker since they began."""
        used = (psutil.Process(pid).cpu_times() for pid in (self.process.pid, self.process.broker_pid))
        city_s, broker_s = (times.user + times.system for times in used)
        return city_s, broker_s

    def rss_mb(self) -> float:
        """Memory of the city and its broker that is resident."""
        return sum(self.parts_mb())

    def parts_mb(self) -> tuple[float, float]:
        """The same, of each."""
        pids = (self.process.pid, self.process.broker_pid)
        city_mb, broker_mb = (psutil.Process(pid).memory_info().rss / 1e6 for pid in pids)
        return city_mb, broker_mb


@contextmanager
def loaded_city(folder: Path, files: Path, devices: int, *arguments: str) -> Iterator[LoadedCity]:
    """`megane up` with the city in `files`, everything under `folder`; killed at the end, for nobody needs it."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["--city", str(files), *arguments]
    with CityProcess(folder / "home", free_port(), free_port(), arguments=command) as process:
        broker_pid = process.broker_pid
        try:
            yield LoadedCity(process, devices)
        finally:
            process.kill()
            with suppress(ProcessLookupError):
                os.kill(broker_pid, signal.SIGKILL)


def send(load: Load, port: int) -> Outcome:
    """Sends it in a process of its own."""
    with sending(load, port) as process:
        return outcome_of(process)


@contextmanager
def sending(load: Load, port: int) -> "Iterator[subprocess.Popen[bytes]]":
    """A process that sends it; `outcome_of` waits for its end."""
    command = [sys.executable, "-m", "firmware_sim.load", "--json", "--port", str(port)]
    for field in fields(load):
        value = getattr(load, field.name)
        name = "--" + field.name.removesuffix("_per_s").replace("_", "-")
        if value != field.default:
            command += [name] if value is True else [name, str(value)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def outcome_of(process: "subprocess.Popen[bytes]") -> Outcome:
    """What came of a load. Raises SystemExit where it broke off."""
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit("the load broke off")
    return msgspec.json.decode(said, type=Outcome)
