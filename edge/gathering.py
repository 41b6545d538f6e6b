"""Readings on their way into the spool: those that come within a moment of each other go into one message."""

from dataclasses import dataclass, field
from typing import Final

from edge.message import MAX_MEASUREMENTS, Value
from edge.station import Taken

GATHER_S: Final = 0.2  # readings of one moment come within that; nobody waits for a reading so much shorter


@dataclass(slots=True)
class Gathered:
    """A message's readings: (sensor, unit, time ms, value). read_s: when the first of them was read."""

    synced: bool
    read_s: float
    samples: list[tuple[str, str | None, int, Value]] = field(default_factory=list)
    urgent: bool = False


class Gathering:
    """What has come and is not yet taken. due_s: when it is to be."""

    def __init__(self) -> None:
        self._open: list[Gathered] = []
        self.due_s = float("inf")

    def add(self, taken: Taken, now_s: float) -> None:
        """Readings came."""
        last = self._open[-1] if self._open else None
        if last is None or not _belongs(last, taken):
            last = Gathered(taken.synced, taken.read_s)
            self._open.append(last)
        last.samples += [(one.sensor, one.unit, one.time_ms, one.value) for one in taken.samples]
        last.urgent |= any(one.urgent for one in taken.samples)
        self.due_s = now_s if last.urgent else min(self.due_s, now_s + GATHER_S)

    def take(self, now_s: float) -> list[Gathered]:
        """All of it, once it is due."""
        if now_s < self.due_s:
            return []
        taken, self._open, self.due_s = self._open, [], float("inf")
        return taken


def _belongs(gathered: Gathered, taken: Taken) -> bool:
    """Whether it goes with the others. What waited in a queue comes at once, and was not read at once."""
    fits = len(gathered.samples) + len(taken.samples) <= MAX_MEASUREMENTS
    return fits and gathered.synced is taken.synced and taken.read_s - gathered.read_s <= GATHER_S
