"""`make soak`: a town in a storm of faults; in the end the city has every reading once, and missed no alarm.

    make soak                        15 minutes, 1,000,000 readings
    make soak QUICK=1 SEED=7         two minutes, the faults of seed 7 again

The seed and every fault are told on stderr as they come; the last line of stdout is one JSON object. Exit status 1
where a reading is lost or doubled, an alarm is missing or unexplained, or the books do not balance. KEEP=folder keeps
everything that was written.
"""

import contextlib
import os
import secrets
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb
import httpx
import msgspec

from bench.chaos.faults import Planned, draw
from bench.chaos.proxy import Lines
from bench.chaos.storm import Storm
from bench.chaos.town import RULES, Device, River, sensor_name, write_city
from bench.chaos.truth import Archive, Reading, twice
from bench.chaos.verdict import (
    Interval,
    Trouble,
    Verdict,
    Watched,
    compare,
    missing,
    quiet_intervals,
    surplus,
)  # fmt: skip
from bench.city_process import CityProcess
from bench.orphans import none_left_behind
from bench.servers import free_port
from bench.waiting import wait_for

DRAIN_S: Final = 240.0
# The retroactive pass comes once a minute (rules.md): until then what late readings say of alarms is not yet known.
LOOK_BACK_S: Final = 63.0
SAID_AFTER_S: Final = 1.0  # a state before that may not know of the last readings yet


@dataclass(frozen=True, slots=True)
class Size:
    """seconds of storm; devices and sensors of each, read five times a second."""

    seconds: float
    devices: int
    sensors: int


# 8 × 30 × 5 = 1,200 a second: what is killed and stopped reads nothing meanwhile.
WHOLE: Final = Size(900, 8, 30)
QUICK: Final = Size(45, 6, 20)


def storm_over(folder: Path, seed: int, size: Size) -> Verdict:
    """Runs it in `folder`, and judges."""
    names = [f"device-{k}" for k in range(size.devices)]
    write_city(folder / "files", names, size.sensors)
    plan = draw(seed, size.seconds, size.devices)
    arguments = ("--city", str(folder / "files"))
    with (
        CityProcess(folder / "home", free_port(), free_port(), arguments=arguments) as city,
        _broker_ended(city),
        Lines(city.mqtt_port, size.devices) as lines,
    ):
        devices = [Device(folder, name, lines.port(k), size.sensors) for k, name in enumerate(names)]
        storm = Storm(city, devices, lines)
        with _ended(devices), Archive(folder / "archive", {one.name: one.spool for one in devices}) as archive:
            with River(devices):
                for device in devices:
                    device.start()
                storm.pass_over(plan, _tell)
            _drain(city, devices)
            for device in devices:
                device.stop()
            appended = archive.appended()
        _settle(city)
        city.stop()
    return _judge(folder, seed, appended, storm.troubles)


def _tell(planned: Planned) -> None:
    print(f"{planned.at_s:7.2f} s  {planned.fault.value} device {planned.device} {planned.lasts_s} s", file=sys.stderr)


@contextlib.contextmanager
def _ended(devices: list[Device]) -> Iterator[None]:
    try:
        yield
    finally:
        for device in devices:
            device.end()


@contextlib.contextmanager
def _broker_ended(city: CityProcess) -> Iterator[None]:
    """Where the city dies, its broker stays behind; not here."""
    pid = city.broker_pid
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            pid = city.broker_pid
            if "mosquitto" in Path(f"/proc/{pid}/comm").read_text(encoding="ascii"):
                os.kill(pid, signal.SIGTERM)


def _drain(city: CityProcess, devices: list[Device]) -> None:
    """Until every device says that its spool is empty."""
    since = datetime.now(UTC) + timedelta(seconds=SAID_AFTER_S)

    def empty() -> bool:
        answer = httpx.get(f"{city.url}/v1/devices", timeout=30, trust_env=False).json()
        found = {one["device"]: one for one in answer["devices"]}
        said = [found[device.name] for device in devices]
        return all(
            one["spool_depth"] == 0 and one["heard"] and datetime.fromisoformat(one["heard"]) > since for one in said
        )

    wait_for(empty, "empty spools", DRAIN_S)


def _settle(city: CityProcess) -> None:
    look_back_s = time.monotonic() + LOOK_BACK_S

    def there() -> bool:
        if time.monotonic() < look_back_s:
            return False
        told = city.metrics()
        end = told["megane_journal_position"]
        return told["megane_store_position"] == end == told["megane_engine_position"]

    wait_for(there, "store and engine at the journal's end", DRAIN_S)


def _judge(folder: Path, seed: int, appended: Sequence[Reading], troubles: list[Trouble]) -> Verdict:
    stored = _stored(folder / "home")
    lost, doubled, foreign = compare(appended, stored)
    quiet = quiet_intervals(appended, RULES)
    alarmed = _alarmed(folder / "home", int(time.time() * 1000))
    lacks = missing(quiet, alarmed)
    explained, unexplained = surplus(quiet, alarmed, troubles)
    for line in [*(f"missing: {one}" for one in lacks), *(f"unexplained: {one}" for one in unexplained)]:
        print(line, file=sys.stderr)
    return Verdict(
        seed=seed,
        appended=len(appended),
        stored=len(stored),
        lost=lost,
        doubled=doubled,
        foreign=foreign,
        alerts=sum(map(len, quiet.values())),
        alerts_missing=len(lacks),
        alerts_unexplained=len(unexplained),
        surplus=explained,
        balanced=len(appended) - twice(appended) - lost + doubled + foreign == len(stored),
        faults=dict(Counter(one.fault for one in troubles)),
    )


def _stored(home: Path) -> list[Reading]:
    with duckdb.connect(str(home / "store" / "readings.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT s.device, s.sensor, r.time, r.value FROM reading r JOIN series s ON s.id = r.series"
        ).fetchall()
    gauges = {sensor_name(k) for k in range(64)}
    return [Reading(str(d), str(s), int(at), float(value)) for d, s, at, value in rows if s in gauges]


def _alarmed(home: Path, now_ms: int) -> dict[Watched, list[Interval]]:
    """The intervals of all alerts, live and retroactive, of chaos's own rules."""
    with sqlite3.connect(f"file:{home / 'city.sqlite'}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT rule, subject, raised_ms, resolved_ms FROM alert").fetchall()
    found: dict[Watched, list[Interval]] = defaultdict(list)
    for rule, subject, raised, resolved in rows:
        if rule in RULES:
            found[str(rule), str(subject)].append((int(raised), now_ms if resolved is None else int(resolved)))
    return found


def main() -> int:
    seed = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))
    size = QUICK if os.environ.get("QUICK") else WHOLE
    print(f"SEED={seed} {size}", file=sys.stderr)
    with contextlib.ExitStack() as stack:
        stack.enter_context(none_left_behind())
        keep = os.environ.get("KEEP")
        folder = Path(keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="megane-chaos-")))
        verdict = storm_over(folder, seed, size)
    print(msgspec.json.encode(verdict).decode())
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main())
