"""Receipts: which of a device's numbered messages are settled, so that its spool can drop them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from city.wire.decoded import decoded
from city.wire.errors import WireError

MAX_SEQ: Final = 2**63 - 1  # what SQLite and every other store hold as an integer; a device never comes near
MAX_RANGES: Final = 10_000  # of one receipt; a device has at most 64 messages out, so more is rubbish


class Receipt(msgspec.Struct, frozen=True):
    """`{"boot": …, "seqs": [[first, last], …]}`: both ends are settled, and all between them.

    Stateless: each names what was settled since the last one, and a repeated one does no harm.
    """

    boot: str
    seqs: tuple[tuple[int, int], ...]

    def encode(self) -> bytes:
        """JSON, as it travels."""
        return msgspec.json.encode(self)

    def covers(self, seq: int) -> bool:
        """Whether message `seq` of this boot is settled."""
        return any(first <= seq <= last for first, last in self.seqs)


def decode_receipt(payload: bytes) -> Receipt:
    """The receipt in `payload`. Raises WireError when it is none, or a range is backwards or out of bounds."""
    receipt = decoded(payload, Receipt, "a receipt")
    if len(receipt.seqs) > MAX_RANGES:
        raise WireError(f"a receipt with {len(receipt.seqs)} ranges")
    if not all(0 <= first <= last <= MAX_SEQ for first, last in receipt.seqs):
        raise WireError("a range of a receipt runs backwards or out of bounds")
    return receipt


class SeqRanges:
    """A set of message numbers kept as ranges: numbers that follow one another cost nothing."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, seqs: Iterable[int] = ()) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for seq in seqs:
            self.add(seq)

    def add(self, seq: int) -> None:
        """Takes a number in; one that is there already changes nothing. The next in order is the cheap case."""
        firsts, lasts = self._firsts, self._lasts
        if lasts and seq == lasts[-1] + 1:
            lasts[-1] = seq
            return
        at = bisect_right(firsts, seq)  # the ranges before `at` begin at or before seq
        if at and seq <= lasts[at - 1]:
            return
        joins_left = at > 0 and lasts[at - 1] == seq - 1
        joins_right = at < len(firsts) and firsts[at] == seq + 1
        if joins_left and joins_right:
            lasts[at - 1] = lasts[at]
            del firsts[at], lasts[at]
        elif joins_left:
            lasts[at - 1] = seq
        elif joins_right:
            firsts[at] = seq
        else:
            firsts.insert(at, seq)
            lasts.insert(at, seq)

    def __contains__(self, seq: int) -> bool:
        at = bisect_right(self._firsts, seq)
        return at > 0 and seq <= self._lasts[at - 1]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """(first, last) of each range, ascending; ranges neither touch nor overlap."""
        return zip(self._firsts, self._lasts, strict=True)

    def __bool__(self) -> bool:
        return bool(self._firsts)

    def __len__(self) -> int:
        """How many numbers there are."""
        return sum(self._lasts) - sum(self._firsts) + len(self._firsts)

    def receipt(self, boot: str) -> Receipt:
        """These numbers as the receipt for `boot`."""
        return Receipt(boot, tuple(self))
