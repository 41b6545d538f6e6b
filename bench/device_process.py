"""One simulated device with the real agent, as a process: six hours offline at once, then back and on in real time.

    python -m bench.device_process --port 1883 --files CITY --folder DIR --device offline --hours 6 --outage 40

Its first sensor crosses a level every so often. A line of JSON goes out when it is back, and one when its spool is empty.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import Final

import msgspec

from city.catalog_file import load_catalog
from city.messages.text import Text
from city.sensor_health import measured
from firmware_sim.faults.fault import Period
from firmware_sim.faults.outage import Outage
from firmware_sim.fleet import Fleet
from firmware_sim.instrument import Instrument
from firmware_sim.scenario import DevicePlan, Scenario
from megane.city_files import read_folder
from megane.clocks import SystemClock

SAMPLING_MS: Final = 1_000
CALM, HIGH = 1.5, 3.05  # under all levels, and over the first
EVERY_S: Final = 5  # from one crossing to the next, and it lasts a second
LOOK_S: Final = 0.05


class Told(msgspec.Struct, frozen=True):
    """What the process says. at_s: epoch; waiting: messages in its spool"""

    what: str
    at_s: float
    waiting: int
    refused: int


def plan(files: Path, device: str, outages: tuple[Period, ...]) -> DevicePlan:
    """The device: its first sensor crosses, the others are calm."""
    catalog = load_catalog(read_folder(files, "catalog"))
    sensors = [sensor for sensor in measured(catalog.sensors) if sensor.device == device]

    def crossing(time_ms: int) -> float:
        return HIGH if time_ms // 1_000 % EVERY_S == 0 else CALM

    instruments = tuple(
        Instrument(sensor, (lambda _: CALM) if k else crossing, 0.0 if k == 0 else 0.01, "m", named=True)
        for k, sensor in enumerate(sensors)
    )
    faults = tuple(Outage(period) for period in outages)
    return DevicePlan(catalog.devices[device], instruments, faults, (1,))


async def _run(options: argparse.Namespace) -> None:
    now_ms = int(time.time()) * 1_000  # readings of whole seconds
    start_ms = now_ms - round(options.hours * 3_600_000)
    back_ms = now_ms + round(options.outage * 1_000)
    outages = (Period(start_ms, back_ms),) if options.hours else ()
    title = Text("計測", "bench")
    device = plan(Path(options.files), options.device, outages)
    scenario = Scenario("bench", title, start_ms, 1, SAMPLING_MS, 1.0, 1, (device,), whole=True)
    fleet = Fleet(
        scenario,
        clock=SystemClock(),
        network_clock=SystemClock(),
        steady_s=time.perf_counter,
        host="127.0.0.1",
        port=options.port,
        root="megane",
        folder=Path(options.folder),
    )

    def tell(what: str) -> None:
        told = Told(what, time.time(), fleet.waiting, fleet.lost)
        print(msgspec.json.encode(told).decode(), flush=True)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(fleet.run())
        while time.time() * 1_000 < back_ms:
            await asyncio.sleep(LOOK_S)
        tell("back")
        while options.hours and fleet.waiting > 5:  # what was read just now is always there
            await asyncio.sleep(LOOK_S)
        tell("empty")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--files", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--device", required=True)
    parser.add_argument("--hours", type=float, default=0.0)
    parser.add_argument("--outage", type=float, default=0.0, help="seconds of real time until it is back")
    asyncio.run(_run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
