"""One device at the end of a wire, with all that is measured at it: a thread that reads what is due.

A slow one keeps nobody waiting but itself. One that fails is told of, closed, and opened anew with its next turn.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from city.wire.config import SensorConfig
from edge.device_clock import DeviceClock
from edge.drivers.driver import Driver, DriverError, OptionsError
from edge.drivers.gps import EPOCH
from edge.message import Value
from edge.sampling import Sample, Sampling

_STILL_S: Final = 30.0  # what is due later than that is looked at again: `stop` and `read_now` are felt at once anyway


@dataclass(frozen=True, slots=True)
class Taken:
    """Readings of one moment. synced: of which kind their times are; read_s: when, by the station's steady clock."""

    samples: tuple[Sample, ...]
    synced: bool
    read_s: float


@dataclass(frozen=True, slots=True)
class Fault:
    """Why sensors have no reading; None: they have one again."""

    sensors: tuple[str, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What time it is, epoch seconds, as the device says, and when by the steady clock."""

    epoch_s: float
    steady_s: float


Event = Taken | Fault | Told


class Station:
    """Sensors that one driver with the same options has."""

    def __init__(
        self,
        sensors: Sequence[SensorConfig],
        start: Callable[[], Driver],
        clock: DeviceClock,
        steady_s: Callable[[], float],
        post: Callable[[Event], None],
    ) -> None:
        """start: opens the driver; post: called in the station's thread."""
        self._samplings = [Sampling(sensor) for sensor in sensors]
        self._names = tuple(sensor.name for sensor in sensors)
        self._start = start
        self._clock = clock
        self._steady_s = steady_s
        self._post = post
        self._due_s = [steady_s()] * len(sensors)
        self._driver: Driver | None = None
        self._reason: str | None = None
        self._stopping = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"station {self._names[0]}", daemon=True)

    def start(self) -> None:
        """Begins to read."""
        self._thread.start()

    def read_now(self) -> None:
        """Every sensor is due."""
        self._due_s = [self._steady_s()] * len(self._due_s)
        self._wake.set()

    def stop(self) -> None:
        """Ends once what is under way is through."""
        self._stopping = True
        self._wake.set()

    def close(self) -> None:
        """Lets go of the device. Where `start` was called the thread does it, at its end."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            self.turn()
            self._wake.wait(min(max(0.0, min(self._due_s) - self._steady_s()), _STILL_S))
        self.close()

    def turn(self) -> None:
        """Reads what is due."""
        now_s = self._steady_s()
        due = [k for k, due_s in enumerate(self._due_s) if due_s <= now_s]
        if not due:
            return
        values = self._read()
        moment, read_s = self._clock.now(), self._steady_s()
        samples = [
            sample
            for k in due
            if (value := values.get(self._samplings[k].config.measures)) is not None
            and (sample := self._samplings[k].take(value, moment.time_ms, read_s)) is not None
        ]
        for k in due:
            # On from when it was due, so that readings do not creep; missed ones are not caught up.
            following_s = self._due_s[k] + self._samplings[k].every_s
            self._due_s[k] = following_s if following_s > now_s else now_s + self._samplings[k].every_s
        if samples:
            self._post(Taken(tuple(samples), moment.synced, read_s))
        if isinstance(epoch_s := values.get(EPOCH), float):
            self._post(Told(epoch_s, read_s))

    def _read(self) -> Mapping[str, Value]:
        try:
            if self._driver is None:
                self._driver = self._start()
            values = self._driver.read()
        except (DriverError, OptionsError) as error:
            self.close()
            self._tell(str(error))
            return {}
        missing = sorted({one.config.measures for one in self._samplings} - set(values))
        self._tell(f"no channel {', '.join(missing)}; there are {', '.join(sorted(values))}" if missing else None)
        return values

    def _tell(self, reason: str | None) -> None:
        """Where it changes."""
        if reason != self._reason:
            self._reason = reason
            self._post(Fault(self._names, reason))


class NewStation(Protocol):
    """How a station is made: as `Station` is."""

    def __call__(
        self,
        sensors: Sequence[SensorConfig],
        start: Callable[[], Driver],
        clock: DeviceClock,
        steady_s: Callable[[], float],
        post: Callable[[Event], None],
    ) -> Station:
        """It reads nothing before its `start`."""
        ...


def stations(
    sensors: Sequence[SensorConfig],
    start: Callable[[SensorConfig], Driver],
    clock: DeviceClock,
    steady_s: Callable[[], float],
    post: Callable[[Event], None],
    new_station: NewStation = Station,
) -> list[Station]:
    """One for all sensors that have the same driver with the same options."""
    together: dict[tuple[object, ...], list[SensorConfig]] = {}
    for sensor in sensors:
        together.setdefault((sensor.driver, *sorted(sensor.options.items())), []).append(sensor)
    return [
        new_station(found, lambda one=found[0]: start(one), clock, steady_s, post)  # type: ignore[misc]  # a bound default
        for found in together.values()
    ]
