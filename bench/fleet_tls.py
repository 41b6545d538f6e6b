"""Ten thousand devices with certificates at a city's own broker, each by TLS, each publishing every ten seconds.

How long until all are in, what broker and city weigh then, how soon an alert of one of them is told, and how long until
all are back when the broker was killed. The devices are light ones in a process of their own, whose cost is told apart.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench.line import Line, compared
from bench.loaded_city import CORES, LoadedCity, loaded_city
from bench.probe import Desk, desk
from bench.servers import free_port
from bench.tls_fleet_process import Said
from bench.town import probe_name, write_town
from bench.waiting import wait_for
from megane.authority import Authority
from megane.clocks import SystemClock

DEVICES: Final = 10_000
PROBES: Final = 100  # of them, each of whose readings raises an alert or ends one
EVERY_S: Final = 10.0
STEADY_S: Final = 60.0
ALERT_AIM_MS: Final = 1_000.0
CONNECT_AIM_S: Final = 60.0
MEMORY_AIM_MB: Final = 1_000.0
PATIENCE_S: Final = 300.0
ASK_EVERY_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class Weighed:
    """Proportional memory in MB, and the share of a core in percent, of each process over the steady time."""

    memory_mb: dict[str, float]
    cores: dict[str, float]


class TlsFleet:
    """The devices' process."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.sent: dict[tuple[str, int], float] = {}

    def heard(self) -> Said:
        """The next line that it says."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the fleet broke off")
        said = msgspec.json.decode(line, type=Said)
        self.sent |= {(f"{one.device}:water_level", one.time_ms): one.sent_s for one in said.sent}
        return said

    def ask(self) -> Said:
        """How it stands."""
        assert self.process.stdin is not None
        time.sleep(ASK_EVERY_S)  # who asks for ever keeps it from its work
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        return self.heard()

    def all_in(self) -> float:
        """Seconds from the first connection's beginning until all were connected."""
        said = self.heard()
        return said.at_s - said.began_s


