"""All checks over the readings of one catalog: what each finds doubtful, and what they remember over a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from city.catalog import Catalog
from city.reading import Bools, Int64s, Quality, ReadingBatch, SeriesKey
from ingest.quality import CHECKS
from ingest.quality.check import Check, Memory
from ingest.quality.stretch import NEVER, Past, lay

# Of what is kept. Where the meaning or shape of a memory changes it counts up, and checks begin anew once.
_FORM: Final = 1
_PAST: Final = "past"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: rows of the batch that was examined."""

    check: Check
    rows: Int64s


class Examination:
    """The checks at work. Each batch is examined once, in the order of the journal.

    Memory: 136 bytes a series for the past, 16 for flat lines, 32 for clocks; 265 more where drift is looked for.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._keys = tuple(sensor.key for sensor in catalog.sensors)
        self._past = Past(len(self._keys))
        self._judges = [(check, check.begin(catalog)) for check in CHECKS if check.begin is not None]

    def examine(self, batch: ReadingBatch, arrived: Int64s) -> list[Finding]:
        """What is doubtful among the readings of `batch` (sorted by time) that are neither bad nor late.

        arrived: int64[n], ms of the city's clock
        """
        rows = _judged(batch)
        stretch = lay(self._past, batch.series[rows], batch.time[rows], batch.value[rows], arrived[rows])
        findings = [Finding(check, rows[judge.judge(stretch)]) for check, judge in self._judges]
        self._past.take_in(stretch)
        return findings

    def take_up(self, batch: ReadingBatch, at_ms: int) -> None:
        """A batch that is in the journal already, with the bits that it got then; `at_ms` stands for its arrival."""
        self.examine(batch, np.full(len(batch), at_ms, np.int64))

    def pack(self) -> bytes:
        """What is remembered, series by name."""
        there: Int64s = (self._past.time != NEVER).any(axis=1).nonzero()[0]
        past = Memory(there, {name: column[there] for name, column in self._past.columns().items()})
        memories = {_PAST: past, **{check.name: judge.memory() for check, judge in self._judges}}
        keys = [(key.device, key.sensor) for key in self._keys]
        return msgspec.msgpack.encode(_Kept(_FORM, keys, {name: _kept(each) for name, each in memories.items()}))

    def unpack(self, packed: bytes) -> None:
        """Takes up what `pack` once gave; series that the catalog does not have any more are left out."""
        if msgspec.msgpack.decode(packed, type=_Form).form != _FORM:
            return
        kept = msgspec.msgpack.decode(packed, type=_Kept)
        index = {key: place for place, key in enumerate(self._keys)}
        places = np.array([index.get(SeriesKey(*key), -1) for key in kept.keys], np.int64)
        past = _memory(kept.memories[_PAST], places)
        for name, column in self._past.columns().items():
            column[past.series] = past.columns[name]
        for check, judge in self._judges:
            if check.name in kept.memories:
                judge.remember(_memory(kept.memories[check.name], places))


def _judged(batch: ReadingBatch) -> Int64s:
    """Rows that are neither bad nor late, of equal series and time the first; by series, each in order of time."""
    rows = ((batch.quality & np.uint8(Quality.BAD | Quality.LATE)) == 0).nonzero()[0]
    rows = rows[np.argsort(batch.series[rows], kind="stable")]
    series, time = batch.series[rows], batch.time[rows]
    first: Bools = np.ones(len(rows), np.bool_)
    first[1:] = (series[1:] != series[:-1]) | (time[1:] != time[:-1])
    found: Int64s = rows[first]
    return found


class _Form(msgspec.Struct):
    form: int


class _KeptColumn(msgspec.Struct):
    """An array. kind: its dtype, little-endian."""

    kind: str
    shape: Sequence[int]
    content: bytes


class _KeptMemory(msgspec.Struct):
    """series: int32, places in the keys."""

    series: bytes
    columns: Mapping[str, _KeptColumn]


class _Kept(msgspec.Struct):
    form: int
    keys: Sequence[tuple[str, str]]
    memories: Mapping[str, _KeptMemory]


def _kept(memory: Memory) -> _KeptMemory:
    columns = {
        name: _KeptColumn(column.dtype.newbyteorder("<").str, column.shape, column.tobytes())
        for name, column in memory.columns.items()
    }
    return _KeptMemory(memory.series.astype("<i4").tobytes(), columns)


def _memory(kept: _KeptMemory, places: Int64s) -> Memory:
    """The memory of those series that are still there."""
    series: Int64s = places[np.frombuffer(kept.series, "<i4")]
    here = series >= 0
    columns = {
        name: np.frombuffer(column.content, column.kind).reshape(column.shape)[here]
        for name, column in kept.columns.items()
    }
    return Memory(series[here], columns)
