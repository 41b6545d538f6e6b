"""The agent: reads its sensors, keeps every reading until the city has it, and is what the city wants it to be.

One thread decides, and all the others (one a station, one for the network) hand it what happened.
"""

import dataclasses
import logging
import queue
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, assert_never

from city.wire.command import SET, Argument, CommandAck, decode_command
from city.wire.config import BrokerAddress, SensorConfig
from city.wire.errors import WireError
from city.wire.receipt import decode_receipt
from city.wire.state import Presence
from city.wire.topic import Kind, Topic
from edge import connection as network
from edge import station as sensing
from edge.boots import Boots
from edge.commands import Commands
from edge.configuration import Configuration
from edge.connection import Connection
from edge.device_clock import DeviceClock
from edge.gathering import Gathering
from edge.renewal import CertificateNews, Renewal
from edge.report import Report
from edge.settings import Tls
from edge.spool import SYNC_EVERY_S, Spool, SpoolRefusedError
from edge.station import Station
from edge.switching import Switching
from edge.time_sources import TimeSources

_log = logging.getLogger(__name__)

FIRST_BACKOFF_S: Final = 0.5
LONGEST_BACKOFF_S: Final = 30.0  # a city that is back is found again soon; ten thousand devices still come one by one
ROOM_S: Final = 0.5  # for what happened, before whoever tells it looks whether anybody still wants it
QUEUE: Final = 1_000  # of what happened and was not yet seen to: of ten sensors a second, a minute and a half


