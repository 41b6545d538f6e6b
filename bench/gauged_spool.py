"""The spool's gauge, `spool_h` of `state`, held against what truly comes: an agent without a network fills its
spool.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from bench.waiting import wait_for
from city.wire.config import BrokerAddress, DeviceConfig, SensorConfig
from edge.agent import Agent
from edge.device_clock import DeviceClock
from edge.settings import Settings, SpoolSettings
from edge.station import Station
from edge.wiring import Machine, wire
from firmware_sim.sensors import DRIVER, driver_kind
from firmware_sim.whole import SteppedStation

SENSORS: Final = 10  # one reading a second each
NOWHERE: Final = BrokerAddress("127.0.0.1", 1)  # nobody listens there
START_MS: Final = 1_760_000_000_000
LEAST_H: Final = 1.0  # below it the gauge's own step of 0.1 h is what one would measure
SETTLE_S: Final = 150
LOOK_S: Final = 1_800  # simulated, from one look at the gauge to the next


@dataclass(frozen=True, slots=True)
class Gauged:
    """errors: at each look, how far the hours told were from those that were left, as a share of these

    full_h: after how many hours it took nothing more; size_bytes: of its files then; limit_bytes: what it may take
    """

    errors: list[float]
    full_h: float
    size_bytes: int
    limit_bytes: int


class QuickDevice:
    """A device whose seconds are as short as its agent lets them be."""

    def __init__(self, folder: Path, megabytes: float) -> None:
        self.seconds = 0
        self.folder = folder
        self._stations: list[Station] = []
        sampled = DeviceClock(self._steady_s, self._wall_ms, lambda: True)
        names = [f"level-{k}" for k in range(SENSORS)]
        machine = Machine(
            self._steady_s,
            self._wall_ms,
            lambda: True,
            drivers={DRIVER: driver_kind(lambda: dict.fromkeys(names, 1 + self.seconds % 97 / 100))},
            new_station=lambda sensors, start, _, __, post: SteppedStation(
                self._stations, sensors, start, sampled, self._steady_s, post
            ),
            first=DeviceConfig(0, tuple(SensorConfig(name, DRIVER, "m", name, 0.9) for name in names)),
        )
        settings = Settings("sabae", "quick", str(folder), NOWHERE, spool=SpoolSettings(megabytes))
        self.agent: Agent = wire(settings, machine)
        self._thread = threading.Thread(target=self.agent.run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        wait_for(lambda: bool(self._stations), "its sensors")
        return self

    def __exit__(self, *_: object) -> None:
        self.agent.stop()
        self._thread.join(30)

    def second(self) -> None:
        """A second goes by, and every sensor is read."""
        self.seconds += 1
        self._stations[0].turn()

    def settle(self) -> None:
        """Until all that was read is in the spool, or refused."""

        def all_there() -> bool:
            standing = self.agent.standing
            return standing.waiting + standing.refused >= self.seconds

        wait_for(all_there, "a spool that has everything")

    def _steady_s(self) -> float:
        return float(self.seconds)

    def _wall_ms(self) -> int:
        return START_MS + self.seconds * 1_000


def gauged(folder: Path, megabytes: float) -> Gauged:
    """Fills a spool of that size to its limit, and looks at its gauge on the way."""
    looks: list[tuple[float, float]] = []
    with QuickDevice(folder, megabytes) as device:
        while not device.agent.standing.refused:
            for _ in range(LOOK_S // SETTLE_S):
                for _ in range(SETTLE_S):
                    device.second()
                device.settle()  # else the gauge would be read by a clock that is ahead of the spool
            hours_left = device.agent.standing.hours_left
            if hours_left is not None:
                looks.append((device.seconds / 3_600, hours_left))
        full_h = (device.seconds - device.agent.standing.refused) / 3_600
        size = sum(file.stat().st_size for file in (folder / "spool").iterdir())
    errors = [abs(at_h + told_h - full_h) / (full_h - at_h) for at_h, told_h in looks if full_h - at_h >= LEAST_H]
    return Gauged(errors, full_h, size, round(megabytes * 1024 * 1024))
