"""Where readings stay: every kind of store there is to choose from."""

from collections.abc import Mapping
from typing import Final

from ingest.stores import duckdb, influxdb, memory
from ingest.stores.influxdb_server import InfluxDBSettings
from ingest.stores.kind import StoreKind

Kind = StoreKind[duckdb.DuckDBSettings] | StoreKind[InfluxDBSettings] | StoreKind[memory.MemorySettings]

STORES: Final[Mapping[str, Kind]] = {
    duckdb.KIND.name: duckdb.KIND,
    influxdb.KIND.name: influxdb.KIND,
    memory.KIND.name: memory.KIND,
}
