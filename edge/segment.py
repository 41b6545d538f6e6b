"""One file of the spool: messages one after the other, and what was settled meanwhile.

What is known of its messages is three columns, 13 bytes a message: a spool of a week's outage has half a million.
"""

import os
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from city.wire.receipt import Receipt
from edge.message import Message
from edge.record import encode_record, record_at, records

MESSAGE: Final = 1  # kinds of records
SETTLED: Final = 2

WAITING: Final = 0  # where a message stands
OUT: Final = 1
GONE: Final = 2  # settled, or not to be read any more
ASIDE: Final = 3
_URGENT: Final = 0x80  # beside it: the message goes first

SUFFIX: Final = ".spool"


@dataclass(slots=True)
class Segment:
    """Messages of one start of the device, by ascending seq.

    first_seq: no message in it has a lower one; it stands in the file's name
    left: how many are not gone; aside: how many are set aside
    """

    path: Path
    first_seq: int
    boot: str
    size: int = 0
    seqs: "array[int]" = field(default_factory=lambda: array("Q"))
    offsets: "array[int]" = field(default_factory=lambda: array("I"))
    left: int = 0
    aside: int = 0
    _marks: bytearray = field(default_factory=bytearray)

    @classmethod
    def named(cls, folder: Path, first_seq: int, boot: str) -> "Segment":
        """A new one; its file comes with the first write."""
        return cls(folder / f"{first_seq:020d}{SUFFIX}", first_seq, boot)

    def __len__(self) -> int:
        return len(self.seqs)

    @property
    def next_seq(self) -> int:
        """The lowest number that none of its messages has, and none before them."""
        return self.seqs[-1] + 1 if self.seqs else self.first_seq

    def add(self, seq: int, offset: int, *, urgent: bool) -> int:
        """Notes a message that was written there; gives its index. urgent: it goes first."""
        self.seqs.append(seq)
        self.offsets.append(offset)
        self._marks.append(WAITING | _URGENT * urgent)
        self.left += 1
        return len(self.seqs) - 1

    def read(self, index: int) -> Message | None:
        """The message, from the file; None where it cannot be read any more."""
        offset = self.offsets[index]
        end = self.offsets[index + 1] if index + 1 < len(self.offsets) else self.size
        try:
            with self.path.open("rb", buffering=0) as file:
                found = record_at(os.pread(file.fileno(), end - offset, offset), 0)
        except OSError:
            return None
        return None if found is None else _message(found.kind, found.content)

    def stands(self, index: int) -> int:
        """Where a message stands."""
        return self._marks[index] & ~_URGENT

    def is_urgent(self, index: int) -> bool:
        """Whether it goes first."""
        return bool(self._marks[index] & _URGENT)

    def mark(self, index: int, where: int) -> None:
        """Moves a message there; what is gone stays gone."""
        before = self.stands(index)
        if before != GONE:
            self._marks[index] = where | self._marks[index] & _URGENT
            self.left -= where == GONE
            self.aside += (where == ASIDE) - (before == ASIDE)

    def covered(self, receipt: Receipt) -> Iterator[int]:
        """Indices of the messages that a receipt names and that are not gone."""
        if receipt.boot != self.boot:
            return
        for first, last in receipt.seqs:
            index = bisect_left(self.seqs, first)
            while index < len(self.seqs) and self.seqs[index] <= last:
                if self.stands(index) != GONE:
                    yield index
                index += 1


def load_segment(path: Path) -> tuple[Segment, list[Receipt], list[int]] | None:
    """A file as it lies there: its messages, what it says was settled, and the indices of those that go first.

    None for a file that is none of the spool's. Raises OSError where the disk cannot be read.
    """
    if path.suffix != SUFFIX or not path.stem.isdigit():
        return None
    written = path.read_bytes()
    segment = Segment(path, int(path.stem), "", len(written))
    receipts: list[Receipt] = []
    urgent: list[int] = []
    for offset, kind, content in records(written):
        if kind == SETTLED and (receipt := _receipt(content)) is not None:
            receipts.append(receipt)
        elif (message := _message(kind, content)) is not None and message.seq >= segment.next_seq:
            segment.boot = message.boot
            index = segment.add(message.seq, offset, urgent=message.urgent)
            if message.urgent:
                urgent.append(index)
    return segment, receipts, urgent


def message_record(message: Message) -> bytes:
    """A message as it is written."""
    return encode_record(MESSAGE, msgspec.msgpack.encode(message))


def settled_record(receipt: Receipt) -> bytes:
    """What was settled, as it is written."""
    return encode_record(SETTLED, msgspec.msgpack.encode(receipt))


def _message(kind: int, content: bytes) -> Message | None:
    try:
        return msgspec.msgpack.decode(content, type=Message) if kind == MESSAGE else None
    except msgspec.MsgspecError:
        return None


def _receipt(content: bytes) -> Receipt | None:
    try:
        return msgspec.msgpack.decode(content, type=Receipt)
    except msgspec.MsgspecError:
        return None
