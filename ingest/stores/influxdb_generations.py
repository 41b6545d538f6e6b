"""Which generation is spoken to, by the settings. influxdb-client is loaded only where it is used."""

from typing import assert_never

from ingest.stores.influxdb_1 import InfluxDB1
from ingest.stores.influxdb_server import InfluxDBSettings, Server

# ruff: noqa: PLC0415 - influxdb-client takes a second and 30 MB to load, which no other store should cost.


def open_server(settings: InfluxDBSettings) -> Server:
    """The server of that generation; nothing is asked of it yet. Raises InfluxDBError for unusable settings."""
    match settings.version:
        case "1":
            return InfluxDB1(settings)
        case "2":
            from ingest.stores.influxdb_2 import InfluxDB2

            return InfluxDB2(settings)
        case "3":
            from ingest.stores.influxdb_3 import InfluxDB3

            return InfluxDB3(settings)
        case "victoriametrics":
            from ingest.stores.victoriametrics import VictoriaMetrics

            return VictoriaMetrics(settings)
        case _:
            assert_never(settings.version)
