"""The one function that knows every part of the agent and joins them."""

import fcntl
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from city.errors import UserError
from city.wire.config import BrokerAddress, DeviceConfig, SensorConfig
from city.wire.topic import Kind, Topic
from edge import certificate, kernel_clock
from edge import station as sensing
from edge.agent import Agent, Parts
from edge.boots import Boots
from edge.configuration import NOTHING, Configuration
from edge.connection import Connection, Event, NewConnection, tls_context
from edge.device_clock import DeviceClock
from edge.drivers import DRIVERS
from edge.drivers.driver import Driver
from edge.drivers.driver import Kind as DriverKind
from edge.outputs import OUTPUTS
from edge.outputs.output import Kind as OutputKind
from edge.settings import Settings
from edge.spool import Spool
from edge.station import NewStation, Station, stations
from edge.switching import Switching
from edge.time_sources import TimeSources


class FolderError(UserError):
    """The agent's folder cannot be used."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine that the agent is on: its clocks, its network, and what is connected to it. A simulation has its own.

    steady_s, wall_ms: by which readings are dated; waits_s: seconds by which the agent waits. On a real machine a
        second of the one is a second of the other
    first: what the device is before anybody has said what it is to be
    """

    steady_s: Callable[[], float] = kernel_clock.steady_s
    wall_ms: Callable[[], int] = kernel_clock.wall_ms
    is_synced: Callable[[], bool] = kernel_clock.kernel_is_synced
    boot: Callable[[], str] = kernel_clock.kernel_boot
    waits_s: Callable[[], float] = kernel_clock.steady_s
    drivers: Mapping[str, DriverKind[Any]] = field(default_factory=lambda: DRIVERS)
    outputs: Mapping[str, OutputKind[Any]] = field(default_factory=lambda: OUTPUTS)
    new_station: NewStation = Station
    new_connection: NewConnection = Connection
    first: DeviceConfig = NOTHING


def wire(settings: Settings, machine: Machine = Machine()) -> Agent:
    """Opens the agent's folder, and joins everything. Blocking.

    Raises a UserError for what a person can mend: the folder, the certificates, the password, another agent.
    """
    folder, lock = _own(Path(settings.folder))
    is_synced = {"kernel": machine.is_synced, "wall": lambda: True, "none": lambda: False}[settings.clock.source]
    sources = TimeSources(is_synced, machine.wall_ms, machine.steady_s)
    clock = DeviceClock(machine.steady_s, sources.wall_ms, sources.is_synced)
    if settings.tls is not None:
        try:
            certificate.finish(settings.tls)
        except OSError as error:
            raise FolderError("edge.folder", folder=Path(settings.tls.key).parent, problem=error.strerror) from None
        tls_context(settings.tls)  # found out now, and not with every connection
    if settings.login is not None:
        settings.login.password()

    def connect(
        address: BrokerAddress, will: tuple[str, bytes], topics: list[str], post: Callable[[Event], bool]
    ) -> Connection:
        return machine.new_connection(
            address, settings.device, will, topics, post, tls=settings.tls, login=settings.login
        )

    def start(sensor: SensorConfig) -> Driver:
        driver: Driver = machine.drivers[sensor.driver].start(sensor.options)
        return driver

    def sense(sensors: Sequence[SensorConfig], post: Callable[[sensing.Event], None]) -> list[Station]:
        return stations(sensors, start, clock, machine.steady_s, post, machine.new_station)

    try:
        spool = Spool(folder / "spool", clock.boot, limit_bytes=settings.spool.limit_bytes)
        boots = Boots(folder / "boots.json", clock.boot, machine.boot(), machine.steady_s())
        boots.note(0, None)
    except OSError as error:
        raise FolderError("edge.folder", folder=folder, problem=error.strerror) from None
    return Agent(
        Parts(
            topic=Topic(settings.city, settings.zone, settings.device, Kind.UP),
            address=settings.broker,
            folder=folder,
            spool=spool,
            boots=boots,
            clock=clock,
            sources=sources,
            configuration=Configuration(
                folder, settings.trial.seconds, machine.drivers, machine.first, machine.outputs
            ),
            switching=Switching(folder / "outputs.json", machine.outputs, machine.waits_s),
            steady_s=machine.waits_s,
            machine_s=machine.steady_s,
            connect=connect,
            tls=settings.tls,
            sense=sense,
            release=lambda: os.close(lock),
        )
    )


def _own(folder: Path) -> tuple[Path, int]:
    """The folder, and a file that is to be closed: until then, or until this process ends, it is ours.

    Raises FolderError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FolderError("edge.running", folder=folder) from None
    except OSError as error:
        raise FolderError("edge.folder", folder=folder, problem=error.strerror) from None
    return folder, lock
