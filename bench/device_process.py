"""One simulated device with the real agent, as a process: six hours offline at once, then back and on in real time.

    python -m bench.device_process --port 1883 --files CITY --folder DIR --device offline --hours 6 --outage 40

Once it is back one sensor after the other crosses a level every so often, by one rule higher each time round: that the
first is over is told behind the backlog, and only what is not told yet can be told. A line of JSON goes out when it is
back, and one when its spool is empty.
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
from firmware_sim.phenomena.phenomenon import Course
from firmware_sim.scenario import DevicePlan, Scenario
from megane.city_files import read_folder
from megane.clocks import SystemClock

SAMPLING_MS: Final = 1_000
CALM: Final = 1.5  # under all levels
HIGH: Final = 3.05  # over the first rule's, and so much more each time round is over one more
STEP: Final = 0.1
ROUNDS: Final = 19
EVERY_S: Final = 5  # from one crossing to the next, and it lasts a second
LOOK_S: Final = 0.05


class Told(msgspec.Struct, frozen=True):
    """What the process says. at_s: epoch; waiting: messages in its spool"""

    what: str
    at_s: float
    waiting: int
    refused: int


def crossing(second: int, sensors: int) -> int | None:
    """Which of so many sensors crosses in that second of the epoch; None: it is none that anything crosses in."""
    turn, rest = divmod(second, EVERY_S)
    return None if rest else turn % sensors


def _course(number: int, sensors: int, from_ms: int) -> Course:
    def course(time_ms: int) -> float:
        second = time_ms // 1_000
        if time_ms < from_ms or crossing(second, sensors) != number:
            return CALM
        return HIGH + STEP * (second // EVERY_S // sensors % ROUNDS)

    return course


def plan(files: Path, device: str, from_ms: int, outages: tuple[Period, ...]) -> DevicePlan:
    """The device; its sensors are calm before `from_ms`."""
    catalog = load_catalog(read_folder(files, "catalog"))
    sensors = [sensor for sensor in measured(catalog.sensors) if sensor.device == device]
    instruments = tuple(
        Instrument(sensor, _course(k, len(sensors), from_ms), 0.01, "m", named=True) for k, sensor in enumerate(sensors)
    )
    faults = tuple(Outage(period) for period in outages)
    return DevicePlan(catalog.devices[device], instruments, faults, (1,))


async def _run(options: argparse.Namespace) -> None:
    now_ms = int(time.time()) * 1_000  # readings of whole seconds
    start_ms = now_ms - round(options.hours * 3_600_000)
    back_ms = now_ms + round(options.outage * 1_000)
    outages = (Period(start_ms, back_ms),) if options.hours else ()
    title = Text("計測", "bench")
    device = plan(Path(options.files), options.device, back_ms, outages)
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
        while time.time() * 1_000 < back_ms:  # noqa: ASYNC110  nobody tells of it
            await asyncio.sleep(LOOK_S)
        tell("back")
        while options.hours and fleet.waiting > 5:  # noqa: ASYNC110  as above; what was read just now is always there
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
