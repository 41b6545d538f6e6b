"""Readings as evidence: a document that holds them as they stood, and its hash.

The document is JSON, in columns as `/v1/series` gives them. What is kept, and what the hash is of, is its very bytes:
whoever was given it can show with `sha256sum` that it is the one.
"""

import hashlib
import zlib
from dataclasses import dataclass

import msgspec
import numpy as np

from city.reading import Int64s, ReadingBatch


class ReadingsDocument(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """Columns of equal length, in time order. Times ISO 8601, UTC; from ≤ time < to. quality: bits of `Quality`."""

    series: str
    unit: str
    from_: str
    to: str
    time: list[str]
    value: list[float]
    quality: list[int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Readings of one series, ready to be attached. document: the bytes that count."""

    series: str
    unit: str
    from_ms: int
    to_ms: int
    readings: int
    document: bytes

    @classmethod
    def of(cls, series: str, unit: str, from_ms: int, to_ms: int, batch: ReadingBatch) -> "Evidence":
        """The readings of `batch`, which are all of this series."""
        begin, end = _iso(np.array([from_ms, to_ms], np.int64))
        written = ReadingsDocument(
            series, unit, begin, end, _iso(batch.time), batch.value.tolist(), batch.quality.tolist()
        )
        return cls(series, unit, from_ms, to_ms, len(batch), msgspec.json.encode(written))

    @property
    def row(self) -> dict[str, object]:
        """As it stands in the table."""
        return {
            "series": self.series,
            "unit": self.unit,
            "from_ms": self.from_ms,
            "to_ms": self.to_ms,
            "readings": self.readings,
            "sha256": hashlib.sha256(self.document).hexdigest(),
            "body": zlib.compress(self.document),
        }


def _iso(times: Int64s) -> list[str]:
    column: list[str] = np.datetime_as_string(times.astype("datetime64[ms]"), timezone="UTC").tolist()
    return column