def fleet_tls(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """Connect time, memory, alerts, and the way back of all at once."""
    devices, steady_s = (300, 12.0) if quick else (DEVICES, STEADY_S)
    probes = min(PROBES, devices // 4)
    with tempfile.TemporaryDirectory(prefix="megane-bench-") as name, desk() as at:
        folder = Path(name)
        write_town(folder / "files", devices - probes, probes)
        names = [f"load-{k:04}" for k in range(devices - probes)] + [probe_name(k) for k in range(probes)]
        made_s = _certificates(folder, names)
        port = free_port()
        settings = at.settings(folder)
        way = f'[mqtt.devices]\nbind = "127.0.0.1"\nport = {port}\nnames = ["127.0.0.1"]\n'
        settings.write_text(settings.read_text("utf-8") + way, encoding="utf-8")
        with loaded_city(folder, folder / "files", devices, "--settings", str(settings)) as city:
            idle_mb = [_pss_mb(pid) for pid in (city.process.pid, city.process.broker_pid)]
            with _fleet(folder, port, probes) as fleet:
                connected_s = fleet.all_in()
                alerts, weighed, rate = _steady(city, fleet, at, steady_s)
                back_s, received = _storm(city, fleet, devices)
    memory = weighed.memory_mb
    busy = f"a load of {os.getloadavg()[0]:.1f} on {CORES} cores"
    both_mb = memory["city"] + memory["Mosquitto"]
    cores = ", ".join(f"{who} {share:.0f} %" for who, share in weighed.cores.items())
    p50, p99 = (float(np.percentile(alerts, share)) * 1e3 for share in (50, 99))
    what = f"{devices:,} devices by TLS"
    return [
        compared(f"{what}: until all are connected", connected_s, "s", aim=f"≤ {CONNECT_AIM_S:g} s",
                 met=connected_s <= CONNECT_AIM_S, why=f"{devices / connected_s:,.0f} handshakes/s at {busy}"),
        compared(f"{what}: connections", devices / connected_s, "1/s"),
        compared(f"{what}: memory of Mosquitto; without them", memory["Mosquitto"], "MB", idle_mb[1]),
        compared(f"{what}: memory of Megane; without them", memory["city"], "MB", idle_mb[0]),
        compared(f"{what}: memory of both", both_mb, "MB", aim=f"≤ {MEMORY_AIM_MB:,.0f} MB",
                 met=both_mb <= MEMORY_AIM_MB, why=f"{memory}"),
        compared(f"{what}: messages taken in; sent", rate, "1/s", devices / EVERY_S, aim="≥ 0.95 ×",
                 met=rate >= 0.95 * devices / EVERY_S, why=cores),
        compared(f"{what}: sample to webhook, p50 ({len(alerts)})", p50, "ms"),
        compared(f"{what}: sample to webhook, p99 ({len(alerts)})", p99, "ms", aim=f"≤ {ALERT_AIM_MS:,.0f} ms",
                 met=p99 <= ALERT_AIM_MS, why=f"{busy}; {cores} of a core"),
        compared(f"{what}: processor of the city", weighed.cores["city"], "% of a core"),
        compared(f"{what}: processor of Mosquitto", weighed.cores["Mosquitto"], "% of a core"),
        compared(f"{what}: processor of the simulated devices", weighed.cores["devices"], "% of a core"),
        compared(f"{what}: broker killed, until all are back", back_s, "s"),
        compared(f"{what}: broker killed, readings lost", max(0.0, received), "readings", aim="0", met=received <= 0,
                 why="the city has fewer readings than were sent"),
        compared(f"{what}: making a certificate, on average", made_s / devices * 1e3, "ms"),
    ]  # fmt: skip


def _steady(city: LoadedCity, fleet: TlsFleet, at: Desk, seconds: float) -> tuple[list[float], Weighed, float]:
    """Seconds from a probe's sending to its webhook, of a steady while."""
    pids = {"city": city.process.pid, "Mosquitto": city.process.broker_pid, "devices": fleet.process.pid}
    processes = {who: psutil.Process(pid) for who, pid in pids.items()}
    fleet.ask()
    time.sleep(2 * EVERY_S)  # every device has spoken once: it begins within one interval, at its own moment of it
    fleet.ask()
    known = set(fleet.sent)
    used = {who: sum(process.cpu_times()[:2]) for who, process in processes.items()}
    received, began_s = city.process.metrics()["megane_readings_received_total"], time.perf_counter()
    time.sleep(seconds)
    for_s = time.perf_counter() - began_s
    rate = (city.process.metrics()["megane_readings_received_total"] - received) / for_s
    cores = {who: (sum(process.cpu_times()[:2]) - used[who]) / for_s * 100 for who, process in processes.items()}
    memory = {who: _pss_mb(pid) for who, pid in pids.items()}
    fleet.ask()
    keys = [key for key in fleet.sent if key not in known]
    wait_for(lambda: all(key in at.arrived for key in keys), "every webhook", PATIENCE_S)
    return [at.arrived[key] - fleet.sent[key] for key in keys], Weighed(memory, cores), rate


def _pss_mb(pid: int) -> float:
    """Memory that is its own, and its share of what others have too."""
    return float(psutil.Process(pid).memory_full_info().pss) / 1e6


def _storm(city: LoadedCity, fleet: TlsFleet, devices: int) -> tuple[float, float]:
    """Kills the broker. Seconds until all are back; then how many readings are missing once all have receipts."""
    before = city.process.broker_pid
    os.kill(before, signal.SIGKILL)
    began_s = time.perf_counter()
    wait_for(lambda: fleet.ask().connected < devices // 10, "that they are out", PATIENCE_S)
    back_s = wait_for(lambda: said.at_s if (said := fleet.ask()).connected == devices else None, "all", PATIENCE_S)

    def told() -> Said | None:
        said = fleet.ask()
        return said if said.waiting <= devices // 50 else None  # what was sampled just now

    said = wait_for(told, "receipts of all", PATIENCE_S)
    received = wait_for(lambda: city.process.metrics().get("megane_readings_received_total"), "figures")
    return back_s - began_s, said.published - said.unsure - received - said.waiting


def _certificates(folder: Path, names: list[str]) -> float:
    """A certificate of the city's own authority for each; gives the seconds that they took."""
    trust = folder / "trust"
    trust.mkdir()
    began_s = time.perf_counter()
    authority = Authority(folder / "home" / "authority", SystemClock())
    (trust / "ca.pem").write_bytes(authority.certificate)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "device")])
    for name in names:
        key = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
        made = authority.issue(name, request.public_bytes(serialization.Encoding.PEM))
        own = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (trust / f"{name}.pem").write_bytes(made + own)
    return time.perf_counter() - began_s


@contextmanager
def _fleet(folder: Path, port: int, probes: int) -> Iterator[TlsFleet]:
    command = [sys.executable, "-m", "bench.tls_fleet_process", "--port", str(port), "--every", str(EVERY_S)]
    command += ["--files", str(folder / "files"), "--trust", str(folder / "trust"), "--probes", str(probes)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield TlsFleet(process)
        finally:
            process.kill()
