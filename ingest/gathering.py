"""Messages gathered into one batch, and that batch made ready for the journal."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from city.delivery import Delivery
from city.ports import ClockOffset
from city.quarantine import KEPT_BYTES, Quarantined, Reason
from city.reading import Bools, Int64s, Quality, ReadingBatch, SeriesKey
from city.wire.topic import Topic
from ingest.journal.pieces import weight
from ingest.message import Message, Reject
from ingest.validation import AHEAD_MS, Unusable, Validation, find_unusable


@dataclass(slots=True)
class Gathering:
    """An open batch: plain lists over many messages, made into arrays once.

    Message i stands at place i of `deliveries`, `topics` and `messages`.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    topics: list[Topic | None] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    series: list[int] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def add(self, delivery: Delivery, topic: Topic | None, message: Message) -> None:
        """Takes one message in."""
        self.deliveries.append(delivery)
        self.topics.append(topic)
        self.messages.append(message)
        self.series += message.series
        self.time += message.time
        self.value += message.value

    def __len__(self) -> int:
        """Usable readings so far."""
        return len(self.series)


@dataclass(frozen=True, slots=True)
class ClosedBatch:
    """What one transaction of the journal takes, and what becomes of the messages afterwards.

    unkept: messages of which the quarantine has no room for a piece; acknowledged, but without a receipt
    refused: every piece, kept or not, as it is counted
    received: readings, rejects included
    accepted, quarantined_messages: messages with a usable reading, and without one but with a reject
    """

    at_ms: int
    batch: ReadingBatch
    kept: Sequence[Quarantined]
    refused: Sequence[Quarantined]
    unkept: frozenset[int]
    offsets: Sequence[ClockOffset]
    released: Sequence[Quarantined]
    received: int
    accepted: int
    quarantined_messages: int


def close(
    gathering: Gathering,
    at_ms: int,
    validation: Validation,
    keys: Sequence[SeriesKey],
    offsets: Sequence[ClockOffset],
    quarantine_room: int,
) -> ClosedBatch:
    """Validates the batch and moves the frontier past it. Once for each batch: a batch judged twice would be late.

    keys: of the catalog's series; quarantine_room: bytes that the quarantine still takes
    """
    messages = gathering.messages
    count = np.fromiter((len(m.series) for m in messages), np.int64, len(messages))
    arrived = np.fromiter((d.arrived_ms for d in gathering.deliveries), np.int64, len(messages))
    series = np.array(gathering.series, np.int32)
    time = np.array(gathering.time, np.int64)
    value = np.array(gathering.value, np.float64)
    reckoned = np.fromiter((m.uptime_now_ms is not None for m in messages), np.bool_, len(messages))
    quality = np.where(np.repeat(reckoned, count), np.uint8(Quality.CLOCK), np.uint8(0))
    rejects = [(i, reject) for i, m in enumerate(messages) if m.rejects for reject in m.rejects]
    unusable = find_unusable(time, value, np.repeat(arrived, count) + AHEAD_MS)
    if unusable.any():
        origin = np.repeat(np.arange(len(messages)), count)
        rejects += _rejects_of(unusable, origin, [keys[s] for s in gathering.series], gathering)
        keep = unusable.usable
        series, time, value, quality = series[keep], time[keep], value[keep], quality[keep]
        count = np.bincount(origin[keep], minlength=len(messages))
    refused = [_piece(gathering.deliveries[i], reject) for i, reject in rejects]
    kept, unkept = _fitting(refused, [i for i, _ in rejects], quarantine_room)
    batch = validation.flag(series, time, value, quality)
    return ClosedBatch(
        at_ms=at_ms,
        batch=batch,
        kept=kept,
        refused=refused,
        unkept=unkept,
        offsets=offsets,
        released=[d.piece for d in gathering.deliveries if d.piece is not None],
        received=len(batch) + sum(reject.count for _, reject in rejects),
        accepted=int(np.count_nonzero(count)),
        quarantined_messages=len({i for i, _ in rejects if not count[i]}),
    )


def _rejects_of(
    unusable: Unusable, origin: Int64s, keys: Sequence[SeriesKey], gathering: Gathering
) -> Iterator[tuple[int, Reject]]:
    """One reject for each message and reason, its first reading named."""
    reasons: tuple[tuple[Reason, Bools], ...] = (
        (Reason.NOT_FINITE, unusable.not_finite),
        (Reason.IMPOSSIBLE_TIME, unusable.impossible_time),
    )
    for reason, which in reasons:
        rows = which.nonzero()[0]
        messages, first, count = np.unique(origin[rows], return_index=True, return_counts=True)
        for message, row, n in zip(messages.tolist(), rows[first].tolist(), count.tolist(), strict=True):
            arrived_ms = gathering.deliveries[message].arrived_ms
            detail = f"{keys[row]} = {gathering.value[row]} at {gathering.time[row]} ms, arrived at {arrived_ms} ms"
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
