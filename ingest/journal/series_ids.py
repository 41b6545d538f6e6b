"""The journal's own numbers for series, so that a catalog's indices never outlive that catalog."""

import threading
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from city.catalog import Catalog
from city.reading import Int32s, SeriesKey

# Catalogs whose mappings are kept: the one in force, and one before it for a consumer that has not come so far.
_CATALOGS_KEPT: Final = 4


class SeriesIds:
    """series id ↔ `SeriesKey`; an id is the key's place in the order in which the journal first met it.

    Only ever grows. Safe for use from several threads.
    """

    def __init__(self, keys: Iterable[SeriesKey] = ()) -> None:
        self._lock = threading.Lock()
        self._keys: list[SeriesKey] = []
        self._ids: dict[SeriesKey, int] = {}
        self._to_ids: dict[int, tuple[Catalog, Int32s]] = {}
        self._to_indices: dict[int, tuple[Catalog, Int32s]] = {}
        self.add(keys)

    def __len__(self) -> int:
        return len(self._keys)

    def keys(self) -> Sequence[SeriesKey]:
        """Every key, in the order of the ids."""
        with self._lock:
            return tuple(self._keys)

    def missing(self, catalog: Catalog) -> list[SeriesKey]:
        """The catalog's series without an id, in the order in which `add` will number them."""
        with self._lock:
            if id(catalog) in self._to_ids:
                return []
            return [sensor.key for sensor in catalog.sensors if sensor.key not in self._ids]

    def add(self, keys: Iterable[SeriesKey]) -> None:
        """Numbers `keys` from the next free id on."""
        with self._lock:
            for key in keys:
                self._ids[key] = len(self._keys)
                self._keys.append(key)

    def of_catalog(self, catalog: Catalog) -> Int32s:
        """int32[sensors of the catalog]: each index's id. KeyError where one is missing."""
        with self._lock:
            if kept := self._to_ids.get(id(catalog)):
                return kept[1]
            ids = np.fromiter((self._ids[s.key] for s in catalog.sensors), np.int32, len(catalog.sensors))
            return _keep(self._to_ids, catalog, ids)

    def to_catalog(self, catalog: Catalog) -> Int32s:
        """int32[ids]: each id's index in the catalog, -1 for a series that it does not have."""
        with self._lock:
            kept = self._to_indices.get(id(catalog))
            if kept and len(kept[1]) == len(self._keys):
                return kept[1]
            indices = np.fromiter((catalog.index.get(key, -1) for key in self._keys), np.int32, len(self._keys))
            return _keep(self._to_indices, catalog, indices)


def _keep(kept: dict[int, tuple[Catalog, Int32s]], catalog: Catalog, mapping: Int32s) -> Int32s:
    """Remembers `mapping` under the catalog's identity, with the catalog itself so that the identity stays its own."""
    kept.pop(id(catalog), None)
    while len(kept) >= _CATALOGS_KEPT:
        del kept[next(iter(kept))]
    kept[id(catalog)] = (catalog, mapping)
    return mapping
