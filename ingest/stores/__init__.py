"""Where readings stay: every kind of store there is to choose from."""

from collections.abc import Mapping
from typing import Final

from ingest.stores import memory
from ingest.stores.kind import StoreKind

STORES: Final[Mapping[str, StoreKind[memory.MemorySettings]]] = {
    memory.KIND.name: memory.KIND,
}
