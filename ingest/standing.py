"""Where validation stands at an entry of the journal: frontiers, and what the quality checks know of the past.

Both are functions of the journal's batches up to there. They are saved now and then, and found again at a start from
what was saved and the batches after it: a restart changes no flag. (But one thing: the journal keeps no reading's own
arrival, only its batch's, some hundredths of a second later; the clock check's minutes do not see that.)
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from city.catalog import Catalog
from city.reading import Int64s, ReadingBatch, SeriesKey
from ingest.frontier import pack_frontier, restore_frontier
from ingest.journal.reader import Reader
from ingest.quality.examination import Examination
from ingest.validation import Validation


class _Saved(msgspec.Struct):
    frontier: bytes
    examination: bytes


def pack_standing(validation: Validation) -> bytes:
    """Frontiers and memories as bytes, series by name."""
    saved = _Saved(pack_frontier(validation.frontier), validation.examination.pack())
    return msgspec.msgpack.encode(saved)


def restore_standing(saved: tuple[int, bytes] | None, reader: Reader, catalog: Catalog) -> Validation:
    """Validation as it stands at the journal's newest entry, for the series of `catalog`. Blocking.

    saved: position and bytes of an earlier standing. What was saved before there were checks with a memory has the
        frontiers alone; so has a memory of another form. The checks then begin anew behind it.
    """
    position, kept = (saved[0], _unpack(saved[1])) if saved else (0, None)
    keys = [sensor.key for sensor in catalog.sensors]
    frontier = restore_frontier((position, kept.frontier) if kept else None, reader, keys)
    examination = Examination(catalog)
    if kept is not None and kept.examination:
        examination.unpack(kept.examination)
    here = _places(reader.series_keys(), catalog)
    for at_ms, columns in reader.batches(position):
        places = here[columns.series]
        known = places >= 0
        examination.take_up(_bound(columns.take(known), places[known]), at_ms)
    return Validation(catalog, frontier, examination)


def _unpack(body: bytes) -> _Saved:
    # An earlier version saved the packed frontier alone; a stream of zlib begins with 0x78, a struct with 0x82.
    return _Saved(body, b"") if body[:1] == b"\x78" else msgspec.msgpack.decode(body, type=_Saved)


def _places(keys: Sequence[SeriesKey], catalog: Catalog) -> Int64s:
    """int64[journal ids]: the catalog's series, −1 for those it does not have."""
    return np.array([catalog.index.get(key, -1) for key in keys], np.int64)


def _bound(batch: ReadingBatch, series: Int64s) -> ReadingBatch:
    return ReadingBatch(series.astype(np.int32), batch.time, batch.value, batch.quality)