@dataclass(frozen=True, slots=True)
class Stop:
    """It is to end. power_lost: with nothing said any more, and nothing synced."""

    power_lost: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Of its spool, in messages: those that still want a receipt, and what the spool counts.

    rests: nothing waits, here or there; hours_left: as `state` tells
    """

    rests: bool = True
    waiting: int = 0
    aside: int = 0
    resent: int = 0
    refused: int = 0
    hours_left: float | None = None


Event = network.Event | sensing.Event | CertificateNews | Stop
Connect = Callable[[BrokerAddress, tuple[str, bytes], list[str], Callable[[network.Event], bool]], Connection]


@dataclass(slots=True)
class Parts:
    """What an agent is made of; `edge/wiring.py` makes it.

    steady_s: by which it waits; machine_s: since the machine's start, of the clock by which readings are dated. They
        differ in a simulation alone
    release: gives the folder to whoever comes next
    """

    topic: Topic
    address: BrokerAddress
    folder: Path
    spool: Spool
    boots: Boots
    clock: DeviceClock
    sources: TimeSources
    configuration: Configuration
    switching: Switching
    steady_s: Callable[[], float]
    machine_s: Callable[[], float]
    connect: Connect
    sense: Callable[[Sequence[SensorConfig], Callable[[sensing.Event], None]], list[Station]]
    release: Callable[[], None]
    rng: random.Random = field(default_factory=random.Random)
    tls: Tls | None = None


class Agent:
    """One device. `run` is its life; `stop` may be called in any thread, or by a signal."""

    def __init__(self, parts: Parts) -> None:
        """Starts nothing yet."""
        self._parts = parts
        self._topics = {kind: str(parts.topic.beside(kind)) for kind in Kind}
        self._events: queue.Queue[Event] = queue.Queue(QUEUE)
        self._stations: list[Station] = []
        self._connection: Connection | None = None
        self._is_ready = False
        self._backoff_s = FIRST_BACKOFF_S
        self._connect_at_s = 0.0
        self._gathering = Gathering()
        self._renewal: Renewal | None = None
        if parts.tls is not None:
            self._renewal = Renewal(parts.tls, parts.topic.device, self._events.put, parts.rng)
        self._report = Report(parts, self._renewal)
        self._sync_at_s = 0.0
        self._again = False
        self._stopping = False
        self._power_lost = False
        self._refused = False
        self._standing = Standing(rests=False)
        self._commands = Commands(
            parts.folder / "commands.txt",
            {"ping": self._ping, "sample": self._sample, "restart": self._restart, SET: self._set},
        )

    @property
    def standing(self) -> Standing:
        """As it was when it last had seen to everything; may be asked in any thread."""
        standing = self._standing
        return dataclasses.replace(standing, rests=standing.rests and not self._events.unfinished_tasks)

    def stop(self, *, power_lost: bool = False) -> None:
        """Ends it, or takes its power away."""
        self._events.put(Stop(power_lost))

    def _post(self, event: network.Event) -> bool:
        """From the network's thread; whether there was room within a moment."""
        try:
            self._events.put(event, timeout=ROOM_S)
        except queue.Full:
            return False
        return True

    def run(self) -> bool:
        """Until it is stopped; whether it is to start anew. Blocking."""
        self._parts.switching.become(self._parts.configuration.running.outputs)
        self._begin_stations()
        try:
            while not self._stopping:
                seen = self._wait()
                self._see_to_time()
                self._stand(seen)
        finally:
            self._end()
        return self._again

    # -- what happens -------------------------------------------------------------------------------------------------

    def _wait(self) -> int:
        """Until something happens or is due; takes everything that has happened, and gives how much that was."""
        timeout_s = max(0.0, self._next_s() - self._parts.steady_s())
        seen = 0
        try:
            event = self._events.get(timeout=timeout_s)
            while True:
                seen += 1
                self._take(event)
                if self._power_lost:
                    break
                event = self._events.get_nowait()
        except queue.Empty:
            pass
        return seen

    def _stand(self, seen: int) -> None:
        """Tells how it stands, once that many events are seen to."""
        spool = self._parts.spool
        waiting = len(spool)
        rests = not waiting and self._gathering.due_s == float("inf")
        # Looked at with every turn, so that the rate is known when somebody asks for the first time in hours.
        hours_left = self._report.hours_left()
        self._standing = Standing(rests, waiting, spool.aside, spool.resent, spool.refused, hours_left)
        for _ in range(seen):
            self._events.task_done()

    def _take(self, event: Event) -> None:
        match event:
            case Stop(power_lost=power_lost):
                self._stopping = True
                self._power_lost = power_lost
            case network.Ready(connection=connection):
                self._ready(connection)
            case network.Lost(connection=connection, reason=reason):
                self._lost(connection, reason)
            case network.Came(topic=topic, payload=payload):
                self._came(topic, payload)
            case sensing.Taken():
                self._gathering.add(event, self._parts.steady_s())
            case sensing.Fault(sensors=sensors, reason=reason):
                named = {sensor.name for sensor in self._parts.configuration.running.sensors}
                self._report.fault([sensor for sensor in sensors if sensor in named], reason)
            case CertificateNews():
                self._certificate_news(event)
            case sensing.Told(epoch_s=epoch_s, steady_s=steady_s):
                self._parts.sources.heard(epoch_s, steady_s)
            case _:
                assert_never(event)

    def _next_s(self) -> float:
        due = [self._sync_at_s, self._gathering.due_s, self._parts.switching.due_s]
        due.append(self._report.due_s if self._is_ready else float("inf"))
        due.append(self._parts.spool.next_due_s() if self._is_ready else float("inf"))
        if self._connection is None:
            due.append(self._connect_at_s)
        if self._renewal is not None:
            due.append(self._renewal.due_s)
        return min(due)

    def _see_to_time(self) -> None:
        if self._power_lost:
            return
        now_s = self._parts.steady_s()
        self._append(now_s)
        if now_s >= self._sync_at_s:
            self._sync_at_s = now_s + SYNC_EVERY_S
            if not self._parts.spool.sync():
                _log.warning("the disk refuses: what was read last does not outlive a loss of power")
        if self._parts.configuration.go_back(now_s):
            _log.warning("back to revision %d", self._parts.configuration.running.revision)
            self._reconfigure()
        if self._parts.switching.again(now_s):
            self._report.look()
        if self._renewal is not None:
            self._renewal.look(now_s, self._parts.clock.now())
        if self._connection is None and now_s >= self._connect_at_s and not self._stopping:
            self._connect()
        if self._is_ready:
            self._send()

    def _append(self, now_s: float) -> None:
        for message in self._gathering.take(now_s):
            try:
                self._parts.spool.append(message.samples, synced=message.synced, urgent=message.urgent)
            except SpoolRefusedError as error:
                if not self._refused:  # once: a log of each would take what little is left of the disk
                    _log.warning("readings are lost from now on: %s", error)
                self._refused = True
            else:
                if self._refused:
                    _log.warning("readings are kept again; %d messages were lost", self._parts.spool.refused)
                self._refused = False

    # -- the network --------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        parts = self._parts
        address = parts.configuration.running.broker or parts.address
        will = self._topics[Kind.STATE], self._report.state(Presence.OFFLINE).encode()
        wanted = [self._topics[kind] for kind in (Kind.RECEIPT, Kind.CONFIG, Kind.CMD)]
        self._connection = parts.connect(address, will, wanted, self._post)

    def _ready(self, connection: Connection) -> None:
        if connection is self._connection:
            self._is_ready = True
            self._backoff_s = FIRST_BACKOFF_S
            self._parts.configuration.connected()
            self._parts.spool.reconnected()
            self._report.again()

    def _lost(self, connection: Connection, reason: str) -> None:
        if connection is self._connection:
            _log.info("no connection: %s", reason)
            self._disconnect()

    def _disconnect(self) -> None:
        """Closes what there is, and waits a little before the next."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._is_ready = None, False
        self._connect_at_s = self._parts.steady_s() + self._backoff_s * self._parts.rng.uniform(0.5, 1.5)
        self._backoff_s = min(LONGEST_BACKOFF_S, 2 * self._backoff_s)

    def _certificate_news(self, news: CertificateNews) -> None:
        """It shows a new certificate at once: what is wrong with that is found while the old one is good."""
        assert self._renewal is not None
        self._renewal.heard(news, self._parts.steady_s())
        self._report.again()
        if news.problem is None:
            _log.info("the certificate is new")
            self._disconnect()
            self._backoff_s, self._connect_at_s = FIRST_BACKOFF_S, self._parts.steady_s()

    def _came(self, topic: str, payload: bytes) -> None:
        """What cannot be read is ignored, as it must be: it may come again with every connection."""
        parts = self._parts
        try:
            if topic == self._topics[Kind.RECEIPT]:
                parts.spool.settle(decode_receipt(payload))
            elif topic == self._topics[Kind.CMD]:
                self._commands.came(decode_command(payload), parts.clock.now(), self._acknowledge)
            elif topic == self._topics[Kind.CONFIG]:
                if parts.configuration.offered(payload, parts.steady_s()):
                    self._reconfigure()
                self._report.again()
        except WireError as error:
            _log.warning("%s: %s", topic, error)

    def _send(self) -> None:
        """What is due, and what the device says of itself."""
        parts, connection = self._parts, self._connection
        assert connection is not None
        if self._report.is_due(parts.steady_s()):
            self._tell_state(connection, Presence.ONLINE)
        moment = parts.clock.now()
        epoch_ms = moment.time_ms if moment.synced else None
        for message in parts.spool.to_send(parts.steady_s()):
            uptime_ms = None
            if not message.synced:
                uptime_ms = parts.boots.uptime_ms(message.boot, parts.machine_s(), parts.clock.uptime_ms(), epoch_ms)
            connection.publish(self._topics[Kind.UP], message.payload(uptime_ms))

    def _tell_state(self, connection: Connection, presence: Presence) -> None:
        connection.publish(self._topics[Kind.STATE], self._report.state(presence).encode(), retain=True)

    # -- what it is ---------------------------------------------------------------------------------------------------

    def _reconfigure(self) -> None:
        """It is another device from now on, and shows that it can connect as that."""
        self._end_stations()
        self._disconnect()
        self._backoff_s, self._connect_at_s = FIRST_BACKOFF_S, self._parts.steady_s()
        self._parts.switching.become(self._parts.configuration.running.outputs)
        self._begin_stations()

    def _begin_stations(self) -> None:
        parts = self._parts
        self._report.faults.clear()
        self._stations = parts.sense(parts.configuration.running.sensors, self._events.put)
        for each in self._stations:
            each.start()

    def _end_stations(self) -> None:
        for each in self._stations:
            each.stop()

    def _end(self) -> None:
        self._end_stations()
        self._append(float("inf"))
        if self._power_lost:
            if self._connection is not None:
                self._connection.drop()
            self._parts.spool.drop()
        else:
            if self._connection is not None:
                if self._is_ready:
                    self._tell_state(self._connection, Presence.OFFLINE)
                self._connection.close()
            self._parts.spool.close()
        self._parts.switching.close()
        self._parts.release()

    # -- commands -----------------------------------------------------------------------------------------------------

    def _acknowledge(self, ack: CommandAck) -> None:
        if self._connection is not None:
            self._connection.publish(self._topics[Kind.CMD_ACK], ack.encode())

    def _ping(self, _arguments: object) -> str:
        return f"revision {self._parts.configuration.running.revision}"

    def _sample(self, _arguments: object) -> str:
        for each in self._stations:
            each.read_now()
        return f"{len(self._stations)} stations"

    def _set(self, arguments: Mapping[str, Argument]) -> str:
        """What watches an output is read at once; the ack says that it is switched, and a sensor what came of it."""
        self._report.look()  # also of one that fails, and could not be put back
        told = self._parts.switching.set(arguments)
        for each in self._stations:
            each.read_now()
        return told

    def _restart(self, _arguments: object) -> str:
        self._stopping = self._again = True
        return "restarting"
