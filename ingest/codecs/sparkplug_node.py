"""What is known of one edge node of Sparkplug B: whether it was born, its numbers, and what its aliases stand for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from city.speech import Sparkplug
from ingest.codecs.placed import Placed, PlacedDevice
from ingest.codecs.sparkplug_payload import Metric

_SEQUENCE: Final = 256  # numbers run from 0 to 255 and begin again


@dataclass(frozen=True, slots=True)
class Birth:
    """What a birth said of the metrics of a node or device. born_ms: when it arrived."""

    born_ms: int
    names: Mapping[int, str]
    types: Mapping[str, int | None]

    @classmethod
    def of(cls, metrics: Iterable[Metric], born_ms: int) -> "Birth":
        """A birth names each of its metrics."""
        named = [(metric, metric.name) for metric in metrics if metric.name is not None]
        return cls(
            born_ms,
            {metric.alias: name for metric, name in named if metric.alias is not None},
            {name: metric.datatype for metric, name in named},
        )


@dataclass(slots=True)
class Session:
    """From a node's birth to its death. bd_seq: the number that both carry; next_seq: of the next message, if known."""

    bd_seq: int | None
    next_seq: int | None = None

    def follows(self, seq: int | None) -> bool:
        """Whether the message of this number is the next one; from here on it counts as the last."""
        if seq is None:
            return True  # some senders leave it out, against the specification: nothing can be told
        expected, self.next_seq = self.next_seq, (seq + 1) % _SEQUENCE
        return expected is None or seq == expected


@dataclass(frozen=True, slots=True)
class Metered:
    """A device of the catalog, or none of a node that has only devices in it: its sensors by their metrics' names."""

    found: PlacedDevice
    named: Mapping[str, Sequence[Placed]]

    @classmethod
    def of(cls, found: PlacedDevice) -> "Metered":
        """Several sensors may have one metric."""
        named: dict[str, list[Placed]] = {}
        for placed in found.placed:
            named.setdefault(placed.path[0], []).append(placed)
        return cls(found, named)


@dataclass(slots=True)
class Node:
    """A node of the catalog. Keys are names of devices behind it, None the node itself.

    births: since the node was last born; again: of messages sent again from the quarantine, which tell of the past.
    """

    speech: Sparkplug
    members: dict[str | None, Metered] = field(default_factory=dict)
    session: Session | None = None
    births: dict[str | None, Birth] = field(default_factory=dict)
    again: dict[str | None, Birth] = field(default_factory=dict)

    def birth(self, device: str | None, arrived_ms: int, *, again: bool) -> Birth | None:
        """The birth that tells what a message is about: of one sent again, the last before it, else the first after."""
        now = self.births.get(device)
        then = self.again.get(device) if again else None
        if now is None or then is None:
            return now or then
        before = [birth for birth in (now, then) if birth.born_ms <= arrived_ms]
        return max(before, key=lambda birth: birth.born_ms) if before else min(now, then, key=lambda b: b.born_ms)

    def present(self, *, online: bool) -> tuple[tuple[str, bool], ...]:
        """All of it, there or not."""
        return tuple((member.found.device.id, online) for member in self.members.values())
