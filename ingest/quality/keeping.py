"""Memories as bytes, series by name, and back for the series of another catalog."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from city.reading import Int64s, SeriesKey
from ingest.quality.check import Memory

FORM: Final = 1  # where the meaning or shape of a memory changes it counts up, and checks begin anew once


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


def pack_memories(memories: Mapping[str, Memory], keys: Sequence[SeriesKey]) -> bytes:
    """The memories as bytes; `keys[i]` is the series with index i."""
    names = [(key.device, key.sensor) for key in keys]
    return msgspec.msgpack.encode(_Kept(FORM, names, {name: _kept(each) for name, each in memories.items()}))


def unpack_memories(packed: bytes, keys: Sequence[SeriesKey]) -> dict[str, Memory]:
    """What `pack_memories` was given, for the series `keys`; nothing where it is of another form."""
    if msgspec.msgpack.decode(packed, type=_Form).form != FORM:
        return {}
    kept = msgspec.msgpack.decode(packed, type=_Kept)
    index = {key: place for place, key in enumerate(keys)}
    places = np.array([index.get(SeriesKey(*name), -1) for name in kept.keys], np.int64)
    return {name: _memory(each, places) for name, each in kept.memories.items()}


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
