"""Records in a file that may break off or be damaged anywhere: each stands for itself, what is damaged is passed over.

A record is a mark, its kind, its length and a checksum over kind, length and content. A reader that meets anything else
goes on at the next mark whose checksum is right. So of a file of which any bytes are lost or turned, what is read is a
part of what was written, never anything else (but for one chance in four thousand million a damaged mark).
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

MARK: Final = b"\xa5M"
_HEAD: Final = struct.Struct(">2sBII")  # mark, kind, length, checksum
_CHECKED: Final = struct.Struct(">BI")  # what the checksum covers of the head
HEAD_BYTES: Final = _HEAD.size
MAX_BYTES: Final = 256 * 1024  # of one record: the wire takes no more in one message


class Found(NamedTuple):
    """A record that is whole. offset: where it begins in the file."""

    offset: int
    kind: int
    content: bytes


def encode_record(kind: int, content: bytes) -> bytes:
    """A record as it is written."""
    return _HEAD.pack(MARK, kind, len(content), _checksum(kind, content)) + content


def records(written: bytes) -> Iterator[Found]:
    """All that are whole, in the order of their places."""
    at = 0
    while (at := written.find(MARK, at)) >= 0:
        found = record_at(written, at)
        if found is None:
            at += 1
        else:
            yield found
            at += HEAD_BYTES + len(found.content)


def record_at(written: bytes, at: int) -> Found | None:
    """The record that begins there; None where none that is whole does."""
    if at + HEAD_BYTES > len(written):
        return None
    mark, kind, length, checksum = _HEAD.unpack_from(written, at)
    end = at + HEAD_BYTES + length
    if mark != MARK or length > MAX_BYTES or end > len(written):
        return None
    content = written[at + HEAD_BYTES : end]
    return Found(at, kind, content) if _checksum(kind, content) == checksum else None


def _checksum(kind: int, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(_CHECKED.pack(kind, len(content))))
