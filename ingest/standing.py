"""Where things stand at an entry of the journal: frontiers, what the quality checks know of the past, sensors' health.

They are functions of the journal's batches up to there. They are saved now and then, and found again at a start from
what was saved and the batches after it: a restart changes no flag. But for this: the journal keeps no reading's own
arrival, only its batch's, some hundredths of a second later, which the clock check's minutes do not see; and after a
crash, readings that went to the quarantine since the last saving are not counted against their sensors' health.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from city.catalog import Catalog
from city.reading import Int64s, ReadingBatch, SeriesKey
from ingest.frontier import pack_frontier, restore_frontier
from ingest.journal.reader import Reader
from ingest.quality.examination import Examination
from ingest.quality.keeping import pack_memories, unpack_memories
from ingest.sensor_health import SensorHealth
from ingest.validation import Validation

_HEALTH: Final = "health"


class _Saved(msgspec.Struct):
    frontier: bytes
    memories: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is known of the journal's batches where a next one is to be judged."""

    validation: Validation
    health: SensorHealth


def pack_standing(standing: Standing, keys: Sequence[SeriesKey]) -> bytes:
    """Frontiers and memories as bytes, series by name; `keys[i]` is the series with index i."""
    validation = standing.validation
    memories = {**validation.examination.memories(), _HEALTH: standing.health.memory()}
    return msgspec.msgpack.encode(_Saved(pack_frontier(validation.frontier), pack_memories(memories, keys)))


def restore_standing(saved: tuple[int, bytes] | None, reader: Reader, catalog: Catalog) -> Standing:
    """Where things stand at the journal's newest entry, for the series of `catalog`. Blocking.

    saved: position and bytes of an earlier standing. What was saved before there were checks with a memory has the
        frontiers alone; so has a memory of another form. Checks and health then begin anew behind it.
    """
    position, kept = (saved[0], _unpack(saved[1])) if saved else (0, None)
    keys = [sensor.key for sensor in catalog.sensors]
    frontier = restore_frontier((position, kept.frontier) if kept else None, reader, keys)
    examination, health = Examination(catalog), SensorHealth(catalog)
    if kept is not None and kept.memories:
        memories = unpack_memories(kept.memories, keys)
        examination.remember(memories)
        if _HEALTH in memories:
            health.remember(memories[_HEALTH])
    here = _places(reader.series_keys(), catalog)
    for at_ms, columns in reader.batches(position):
        places = here[columns.series]
        known = places >= 0
        batch = _bound(columns.take(known), places[known])
        examination.take_up(batch, at_ms)
        health.count(at_ms, batch, np.empty(0, np.int32))
    return Standing(Validation(catalog, frontier, examination), health)


def _unpack(body: bytes) -> _Saved:
    # An earlier version saved the packed frontier alone; a stream of zlib begins with 0x78, a struct with 0x82.
    return _Saved(body, b"") if body[:1] == b"\x78" else msgspec.msgpack.decode(body, type=_Saved)


def _places(keys: Sequence[SeriesKey], catalog: Catalog) -> Int64s:
    """int64[journal ids]: the catalog's series, −1 for those it does not have."""
    return np.array([catalog.index.get(key, -1) for key in keys], np.int64)


def _bound(batch: ReadingBatch, series: Int64s) -> ReadingBatch:
    return ReadingBatch(series.astype(np.int32), batch.time, batch.value, batch.quality)
