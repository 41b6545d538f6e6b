"""The faults of a plan, done to a town while it runs, and ended again."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, assert_never

from bench.chaos.books import Book
from bench.chaos.faults import OF_CITY, Fault, Planned
from bench.chaos.proxy import Lines, Weather
from bench.chaos.town import Device
from bench.chaos.verdict import Trouble
from bench.chaos.witness import Witness
from bench.city_process import CityProcess

WEATHER: Final = {
    Fault.LINE_DELAYED: Weather.DELAYED,
    Fault.LINE_STALLED: Weather.STALLED,
    Fault.LINE_DEAD: Weather.HALF_OPEN,
}


class Storm:
    """Does each planned fault at its time. One that would hit what another still has in its hands waits for it, and is
    left out where that lasts until the storm is over.

    lives: the city's counters before each time it was killed
    queued: how many messages the broker held that the city had not acknowledged, each time it was killed
    """

    def __init__(self, city: CityProcess, devices: Sequence[Device], lines: Lines, witness: Witness) -> None:
        """Nothing happens yet."""
        self._city, self._devices, self._lines, self._witness = city, devices, lines, witness
        self._city_lock = threading.Lock()
        self._locks = [threading.Lock() for _ in devices]
        self.troubles: list[Trouble] = []
        self.lives: list[Book] = []
        self.queued: list[int] = []

    def pass_over(self, plan: Sequence[Planned], seconds: float, told: Callable[[Planned], None]) -> None:
        """Returns after so many seconds, when all of it is over. What went wrong in doing it is raised."""
        begin_s = time.monotonic()
        with ThreadPoolExecutor(len(self._devices) + 1) as pool:
            doing = []
            for planned in plan:
                time.sleep(max(0.0, begin_s + planned.at_s - time.monotonic()))
                told(planned)
                doing.append(pool.submit(self._do, planned, begin_s + seconds))
            for one in doing:
                one.result()

    def _do(self, planned: Planned, until_s: float) -> None:
        of_city = planned.fault in OF_CITY
        with self._city_lock if of_city else self._locks[planned.device]:
            if time.monotonic() > until_s:
                return
            since_ms = time.time_ns() // 1_000_000
            self._inflict(planned)
            until_ms = time.time_ns() // 1_000_000
        name = "" if of_city else self._devices[planned.device].name
        self.troubles.append(Trouble(planned.fault.value, name, since_ms, until_ms))

    def _inflict(self, planned: Planned) -> None:
        device, line = self._devices[planned.device], planned.device
        match planned.fault:
            case Fault.DEVICE_KILLED:
                device.kill()
                device.start()
            case Fault.DEVICE_STOPPED:
                _stopped(device.pid, planned.lasts_s)
            case Fault.DEVICE_DISK_FULL:
                device.fill_disk()
                time.sleep(planned.lasts_s)
                device.empty_disk()
            case Fault.CLOCK_STEPPED | Fault.CLOCK_LOST:
                device.step_clock(planned.step_s)
                time.sleep(planned.lasts_s)
                device.step_clock(0.0)
            case Fault.LINE_DELAYED | Fault.LINE_STALLED | Fault.LINE_DEAD:
                self._weather(line, WEATHER[planned.fault], planned.lasts_s)
            case Fault.LINE_HALF_OPEN:
                self._weather(line, Weather.HALF_OPEN, planned.lasts_s)
                self._lines.cut(line)
            case Fault.LINE_CUT:
                self._lines.cut(line)
            case Fault.CITY_KILLED:
                self.lives.append(Book.of(self._city.metrics()))
                self._city.kill()
                time.sleep(planned.lasts_s)
                self._city.start()
            case Fault.CITY_STOPPED:
                _stopped(self._city.pid, planned.lasts_s)
            case Fault.BROKER_KILLED:
                self._witness.listen()  # it may have been killed a moment ago, and be on its way back
                with _paused(self._city.pid):  # what comes meanwhile is acknowledged by nobody: the broker keeps it
                    before = self._witness.messages
                    time.sleep(planned.lasts_s)
                    self.queued.append(self._witness.messages - before)
                    os.kill(self._city.broker_pid, signal.SIGKILL)
                    self._witness.miss()
            case _:
                assert_never(planned.fault)

    def _weather(self, line: int, weather: Weather, lasts_s: float) -> None:
        self._lines.become(line, weather, delay_s=0.3)
        time.sleep(lasts_s)
        self._lines.become(line, Weather.CLEAR)


@contextlib.contextmanager
def _paused(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _stopped(pid: int, lasts_s: float) -> None:
    with _paused(pid):
        time.sleep(lasts_s)
