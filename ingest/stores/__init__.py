"""Where readings stay: every kind of store there is to choose from."""

from collections.abc import Mapping
from typing import Final

from ingest.stores import duckdb, memory
from ingest.stores.kind import StoreKind

STORES: Final[Mapping[str, StoreKind[duckdb.DuckDBSettings] | StoreKind[memory.MemorySettings]]] = {
    duckdb.KIND.name: duckdb.KIND,
    memory.KIND.name: memory.KIND,
}
