"""Ten thousand simulated devices, each by TLS with a certificate of its own, as a process.

    python -m bench.tls_fleet_process --port 8883 --files CITY --trust DIR --every 10

It says by a line of JSON when all are connected, and after each line that it is given: how many are connected now, and
when the probes' readings were sent. Its own cost is told apart by that: it is a process.
"""

import argparse
import asyncio
import ssl
import sys
import time
from pathlib import Path
from typing import Final

import msgspec
import uvloop

from bench.town import probe_name
from city.catalog_file import load_catalog
from city.messages.text import Text
from city.reading import SeriesKey
from city.sensor_health import measured
from firmware_sim.fleet import Fleet
from firmware_sim.instrument import Instrument
from firmware_sim.phenomena.phenomenon import Course
from firmware_sim.scenario import DevicePlan, Scenario
from megane.city_files import read_folder
from megane.clocks import SystemClock

CALM, HIGH = 1.5, 3.05  # under all levels, and over the first
LOOK_S: Final = 0.25  # each look at ten thousand devices takes some milliseconds
LATE_MS: Final = 30_000  # what is sent later than that after its time is not looked for


class Sent(msgspec.Struct, frozen=True):
    """A probe's reading. sent_s: when it went out, by the steady clock, which all processes share"""

    device: str
    time_ms: int
    sent_s: float


class Said(msgspec.Struct, frozen=True):
    """connected: devices; at_s: by the steady clock; began_s: when they began to connect; waiting: for receipts"""

    at_s: float
    began_s: float
    connected: int
    waiting: int
    published: int
    unsure: int
    sent: list[Sent]


def _course(number: int | None, every_ms: int) -> Course:
    """Calm; a probe's crosses with every second reading."""
    if number is None:
        return lambda _: CALM
    return lambda time_ms: HIGH if (time_ms // every_ms + number) % 2 else CALM


def _scenario(files: Path, every_ms: int, probes: int, start_ms: int) -> Scenario:
    catalog = load_catalog(read_folder(files, "catalog"))
    numbers = {probe_name(k): k for k in range(probes)}
    plans = tuple(
        DevicePlan(
            catalog.devices[sensor.device],
            (Instrument(sensor, _course(numbers.get(sensor.device), every_ms), 0.0, "m", named=True),),
            (),
            (1, place),
        )
        for place, sensor in enumerate(measured(catalog.sensors))
        if sensor.device.startswith(("load-", "probe-"))
    )
    return Scenario("bench", Text("計測", "bench"), start_ms, 1, every_ms, 1.0, 1, plans)


async def _run(options: argparse.Namespace) -> None:
    every_ms = round(options.every * 1_000)
    trust = Path(options.trust)
    authority = (trust / "ca.pem").read_text("ascii")
    scenario = _scenario(Path(options.files), every_ms, options.probes, int(time.time()) * 1_000)

    def context(device: str) -> ssl.SSLContext:
        made = ssl.create_default_context(cadata=authority)
        made.load_cert_chain(trust / f"{device}.pem")  # its key is in it
        return made

    fleet = Fleet(
        scenario,
        clock=SystemClock(),
        network_clock=SystemClock(),
        steady_s=time.perf_counter,
        host="127.0.0.1",
        port=options.port,
        root="megane",
        trusts=context,
    )
    fleet.hold()
    seen: set[tuple[SeriesKey, int]] = set()

    scanned_ms = scenario.start_ms

    def say() -> None:
        nonlocal scanned_ms
        sent = []
        until_ms = int(time.time()) * 1_000 + 1_000
        for number in range(options.probes):
            series = SeriesKey(probe_name(number), "water_level")
            for time_ms in range(scanned_ms, until_ms, 1_000):  # readings of whole seconds
                at_s = fleet.books.published_at(series, time_ms)
                if at_s is not None and (series, time_ms) not in seen:
                    seen.add((series, time_ms))
                    sent.append(Sent(series.device, time_ms, at_s))
        scanned_ms = until_ms - LATE_MS
        books = fleet.books
        said = Said(time.perf_counter(), began_s, fleet.connected, fleet.waiting, books.published, books.unsure, sent)
        print(msgspec.json.encode(said).decode(), flush=True)

    began_s = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(fleet.run())
        while fleet.connected < len(scenario.devices):  # noqa: ASYNC110  nobody tells of it
            await asyncio.sleep(LOOK_S)
        say()
        fleet.begin()
        while await asyncio.to_thread(sys.stdin.readline):
            say()
        running.cancel()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--files", required=True)
    parser.add_argument("--trust", required=True, help="ca.pem, and of each device its certificate and key in one file")
    parser.add_argument("--every", type=float, default=10.0)
    parser.add_argument("--probes", type=int, default=0)
    uvloop.run(_run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
