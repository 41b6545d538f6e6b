"""Readings of the past as the bytes of one journal row: what the engine was given from the store, and of which series.

A header of 8 bytes (little-endian): u32 series, u32 CRC-32 of their ids; then i32 id[n], i64 from[n] (ms) and, unless
there are no readings, a batch as `columns.py` packs it.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.reading import Int32s, Int64s, ReadingBatch
from ingest.journal.columns import pack, unpack
from ingest.journal.database import JournalError

_HEADER: Final = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Past:
    """Readings of some series; `ids` (int32[n]) and the series of `columns` are the journal's own.

    from_ms: int64[n], for each of `ids`
    """

    ids: Int32s
    from_ms: Int64s
    columns: ReadingBatch


def pack_past(past: Past) -> bytes:
    """The bytes of it."""
    head = past.ids.astype("<i4", copy=False).tobytes() + past.from_ms.astype("<i8", copy=False).tobytes()
    return _HEADER.pack(len(past.ids), zlib.crc32(head)) + head + (pack(past.columns) if len(past.columns) else b"")


def unpack_past(packed: bytes, position: int) -> Past:
    """What `pack_past` was given. Raises JournalError where the bytes are not what was written."""
    if len(packed) < _HEADER.size:
        raise JournalError("ingest.journal_row_damaged", position=position)
    count, crc = _HEADER.unpack_from(packed)
    end = _HEADER.size + 12 * count
    if len(packed) < end or zlib.crc32(memoryview(packed)[_HEADER.size : end]) != crc:
        raise JournalError("ingest.journal_row_damaged", position=position)
    return Past(
        ids=np.frombuffer(packed, "<i4", count, _HEADER.size).astype(np.int32, copy=False),
        from_ms=np.frombuffer(packed, "<i8", count, _HEADER.size + 4 * count).astype(np.int64, copy=False),
        columns=unpack(packed[end:], position) if len(packed) > end else ReadingBatch.empty(),
    )
