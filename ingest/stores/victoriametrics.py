"""VictoriaMetrics takes InfluxDB's writes and answers no InfluxQL: readings are kept there, and asked for elsewhere."""

from collections.abc import Sequence

from ingest.stores.influxdb_bucket import Bucket
from ingest.stores.influxdb_server import Connection, InfluxDBError, InfluxDBSettings, Refusal, failure
from ingest.stores.influxdb_tables import Table


class VictoriaMetrics:
    """Implements `Server`. `-retentionPeriod` is set where it is started.

    What it does not take (a value that is no number) it drops without a word.
    """

    def __init__(self, settings: InfluxDBSettings) -> None:
        """Connects to nobody yet. Raises InfluxDBError for settings that cannot be used."""
        self._connection = Connection(settings, settings.authorization("Bearer"), None)
        self._bucket = Bucket(settings)
        self.raw: str | None = None
        self.hourly: str | None = None

    def prepare(self) -> None:
        """Nothing is to be made. Raises UnavailableError where it is not there."""
        response = self._connection.request("GET", "/ping")
        if not response.is_success:
            raise failure(response.status_code, response.headers.get("retry-after"), response.text)

    def write(self, lines: Sequence[str]) -> Refusal | None:
        """As `Server.write` says, but durable within a second: VictoriaMetrics keeps that long in memory."""
        return self._bucket.write(lines)

    def query(self, influxql: str) -> list[Table]:  # noqa: ARG002 - as the port has it
        """Raises InfluxDBError."""
        raise InfluxDBError("ingest.influxdb_only_written")

    def reckon(self, start_ms: int, end_ms: int) -> None:
        """There are no hourly figures."""

    def close(self) -> None:
        """As `Server.close` says."""
        self._connection.close()
        self._bucket.close()
