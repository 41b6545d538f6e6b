"""What a device keeps on its disk until the city says that it has it.

A message is dropped on the city's receipt and on nothing else. Appended, it outlives the agent's death at once, and a
loss of power once it was synced: at most `SYNC_EVERY_S` later, at once where it goes first. Writes come together, since
an SD card wears by the block and not by the byte. A spool that is full, or whose disk is, refuses what comes; that is
counted and told.

After an outage what goes first goes newest first, the rest oldest first, in turns. What goes first and was read just
now waits for nobody: some places out are kept free for it, since receipts come but once a second.
"""

import contextlib
import os
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from city.errors import MeganeError
from city.wire.receipt import Receipt, SeqRanges
from edge.message import Message, Value
from edge.outbox import FIRST_DELAY_S, Outbox
from edge.segment import ASIDE, GONE, OUT, WAITING, Segment, load_segment, message_record, settled_record

SYNC_EVERY_S: Final = 5.0  # what a loss of power may cost of what is not pressing
LIMIT_BYTES: Final = 256 * 1024 * 1024  # a fortnight of ten sensors a second; a sixtieth of the smallest card
SEGMENT_BYTES: Final = 1024 * 1024  # what is settled is given back in pieces of this size
RESTED_BYTES: Final = 64 * 1024  # a file of that size whose messages are all settled is not written any further
# Numbers that a start leaves out: more than could be sent without being on the disk when the power was lost.
LEFT_OUT: Final = 1_000


# Places out that a backlog leaves free: between two receipts no device near a level sends as many messages.
KEPT_FREE: Final = 16


class SpoolRefusedError(MeganeError):
    """The message was not taken: the spool is full, or its disk is."""


