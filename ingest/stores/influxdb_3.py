"""InfluxDB 3.x: a database with its retention; it keeps no hourly figures by itself, nor needs them to be fast."""

from collections.abc import Sequence
from http import HTTPStatus

from ingest.stores.influxdb_bucket import Bucket
from ingest.stores.influxdb_server import Connection, InfluxDBSettings, Refusal, failure
from ingest.stores.influxdb_tables import Table


class InfluxDB3:
    """Implements `Server`: writes as 2.x does, is asked in InfluxQL."""

    def __init__(self, settings: InfluxDBSettings) -> None:
        """Connects to nobody yet. Raises InfluxDBError for settings that cannot be used."""
        self._settings = settings
        self._connection = Connection(settings, settings.authorization("Bearer"), None)
        self._bucket = Bucket(settings)
        self.raw: str | None = ""
        self.hourly: str | None = None

    def prepare(self) -> None:
        """As `Server.prepare` says. The retention of a database that is there cannot be changed in 3.x Core."""
        if not self._settings.create:
            return
        days = self._settings.raw_days
        wanted = {"db": self._settings.database} | ({"retention_period": f"{days}d"} if days else {})
        response = self._connection.request("POST", "/api/v3/configure/database", json=wanted)
        if not response.is_success and response.status_code != HTTPStatus.CONFLICT:
            raise failure(response.status_code, response.headers.get("retry-after"), response.text)

    def write(self, lines: Sequence[str]) -> Refusal | None:
        """As `Server.write` says."""
        return self._bucket.write(lines)

    def query(self, influxql: str) -> list[Table]:
        """As `Server.query` says."""
        return self._connection.query(influxql)

    def reckon(self, start_ms: int, end_ms: int) -> None:
        """There are no hourly figures."""

    def close(self) -> None:
        """As `Server.close` says."""
        self._connection.close()
        self._bucket.close()
