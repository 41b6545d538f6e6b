"""What a device says of itself, and when: where something changes, and now and then where nothing does."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec

from city.wire.state import ClockState, DeviceState, Presence
from edge.boots import Boots
from edge.configuration import Configuration
from edge.device_clock import DeviceClock
from edge.renewal import Renewal
from edge.spool import Spool
from edge.switching import Switching

_log = logging.getLogger(__name__)

VERSION: Final = "edge-1"  # of the agent, as told in `state`
LOOK_EVERY_S: Final = 10.0  # whether something changed; more often nobody looks
MOST_FAULT: Final = 120  # characters of a reason: a state is a small message
RATE_OVER_S: Final = 3_600.0  # the spool's present rate is what it grew in the last hour


class About(Protocol):
    """What a report is about."""

    spool: Spool
    boots: Boots
    clock: DeviceClock
    configuration: Configuration
    switching: Switching

    @property
    def steady_s(self) -> Callable[[], float]:
        """Seconds of a clock that nothing sets."""
        ...


class Report:
    """faults: by sensor, why it has no reading; due_s: when to look next."""

    def __init__(self, about: About, renewal: Renewal | None = None) -> None:
        self._about = about
        self._renewal = renewal
        self._told: DeviceState | None = None
        self._told_s = float("-inf")
        self.due_s = float("-inf")
        self.faults: dict[str, str] = {}
        self._sizes: deque[tuple[float, int]] = deque([(about.clock.uptime_ms() / 1000, about.spool.size_bytes)])

    def fault(self, sensors: Sequence[str], reason: str | None) -> None:
        """They have no reading for that reason; None: they have one."""
        for sensor in sensors:
            if reason is None:
                self.faults.pop(sensor, None)
            else:
                self.faults[sensor] = reason[:MOST_FAULT]
        self.look()

    def look(self) -> None:
        """Something may have changed."""
        self.due_s = min(self.due_s, self._about.steady_s())

    def again(self) -> None:
        """Whoever listens knows nothing."""
        self._told, self.due_s = None, float("-inf")

    def is_due(self, now_s: float) -> bool:
        """Whether it is to be told now: `state` is what. Once an interval the start's uptime is noted. Blocking."""
        if now_s < self.due_s:
            return False
        self.due_s = now_s + LOOK_EVERY_S
        about = self._about
        moment = about.clock.now()
        try:
            about.boots.note(about.clock.uptime_ms(), moment.time_ms if moment.synced else None)
        except OSError as error:
            _log.warning("how long the device has been up is not noted: %s", error)
        state = self.state(Presence.ONLINE)
        every_s = about.configuration.running.state_every_s
        if self._told is not None and _alike(self._told, state) and now_s - self._told_s < every_s:
            return False
        self._told, self._told_s = state, now_s
        return True

    def state(self, presence: Presence) -> DeviceState:
        """As it is."""
        about = self._about
        refused = about.configuration.refused
        moment = about.clock.now()
        return DeviceState(
            presence,
            VERSION,
            len(about.spool),
            ClockState.OK if moment.synced else ClockState.UNSYNCED,
            about.clock.boot,
            spool_h=self.hours_left(),
            unkept=about.spool.refused,
            aside=about.spool.aside,
            skew_ms=about.clock.skew_ms,
            jumps=about.clock.jumps,
            sent_ms=moment.time_ms if moment.synced and presence is Presence.ONLINE else None,
            revision=about.configuration.running.revision,
            refused=None if refused is None else refused.reason,
            faults=self.faults | {name: why[:MOST_FAULT] for name, why in about.switching.faults.items()},
            outputs=about.switching.values if presence is Presence.ONLINE else {},  # a last will is told much later
            certificate_ms=None if self._renewal is None else self._renewal.ends_ms,
            renewal=None
            if self._renewal is None or self._renewal.problem is None
            else self._renewal.problem[:MOST_FAULT],
        )

    def hours_left(self) -> float | None:
        """Until the spool is full, by what it grew lately; None where it does not grow."""
        now_s, size = self._about.clock.uptime_ms() / 1000, self._about.spool.size_bytes
        if now_s - self._sizes[-1][0] >= LOOK_EVERY_S:
            self._sizes.append((now_s, size))
        while len(self._sizes) > 1 and now_s - self._sizes[0][0] > RATE_OVER_S:
            self._sizes.popleft()
        then_s, before = self._sizes[0]
        if size <= before or now_s <= then_s:
            return None
        # In hundredths: with an hour left, tenths alone would be off by five in a hundred.
        return round(self._about.spool.room_bytes / (size - before) * (now_s - then_s) / 3600, 2)


def _alike(one: DeviceState, other: DeviceState) -> bool:
    """Whether nothing changed that is worth a message: how full the spool is, and how the clock goes, change always."""
    return _still(one) == _still(other)


def _still(state: DeviceState) -> DeviceState:
    return msgspec.structs.replace(state, spool=None, spool_h=None, skew_ms=0, sent_ms=None)
