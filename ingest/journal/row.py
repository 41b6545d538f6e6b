"""One row of the journal as it is read: an entry whose series are still the journal's own."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import assert_never

import msgspec
import numpy as np

from city.catalog import Catalog
from city.decision import Decision
from city.entry import (
    BatchEntry,
    CatalogEntry,
    CaughtUpEntry,
    DecisionEntry,
    Entry,
    FillEntry,
    RetroactiveEntry,
    RulesEntry,
    StartEntry,
    TickEntry,
)
from city.reading import Int32s, Int64s, ReadingBatch
from ingest.journal.columns import unpack
from ingest.journal.database import JournalError
from ingest.journal.past import Past, unpack_past
from ingest.journal.series_ids import SeriesIds


class Kind(IntEnum):
    """What a row is; the numbers stand in files and never change. `RULES` and `CATALOG` hold files."""

    BATCH = 1
    TICK = 2
    START = 3
    CAUGHT_UP = 4
    RULES = 5
    CATALOG = 6
    DECISION = 7
    FILL = 10
    RETROACTIVE = 11


@dataclass(frozen=True, slots=True)
class Row:
    """`columns` of a batch (its `series` are journal ids); `files`, `past` or `decision` where it holds these."""

    position: int
    at_ms: int
    kind: Kind
    columns: ReadingBatch | None = None
    files: Mapping[str, str] | None = None
    past: Past | None = None
    decision: Decision | None = None

    def newest_id(self) -> int:
        """The greatest journal id of a series in it, −1 where it has none."""
        if self.past is not None:
            return int(self.past.ids.max(initial=-1))
        return -1 if self.columns is None else int(self.columns.series.max(initial=-1))

    @classmethod
    def read(cls, position: int, at_ms: int, kind: int, body: bytes | None) -> "Row":
        """The row that SQLite gave. Raises JournalError where its bytes are damaged."""
        match Kind(kind):
            case Kind.BATCH:
                return cls(position, at_ms, Kind.BATCH, columns=unpack(body or b"", position))
            case Kind.RULES | Kind.CATALOG as with_files:
                return cls(position, at_ms, with_files, files=unpack_files(body or b""))
            case Kind.FILL | Kind.RETROACTIVE as with_past:
                return cls(position, at_ms, with_past, past=unpack_past(body or b"", position))
            case Kind.DECISION:
                return cls(position, at_ms, Kind.DECISION, decision=_unpack_decision(body or b"", position))
            case Kind.TICK | Kind.START | Kind.CAUGHT_UP as mark:
                return cls(position, at_ms, mark)
            case never:
                assert_never(never)

    def entry(self, catalog: Catalog, ids: SeriesIds) -> Entry:  # noqa: PLR0911  one return for each
        """The entry with the catalog's series indices; readings of series that it does not have are left out."""
        match self.kind:
            case Kind.BATCH:
                assert self.columns is not None
                return BatchEntry(self.position, self.at_ms, bind(self.columns, catalog, ids))
            case Kind.TICK:
                return TickEntry(self.position, self.at_ms)
            case Kind.START:
                return StartEntry(self.position, self.at_ms)
            case Kind.CAUGHT_UP:
                return CaughtUpEntry(self.position, self.at_ms)
            case Kind.RULES:
                return RulesEntry(self.position, self.at_ms, self.files or {})
            case Kind.CATALOG:
                return CatalogEntry(self.position, self.at_ms, self.files or {})
            case Kind.FILL | Kind.RETROACTIVE:
                assert self.past is not None
                series, from_ms = bind_series(self.past, catalog, ids)
                batch = bind(self.past.columns, catalog, ids)
                if self.kind is Kind.FILL:
                    return FillEntry(self.position, self.at_ms, series, batch)
                return RetroactiveEntry(self.position, self.at_ms, series, from_ms, batch)
            case Kind.DECISION:
                assert self.decision is not None
                return DecisionEntry(self.position, self.at_ms, self.decision)
            case never:
                assert_never(never)


def bind(columns: ReadingBatch, catalog: Catalog, ids: SeriesIds) -> ReadingBatch:
    """`columns` with the catalog's indices instead of journal ids."""
    series = ids.to_catalog(catalog)[columns.series]
    batch = ReadingBatch(series, columns.time, columns.value, columns.quality)
    known = series >= 0
    return batch if known.all() else batch.take(known)


def bind_series(past: Past, catalog: Catalog, ids: SeriesIds) -> tuple[Int32s, Int64s]:
    """The catalog's indices of the series of `past`, and their `from_ms`, ascending by index."""
    series = ids.to_catalog(catalog)[past.ids]
    order = np.argsort(series, kind="stable")
    order = order[series[order] >= 0]
    return series[order], past.from_ms[order]


def pack_files(files: Mapping[str, str]) -> bytes:
    """Files (relative path → text) as bytes; zlib brings its own checksum."""
    return zlib.compress(msgspec.json.encode(dict(files)))


def unpack_files(body: bytes) -> dict[str, str]:
    """What `pack_files` was given."""
    return msgspec.json.decode(zlib.decompress(body), type=dict[str, str])


def pack_decision(decision: Decision) -> bytes:
    """A decision as bytes."""
    return msgspec.json.encode(decision)


def _unpack_decision(body: bytes, position: int) -> Decision:
    """What `pack_decision` was given. `position` is named in the error. Raises JournalError for anything else."""
    try:
        return msgspec.json.decode(body, type=Decision)
    except msgspec.MsgspecError as error:
        raise JournalError("ingest.journal_row_damaged", position=position) from error
