"""What a codec makes of one delivery: columns of readings, and what could not be used."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from city.quarantine import Reason


@dataclass(frozen=True, slots=True)
class Reject:
    """Readings of one message that cannot be used, for one reason. `detail` is for the person who looks."""

    reason: Reason
    count: int
    detail: str


class Message(msgspec.Struct, frozen=True, gc=False):
    """One decoded message. A Struct, because one is made for every delivery: 0.1 µs, a dataclass 1.4 µs.

    series, time, value: of equal length: index in the catalog, ms, canonical unit. Plain sequences, because they
        are gathered over many messages and made into arrays once.
    device: who sent it; None where that cannot be known
    seq, boot: the message's number on its device and that device's start; None where it has none
    uptime_now_ms: set when the device's clock is unsynced: its uptime at this sending; `time` is then uptime too
    """

    series: Sequence[int]
    time: Sequence[int]
    value: Sequence[float]
    device: str | None = None
    zone: str | None = None
    seq: int | None = None
    boot: str | None = None
    uptime_now_ms: int | None = None
    rejects: tuple[Reject, ...] = ()
