"""How far each series has come: the newest of its readings in the journal that is not `bad`."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from city.reading import Bools, Float64s, Int32s, Int64s, Quality, ReadingBatch, SeriesKey
from ingest.journal.reader import Reader

NEVER: Final = np.iinfo(np.int64).min  # the frontier of a series without a reading: every reading is newer


@dataclass(frozen=True, slots=True)
class Newest:
    """A series' frontier (ms) and the value of the reading that stands there."""

    time_ms: int
    value: float


class Frontier:
    """Frontiers of a catalog's series, as columns; those of other series are only kept.

    time: int64[series], ms, `NEVER` where there is none; value: float64[series], canonical unit
    """

    def __init__(self, keys: Sequence[SeriesKey], newest: Mapping[SeriesKey, Newest] | None = None) -> None:
        """`keys[i]` is the series with index i; `newest` is where a former frontier stood."""
        newest = newest or {}
        nothing = Newest(NEVER, np.nan)
        self._keys = tuple(keys)
        self.time: Int64s = np.array([newest.get(key, nothing).time_ms for key in keys], np.int64)
        self.value: Float64s = np.array([newest.get(key, nothing).value for key in keys], np.float64)
        self._others = {key: each for key, each in newest.items() if key not in set(keys)}

    def late(self, series: Int32s, time: Int64s) -> Bools:
        """bool[n]: which readings are not newer than their series' frontier."""
        late: Bools = time <= self.time[series]
        return late

    def advance(self, batch: ReadingBatch) -> None:
        """Moves on by a batch (sorted by time) that goes into the journal. Of equal times the first reading stands."""
        moving = (batch.quality & Quality.BAD) == 0
        moving &= ~self.late(batch.series, batch.time)
        series, time, value = batch.series[moving], batch.time[moving], batch.value[moving]
        self.time[series] = time  # of a series' readings the last assignment stays: the newest
        stands = (time == self.time[series]).nonzero()[0][::-1]
        self.value[series[stands]] = value[stands]  # backwards, so that the first of equal times stays

    def newest(self) -> dict[SeriesKey, Newest]:
        """By key, every series that has a frontier, series of no present catalog included."""
        there = (self.time != NEVER).nonzero()[0].tolist()
        times, values = self.time.tolist(), self.value.tolist()
        return self._others | {self._keys[i]: Newest(times[i], values[i]) for i in there}


def restore_frontier(saved: tuple[int, bytes] | None, reader: Reader, keys: Sequence[SeriesKey]) -> Frontier:
    """The frontier at the journal's newest entry, for the series `keys`.

    saved: position and bytes of an earlier one; the batches after it are read. Blocking.
    """
    position, newest = (saved[0], unpack_frontier(saved[1])) if saved else (0, {})
    every = Frontier(reader.series_keys(), newest)  # the journal's batches name series by its own ids
    for _, columns in reader.batches(position):
        every.advance(columns)
    return Frontier(keys, every.newest())


def pack_frontier(frontier: Frontier) -> bytes:
    """The frontier as bytes, series by name."""
    rows = [(key.device, key.sensor, each.time_ms, each.value) for key, each in frontier.newest().items()]
    return zlib.compress(msgspec.msgpack.encode(rows), 1)


def unpack_frontier(packed: bytes) -> dict[SeriesKey, Newest]:
    """What `pack_frontier` was given."""
    rows = msgspec.msgpack.decode(zlib.decompress(packed), type=list[tuple[str, str, int, float]])
    return {SeriesKey(device, sensor): Newest(time_ms, value) for device, sensor, time_ms, value in rows}
