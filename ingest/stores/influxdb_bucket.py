"""Writing as 2.x does, into a bucket, through influxdb-client: also 3.x and VictoriaMetrics take that."""

from collections.abc import Sequence
from typing import cast

import urllib3
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException

from city.errors import UnavailableError
from ingest.stores.influxdb_server import ABOUT_THE_POINTS, InfluxDBSettings, Refusal, failure, refusal


class Bucket:
    """A bucket that points are written into; one request a call, tried once: who calls tries again."""

    def __init__(self, settings: InfluxDBSettings) -> None:
        self._name, self._org = settings.database, settings.org
        self._client = InfluxDBClient(
            settings.url, settings.secret(), org=settings.org, timeout=round(settings.timeout_s * 1000)
        )
        self._write = self._client.write_api(write_options=SYNCHRONOUS)

    def write(self, lines: Sequence[str]) -> Refusal | None:
        """As `Server.write` says."""
        try:
            # A str to the library itself, which declares it as something else.
            self._write.write(
                self._name, self._org, "\n".join(lines), write_precision=cast("WritePrecision", WritePrecision.MS)
            )
        except ApiException as e:
            body = e.body or e.reason or ""
            if e.status in ABOUT_THE_POINTS:
                return refusal(len(lines), body)
            raise failure(e.status or 0, e.headers.get("Retry-After") if e.headers else None, body) from e
        except urllib3.exceptions.HTTPError as e:
            raise UnavailableError(f"InfluxDB does not answer: {e}") from e
        return None

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()  # type: ignore[no-untyped-call]
