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
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from bench.chaos.aftermath import Aftermath
from bench.chaos.books import Book, unbalanced
from bench.chaos.faults import SHORT, Fault, Planned, draw
from bench.chaos.proxy import Lines
from bench.chaos.storm import Storm
from bench.chaos.town import RULES, Device, River, write_city
from bench.chaos.truth import Archive
from bench.chaos.verdict import Verdict, compare, missing, quiet_intervals, surplus
from bench.chaos.witness import Witness
from bench.city_process import CityProcess
from bench.orphans import none_left_behind
from bench.servers import free_port
from bench.waiting import wait_for
from city.wire.state import DeviceState

DRAIN_S: Final = 240.0
SAID_AFTER_S: Final = 1.0  # a state before that may not know of the last readings yet


@dataclass(frozen=True, slots=True)
class Size:
    """seconds of storm; devices and sensors of each, read five times a second; kinds of faults."""

    seconds: float
    devices: int
    sensors: int
    kinds: Sequence[Fault]


# 9 × 30 × 5 = 1,350 a second, of which some 1,130 come: what is killed, stopped and full reads nothing meanwhile.
WHOLE: Final = Size(900, 9, 30, tuple(Fault))
QUICK: Final = Size(40, 6, 20, SHORT)


def storm_over(folder: Path, seed: int, size: Size) -> Verdict:
    """Runs it in `folder`, and judges."""
    names = [f"device-{k}" for k in range(size.devices)]
    write_city(folder / "files", names, size.sensors)
    plan = draw(seed, size.seconds, size.devices, size.kinds)
    arguments = ("--city", str(folder / "files"))
    with (
        CityProcess(folder / "home", free_port(), free_port(), arguments=arguments) as city,
        _broker_ended(city),
        Lines(city.mqtt_port, size.devices) as lines,
        Witness(city.mqtt_port) as witness,
    ):
        devices = [Device(folder, name, lines.port(k), size.sensors) for k, name in enumerate(names)]
        storm = Storm(city, devices, lines, witness)
        with _ended(devices), Archive(folder / "archive", {one.name: one.spool for one in devices}) as archive:
            with River(devices):
                for device in devices:
                    device.start()
                storm.pass_over(plan, size.seconds, _tell)
            unkept = _drain(witness, devices)
            for device in devices:
                device.stop()
            appended = archive.appended()
        lives = [*storm.lives, _settle(city)]
        city.stop()
    after = Aftermath.of(folder / "home")
    lost, doubled, foreign = compare(appended, [*after.stored, *after.impossible])
    quiet = quiet_intervals([one for one in appended if one not in after.impossible], RULES)
    lacks = missing(quiet, after.alarmed)
    explained, unexplained = surplus(quiet, after.alarmed, after.late, storm.troubles)
    wrong = unbalanced(lives, after.rows, after.quarantined)
    for kind, lines_told in (("missing", lacks), ("unexplained", unexplained), ("unbalanced", wrong)):
        for line in lines_told:
            print(f"{kind}: {line}", file=sys.stderr)
    return Verdict(
        seed=seed,
        appended=len(appended),
        stored=len(after.stored),
        lost=lost,
        doubled=doubled,
        foreign=foreign,
        alerts=sum(map(len, quiet.values())),
        alerts_missing=len(lacks),
        alerts_unexplained=len(unexplained),
        surplus=explained,
        balanced=not wrong,
        quarantined=len(after.impossible),
        misjudged=after.pieces,
        unkept=unkept[0],
        unkept_unexplained=unkept[1],
        queued=storm.queued,
        faults=dict(Counter(one.fault for one in storm.troubles)),
    )


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


def _drain(witness: Witness, devices: list[Device]) -> tuple[int, int]:
    """Until every device says that its spool is empty. How many messages they refused, and without a full disk."""
    since_s = time.monotonic() + SAID_AFTER_S

    def empty() -> list[DeviceState] | None:
        said = [state for one in devices if (state := witness.state(one.name, since_s)) and state.spool == 0]
        return said if len(said) == len(devices) else None

    states = wait_for(empty, "empty spools", DRAIN_S)
    return sum(state.unkept for state in states), sum(
        state.unkept for device, state in zip(devices, states, strict=True) if not device.filled
    )


def _settle(city: CityProcess) -> Book:
    """Until store and engine are at the journal's end, and no late reading waits for its pass."""

    def there() -> Book | None:
        told = city.metrics()
        end = told["megane_journal_position"]
        reached = told["megane_store_position"] == end == told["megane_engine_position"]
        return Book.of(told) if reached and not told["megane_retroactive_waiting"] else None

    return wait_for(there, "store and engine at the journal's end, and every retroactive pass", DRAIN_S)


def main() -> int:
    seed = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))
    size = QUICK if os.environ.get("QUICK") else WHOLE
    print(f"SEED={seed}", file=sys.stderr)
    with contextlib.ExitStack() as stack:
        stack.enter_context(none_left_behind())
        keep = os.environ.get("KEEP")
        folder = Path(keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="megane-chaos-")))
        verdict = storm_over(folder, seed, size)
    print(msgspec.json.encode(verdict).decode())
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main())