class Spool:
    """One device's messages: waiting, out, and set aside. Not safe for several threads at once.

    refused: messages that were not taken; damaged: messages that could not be read any more
    """

    def __init__(
        self,
        folder: Path,
        boot: str,
        *,
        limit_bytes: int = LIMIT_BYTES,
        first_delay_s: float = FIRST_DELAY_S,
        write: Callable[[int, bytes], int] = os.write,
    ) -> None:
        """Reads what lies in `folder`. Blocking. Raises OSError where that cannot be done.

        boot: names this start of the device
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._boot = boot
        self._limit_bytes = limit_bytes
        self._write = write
        self._outbox: Outbox[tuple[int, int]] = Outbox(first_delay_s)
        self._segments: dict[int, Segment] = {}
        self._urgent: array[int] = array("Q")  # `_packed` keys of what goes first, the newest last
        self._fresh = 0  # so many of them, the last, came since something was sent
        self._cursor = (0, 0)  # segment and index: of what does not go first, nothing waits before it
        self._urgent_turn = True
        self._owed: dict[str, SeqRanges] = {}  # settled, and not yet written down
        self._dirty = False
        self.refused = 0
        self.damaged = 0
        self._load()
        self._active = self._segments[self._next_seq] = Segment.named(folder, self._next_seq, boot)
        self._fd = self._open(self._active)
        self._give_back()

    def __len__(self) -> int:
        """Messages that still want a receipt; those set aside are not counted."""
        return sum(segment.left for segment in self._segments.values()) - self.aside

    @property
    def aside(self) -> int:
        """How many are set aside."""
        return sum(segment.aside for segment in self._segments.values())

    @property
    def resent(self) -> int:
        """How often a message was sent again."""
        return self._outbox.resent

    @property
    def size_bytes(self) -> int:
        """What lies on the disk."""
        return sum(segment.size for segment in self._segments.values())

    @property
    def room_bytes(self) -> int:
        """What can still be appended: up to the limit, and as far as the disk has room."""
        there = os.statvfs(self._folder)
        return max(0, min(self._limit_bytes - self.size_bytes, there.f_bavail * there.f_frsize))

    def append(
        self, measurements: Sequence[tuple[str, str | None, int, Value]], *, synced: bool, urgent: bool = False
    ) -> Message:
        """Takes readings in as the next message. Raises SpoolRefusedError where they cannot be kept."""
        message = Message(self._next_seq, self._boot, synced, list(measurements), urgent)
        record = message_record(message)
        if self.size_bytes + len(record) > self._limit_bytes:
            raise self._refusal("the spool is full")
        if self._active.size + len(record) > SEGMENT_BYTES and not self._roll():
            raise self._refusal("the disk takes no new file")
        offset = self._active.size
        if not self._put(record):
            raise self._refusal("the disk does not take it")
        self._next_seq += 1
        index = self._active.add(message.seq, offset, urgent=urgent)
        if urgent:
            self._urgent.append(_packed(self._active, index))
            self._fresh += 1
            self.sync()
        return message

    def _refusal(self, why: str) -> SpoolRefusedError:
        self.refused += 1
        return SpoolRefusedError(why)

    def sync(self) -> bool:
        """Whether what was appended and settled so far outlives a loss of power; not where the disk refuses. Blocks."""
        for boot, ranges in list(self._owed.items()):
            if not self._put(settled_record(ranges.receipt(boot))):
                return False  # until it is written it may be sent again after a restart, and the city knows it
            del self._owed[boot]
        try:
            if self._dirty:
                os.fdatasync(self._fd)
        except OSError:
            return False
        self._dirty = False
        return True

    def reconnected(self) -> None:
        """Everything that is out is due at once."""
        self._outbox.reconnected()
        self._fresh = 0

    def to_send(self, now_s: float) -> list[Message]:
        """What is to be sent now, in the order of sending."""
        again, aside = self._outbox.again(now_s)
        for first, index in aside:
            self._segments[first].mark(index, ASIDE)
        sending = [message for key in again if (message := self._read(key)) is not None]
        while self._outbox.room > (0 if self._fresh else KEPT_FREE) and (key := self._next_waiting()) is not None:
            message = self._read(key)
            if message is not None:
                self._segments[key[0]].mark(key[1], OUT)
                self._outbox.sent(key, now_s)
                sending.append(message)
        return sending

    def next_due_s(self) -> float:
        """When something that is out is to be sent again."""
        return self._outbox.next_due_s()

    def settle(self, receipt: Receipt) -> int:
        """Drops what `receipt` covers; what was sent before any of that is due again. Gives how many it covered."""
        covered = [(first, k) for first, segment in self._segments.items() for k in segment.covered(receipt)]
        owed = self._owed.setdefault(receipt.boot, SeqRanges()) if covered else SeqRanges()
        for first, index in covered:
            owed.add(self._segments[first].seqs[index])
            self._segments[first].mark(index, GONE)
        self._outbox.settle(covered)
        self._give_back()
        return len(covered)

    def close(self) -> None:
        """Syncs, and lets go of its files."""
        self.sync()
        os.close(self._fd)

    def drop(self) -> None:
        """Lets go of its files as they are."""
        os.close(self._fd)

    # -- files --------------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        receipts: list[Receipt] = []
        self._next_seq = 0
        for path in sorted(self._folder.iterdir()):
            found = load_segment(path)
            if found is None:
                continue
            segment, settled, urgent = found
            receipts += settled
            self._urgent.extend(_packed(segment, index) for index in urgent)
            self._segments[segment.first_seq] = segment
            self._next_seq = max(self._next_seq, segment.next_seq + LEFT_OUT)
        for receipt in receipts:
            for segment in self._segments.values():
                for index in list(segment.covered(receipt)):
                    segment.mark(index, GONE)

    def _open(self, segment: Segment) -> int:
        """Its file, there from then on: its name says which numbers were given away, whatever becomes of it."""
        fd = os.open(segment.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        folder = os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return fd

    def _roll(self) -> bool:
        """What comes now goes to a new file; whether there is one."""
        self.sync()
        following = Segment.named(self._folder, self._next_seq, self._boot)
        try:
            fd = self._open(following)
        except OSError:
            return False
        os.close(self._fd)
        self._active = self._segments[following.first_seq] = following
        self._fd = fd
        return True

    def _put(self, record: bytes) -> bool:
        """Writes behind what is there; whether all of it was taken. Where not, nothing of it stays."""
        try:
            written = self._write(self._fd, record)
        except OSError:
            written = 0
        if written < len(record):
            with contextlib.suppress(OSError):  # what stays then is passed over when it is read
                os.ftruncate(self._fd, self._active.size)
            return False
        self._active.size += len(record)
        self._dirty = True
        return True

    def _give_back(self) -> None:
        """Deletes files of which nothing is left; the one that is written once it has some size."""
        if self._active.left == 0 and self._active.size >= RESTED_BYTES:
            self._roll()
        for first, segment in list(self._segments.items()):
            if segment.left == 0 and segment is not self._active:
                segment.path.unlink(missing_ok=True)
                del self._segments[first]

    # -- what waits ---------------------------------------------------------------------------------------------------

    def _next_waiting(self) -> tuple[int, int] | None:
        """The next that goes out for the first time: in turns one that goes first and one that does not.

        What goes first and came just now takes no turns.
        """
        if self._fresh:
            self._fresh -= 1
            key = self._next_urgent()
            if key is not None:
                return key
        turns = (
            (self._next_urgent, self._next_of_rest) if self._urgent_turn else (self._next_of_rest, self._next_urgent)
        )
        for turn in turns:
            key = turn()
            if key is not None:
                self._urgent_turn = turn == self._next_of_rest
                return key
        return None

    def _next_urgent(self) -> tuple[int, int] | None:
        while self._urgent:
            key = _unpacked(self._urgent.pop())
            if self._waits(key):
                return key
        return None

    def _next_of_rest(self) -> tuple[int, int] | None:
        """The oldest. One that goes first and waits is passed over: its turn comes from the other side."""
        for first, segment in self._segments.items():  # in the order of their numbers
            if segment.first_seq < self._cursor[0]:
                continue
            start = self._cursor[1] if first == self._cursor[0] else 0
            for index in range(start, len(segment)):
                if segment.stands(index) == WAITING and not segment.is_urgent(index):
                    self._cursor = first, index + 1
                    return first, index
            self._cursor = first, len(segment)
        return None

    def _waits(self, key: tuple[int, int]) -> bool:
        segment = self._segments.get(key[0])
        return segment is not None and segment.stands(key[1]) == WAITING

    def _read(self, key: tuple[int, int]) -> Message | None:
        """The message, from its file. One that cannot be read any more is given up, and counted."""
        segment = self._segments[key[0]]
        message = segment.read(key[1])
        if message is None or message.seq != segment.seqs[key[1]]:
            segment.mark(key[1], GONE)
            self._outbox.drop(key)
            self.damaged += 1
            return None
        return message


def _packed(segment: Segment, index: int) -> int:
    """A key as one number of 64 bits: a file has less than 2²⁰ messages, a device sends less than 2⁴⁴."""
    return segment.first_seq << 20 | index


def _unpacked(key: int) -> tuple[int, int]:
    return key >> 20, key & 0xFFFFF
