"""A batch as the bytes of one journal row, and back.

A header of 24 bytes (little-endian), then the columns one after the other, widest first so that each stays aligned:

    u8 format, u8 flags, 2 spare, u32 readings, u32 CRC-32 of the columns, 4 spare, i64 earliest time (ms)
    f64 value[n], then u32 (or i64) time since the earliest[n], i32 series[n], u8 quality[n]

Readings of one batch mostly lie within minutes and have no quality bit set: then a time takes four bytes instead of
eight and the quality column is left out, which is 16 bytes a reading instead of 21.
"""

import struct
import zlib
from typing import Final

import numpy as np

from city.reading import ReadingBatch
from ingest.journal.database import JournalError

FORMAT: Final = 1
WIDE_TIMES: Final = 1  # the batch spans 2**32 ms (49 days) or more
FLAGGED: Final = 2  # at least one reading has a quality bit

_HEADER: Final = struct.Struct("<BBxxIIxxxxq")
_NARROW_MS: Final = 1 << 32


def pack(columns: ReadingBatch) -> bytes:
    """The bytes of `columns`, whose `series` are the journal's own series ids. At least one reading."""
    earliest = int(columns.time.min())
    since = columns.time - earliest
    wide = int(since.max()) >= _NARROW_MS
    flagged = bool(columns.quality.any())
    body = b"".join(
        (
            columns.value.astype("<f8", copy=False).tobytes(),
            since.astype("<i8" if wide else "<u4").tobytes(),
            columns.series.astype("<i4", copy=False).tobytes(),
            columns.quality.tobytes() if flagged else b"",
        )
    )
    flags = (WIDE_TIMES if wide else 0) | (FLAGGED if flagged else 0)
    return _HEADER.pack(FORMAT, flags, len(columns), zlib.crc32(body), earliest) + body


def unpack(packed: bytes, position: int) -> ReadingBatch:
    """The columns that `pack` was given. `position` is named in the error.

    Raises JournalError where the bytes are not what was written.
    """
    if len(packed) < _HEADER.size:
        raise JournalError("ingest.journal_row_damaged", position=position)
    form, flags, count, crc, earliest = _HEADER.unpack_from(packed)
    wide, flagged = bool(flags & WIDE_TIMES), bool(flags & FLAGGED)
    ends = np.cumsum([_HEADER.size, 8 * count, (8 if wide else 4) * count, 4 * count, count if flagged else 0])
    if form != FORMAT or len(packed) != ends[-1] or zlib.crc32(memoryview(packed)[_HEADER.size :]) != crc:
        raise JournalError("ingest.journal_row_damaged", position=position)
    return ReadingBatch(
        series=np.frombuffer(packed, "<i4", count, int(ends[2])),
        time=np.frombuffer(packed, "<i8" if wide else "<u4", count, int(ends[1])) + np.int64(earliest),
        value=np.frombuffer(packed, "<f8", count, int(ends[0])),
        quality=np.frombuffer(packed, np.uint8, count, int(ends[3])) if flagged else np.zeros(count, np.uint8),
    )
