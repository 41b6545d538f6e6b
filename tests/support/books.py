"""What a running city says that became of everything sent to it, counted from one moment on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.city_process import CityProcess
from bench.waiting import wait_for


@dataclass(frozen=True, slots=True)
class Counted:
    """stored, duplicate, quarantined (by reason): readings; accepted, refused: messages."""

    stored: int = 0
    duplicate: int = 0
    quarantined: Mapping[str, int] = field(default_factory=dict)
    accepted: int = 0
    refused: int = 0

    @property
    def readings(self) -> int:
        return self.stored + self.duplicate + sum(self.quarantined.values())


class Books:
    """The counters of `city` since this was made."""

    def __init__(self, city: CityProcess) -> None:
        self._city = city
        self._before = city.metrics()

    def expect(self, counted: Counted) -> None:
        """Waits until as many readings are received and accounted for, and compares every counter."""
        wait_for(lambda: self._settled(counted.readings), f"{counted.readings} readings accounted for")
        assert self.counted() == counted
        assert self._since("megane_readings_received_total") == counted.readings

    def counted(self) -> Counted:
        """All counters as they stand."""
        prefix = 'megane_readings_total{outcome="quarantined",reason="'
        now = self._city.metrics()
        reasons = {
            name.removeprefix(prefix).removesuffix('"}'): int(value - self._before.get(name, 0))
            for name, value in now.items()
            if name.startswith(prefix)
        }
        return Counted(
            stored=self._since('megane_readings_total{outcome="stored",reason=""}', now),
            duplicate=self._since('megane_readings_total{outcome="duplicate",reason=""}', now),
            quarantined={reason: count for reason, count in reasons.items() if count},
            accepted=self._since('megane_messages_total{outcome="accepted"}', now),
            refused=self._since('megane_messages_total{outcome="quarantined"}', now),
        )

    def _settled(self, readings: int) -> bool:
        received = self._since("megane_readings_received_total")
        return received >= readings and self.counted().readings >= received

    def _since(self, name: str, now: Mapping[str, float] | None = None) -> int:
        now = self._city.metrics() if now is None else now
        return int(now[name] - self._before[name])
