"""Messages gathered into one batch, and that batch made ready for the journal."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from city.delivery import Delivery
from city.ports import ClockOffset
from city.quarantine import KEPT_BYTES, Quarantined, Reason
from city.reading import Bools, Float64s, Int32s, Int64s, Quality, ReadingBatch, SeriesKey
from city.wire.topic import Topic
from ingest.journal.pieces import weight
from ingest.message import Message, Reject
from ingest.standing import Standing
from ingest.validation import AHEAD_MS, Unusable, find_unusable


@dataclass(slots=True)
class Gathering:
    """An open batch: messages, whose readings are made into arrays once, when it is closed.

    Message i stands at place i of `deliveries`, `topics` and `messages`. readings: usable ones so far
    """

    deliveries: list[Delivery] = field(default_factory=list)
    topics: list[Topic | None] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    readings: int = 0

    def add(self, delivery: Delivery, topic: Topic | None, message: Message) -> None:
        """Takes one message in."""
        self.deliveries.append(delivery)
        self.topics.append(topic)
        self.messages.append(message)
        self.readings += len(message.series)


@dataclass(frozen=True, slots=True)
class _Readings:
    """What came, before anything is left out. origin: the message of each reading."""

    keys: Sequence[SeriesKey]
    series: Int32s
    time: Int64s
    value: Float64s
    origin: Int64s

    def named(self, row: int) -> str:
        """One of them, for the person who looks."""
        return f"{self.keys[self.series[row]]} = {float(self.value[row])} at {self.time[row]} ms"


@dataclass(frozen=True, slots=True)
class ClosedBatch:
    """What one transaction of the journal takes, and what becomes of the messages afterwards.

    unkept: messages of which the quarantine has no room for a piece; acknowledged, but without a receipt
    refused: every piece, kept or not, as it is counted
    health: readings of the batch that the city said itself, of its sensors' health
    received: readings, rejects included, and what the city said
    found: readings of the batch that each quality check found doubtful, by its name
    accepted, quarantined_messages: messages with a usable reading, and without one but with a reject
    """

    at_ms: int
    batch: ReadingBatch
    kept: Sequence[Quarantined]
    refused: Sequence[Quarantined]
    unkept: frozenset[int]
    offsets: Sequence[ClockOffset]
    released: Sequence[Quarantined]
    found: Mapping[str, int]
    health: int
    received: int
    accepted: int
    quarantined_messages: int


def close(
    gathering: Gathering,
    at_ms: int,
    standing: Standing,
    keys: Sequence[SeriesKey],
    offsets: Sequence[ClockOffset],
    quarantine_room: int,
) -> ClosedBatch:
    """Validates the batch and moves the frontier past it. Once for each batch: a batch judged twice would be late.

    keys: of the catalog's series; quarantine_room: bytes that the quarantine still takes
    """
    messages = gathering.messages
    count = np.array([len(m.series) for m in messages], np.int64)
    arrived = np.array([d.arrived_ms for d in gathering.deliveries], np.int64)
    series = np.fromiter(chain.from_iterable([m.series for m in messages]), np.int32, gathering.readings)
    time = np.fromiter(chain.from_iterable([m.time for m in messages]), np.int64, gathering.readings)
    value = np.fromiter(chain.from_iterable([m.value for m in messages]), np.float64, gathering.readings)
    reckoned = np.array([m.uptime_now_ms is not None for m in messages], np.bool_)
    quality = np.where(np.repeat(reckoned, count), np.uint8(Quality.CLOCK), np.uint8(0))
    rejects = [(i, reject) for i, m in enumerate(messages) if m.rejects for reject in m.rejects]
    arrived = np.repeat(arrived, count)
    unusable = find_unusable(time, value, arrived + AHEAD_MS)
    refused_series = series[:0]
    if unusable.any():
        origin = np.repeat(np.arange(len(messages)), count)
        readings = _Readings(keys, series, time, value, origin)
        rejects += _rejects_of(unusable, readings, gathering.deliveries)
        keep = unusable.usable
        refused_series = series[~keep]
        series, time, value, quality, arrived = series[keep], time[keep], value[keep], quality[keep], arrived[keep]
        count = np.bincount(origin[keep], minlength=len(messages))
    refused = [_piece(gathering.deliveries[i], reject) for i, reject in rejects]
    kept, unkept = _fitting(refused, [i for i, _ in rejects], quarantine_room)
    said = standing.health.say(at_ms, standing.validation.frontier)
    flagged = standing.validation.examine(
        np.concatenate([series, said.series]),
        np.concatenate([time, said.time]),
        np.concatenate([value, said.value]),
        np.concatenate([quality, said.quality]),
        np.concatenate([arrived, said.time]),
    )
    batch = flagged.batch
    standing.health.count(at_ms, batch, refused_series)
    return ClosedBatch(
        at_ms=at_ms,
        batch=batch,
        kept=kept,
        refused=refused,
        unkept=unkept,
        offsets=offsets,
        released=[d.piece for d in gathering.deliveries if d.piece is not None],
        found=flagged.found,
        health=len(said),
        received=len(batch) + sum(reject.count for _, reject in rejects),
        accepted=int(np.count_nonzero(count)),
        quarantined_messages=len({i for i, _ in rejects if not count[i]}),
    )


def _rejects_of(
    unusable: Unusable, readings: _Readings, deliveries: Sequence[Delivery]
) -> Iterator[tuple[int, Reject]]:
    """One reject for each message and reason, its first reading named."""
    reasons: tuple[tuple[Reason, Bools], ...] = (
        (Reason.NOT_FINITE, unusable.not_finite),
        (Reason.IMPOSSIBLE_TIME, unusable.impossible_time),
    )
    for reason, which in reasons:
        rows = which.nonzero()[0]
        messages, first, count = np.unique(readings.origin[rows], return_index=True, return_counts=True)
        for message, row, n in zip(messages.tolist(), rows[first].tolist(), count.tolist(), strict=True):
            detail = f"{readings.named(row)}, arrived at {deliveries[message].arrived_ms} ms"
            yield message, Reject(reason, n, detail)


def _piece(delivery: Delivery, reject: Reject) -> Quarantined:
    payload = delivery.payload
    return Quarantined(
        topic=delivery.topic,
        payload=payload[:KEPT_BYTES],
        length=len(payload),
        sha256=hashlib.sha256(payload).hexdigest(),
        arrived_ms=delivery.arrived_ms,
        reason=reject.reason,
        count=reject.count,
        detail=reject.detail,
    )


def _fitting(
    pieces: Sequence[Quarantined], origin: Sequence[int], room: int
) -> tuple[list[Quarantined], frozenset[int]]:
    """The pieces that still fit into `room` bytes, and the messages of those that do not."""
    kept: list[Quarantined] = []
    unkept: set[int] = set()
    for piece, message in zip(pieces, origin, strict=True):
        if weight(piece) <= room:
            room -= weight(piece)
            kept.append(piece)
        else:
            unkept.add(message)
    return kept, frozenset(unkept)
