"""The journal's newest rows in memory, so that consumers that keep up never read the disk."""

import threading
from collections import deque
from typing import Final

from ingest.journal.row import Row

# About 1.5 million readings: minutes of a city's load, and small beside the 400 MB that an idle city may take.
RECENT_BYTES: Final = 32 * 1024 * 1024
_ROW_BYTES: Final = 600  # of a row without readings: its objects
_READING_BYTES: Final = 21


class RecentRows:
    """The newest rows, without a gap, at most `limit_bytes` of them. Safe for use from several threads."""

    def __init__(self, limit_bytes: int = RECENT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._rows: deque[Row] = deque()
        self._bytes = 0

    def add(self, row: Row) -> None:
        """The row after the newest."""
        with self._lock:
            self._rows.append(row)
            self._bytes += _bytes_of(row)
            while self._bytes > self._limit_bytes:
                self._bytes -= _bytes_of(self._rows.popleft())

    def after(self, position: int, limit: int) -> list[Row]:
        """At most `limit` rows after `position`; none where the first of them is not here."""
        with self._lock:
            if not self._rows or position + 1 < self._rows[0].position:
                return []
            start = position + 1 - self._rows[0].position
            return [self._rows[i] for i in range(start, min(start + limit, len(self._rows)))]


def _bytes_of(row: Row) -> int:
    size = _ROW_BYTES
    if row.columns is not None:
        size += _READING_BYTES * len(row.columns)
    if row.past is not None:
        size += _READING_BYTES * (len(row.past.columns) + len(row.past.ids))
    if row.files is not None:
        size += sum(map(len, row.files.values()))
    return size
