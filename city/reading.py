"""What a sensor said: keys, quality bits and the columnar batch in which readings travel through the city."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag
from typing import Final

import numpy as np
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]
UInt8s = NDArray[np.uint8]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """What a reading belongs to, as a person writes it: `device:sensor`."""

    device: str
    sensor: str

    def __str__(self) -> str:
        return f"{self.device}:{self.sensor}"

    @classmethod
    def parse(cls, text: str) -> "SeriesKey":
        """The key written `device:sensor`. Raises ValueError where there is not exactly one colon."""
        device, sensor = text.split(":")
        return cls(device, sensor)


class Quality(IntFlag):
    """Bits of a reading's quality; 0 is a reading without a doubt."""

    BAD = 1  # outside the quantity's physical range: stored, invisible to rules of quality `good`
    SUSPECT = 2  # implausible but possible: stored, seen by rules, shown with the alert
    LATE = 4  # not newer than its series' frontier when it entered the journal
    CLOCK = 8  # its time is not to be relied on: reckoned by the city from uptime, or told by a clock that is wrong


GOOD: Final = Quality(0)


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """Readings as read-only columns of equal length.

    series: int32[n], index into the loaded catalog's series; never written where it could outlive that catalog
    time: int64[n], event time, whole milliseconds since the epoch, UTC
    value: float64[n], canonical unit of the series' quantity
    quality: uint8[n], bits of `Quality`

    A batch in the journal is sorted by time; equal times stand in their order of arrival.
    """

    series: Int32s
    time: Int64s
    value: Float64s
    quality: UInt8s

    def __post_init__(self) -> None:
        n = len(self.series)
        _check(self.series, np.int32, n)
        _check(self.time, np.int64, n)
        _check(self.value, np.float64, n)
        _check(self.quality, np.uint8, n)

    def __len__(self) -> int:
        return len(self.series)

    def take(self, which: Int64s | Bools | slice) -> "ReadingBatch":
        """The rows that `which` (indices, a mask, or a slice, which copies nothing) selects, in that order."""
        return ReadingBatch(self.series[which], self.time[which], self.value[which], self.quality[which])

    def pieces(self, most: int) -> "Iterator[ReadingBatch]":
        """All of it one after the other, at most so many readings at once."""
        return (self.take(slice(first, first + most)) for first in range(0, len(self), most))

    @classmethod
    def empty(cls) -> "ReadingBatch":
        """A batch of no readings."""
        return cls(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.uint8))

    @classmethod
    def concat(cls, parts: "list[ReadingBatch]") -> "ReadingBatch":
        """The rows of `parts` one after the other; of no parts, the empty batch."""
        if not parts:
            return cls.empty()
        return cls(
            np.concatenate([p.series for p in parts]),
            np.concatenate([p.time for p in parts]),
            np.concatenate([p.value for p in parts]),
            np.concatenate([p.quality for p in parts]),
        )


def _check(column: NDArray[np.generic], kind: type[np.generic], n: int) -> None:
    """Holds a column to its dtype and length, and closes it against writing."""
    if column.dtype != kind or column.shape != (n,):
        msg = f"expected {np.dtype(kind)}[{n}], got {column.dtype}{list(column.shape)}"
        raise TypeError(msg)
    column.flags.writeable = False
