"""Writing as 2.x does, into a bucket, through influxdb-client: also 3.x and VictoriaMetrics take that."""

from collections.abc import Sequence
from http import HTTPStatus

import urllib3
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService

from city.errors import UnavailableError
from ingest.stores.influxdb_server import ABOUT_THE_POINTS, InfluxDBSettings, Refusal, failure, refusal


class Bucket:
    """A bucket that points are written into; one request a call, tried once: who calls tries again."""

    def __init__(self, settings: InfluxDBSettings) -> None:
        self._name, self._org = settings.database, settings.org
        self._client = InfluxDBClient(
            settings.url, settings.secret(), org=settings.org, timeout=round(settings.timeout_s * 1000)
        )
        # Not the library's `write_api`, which takes every 2xx for success: a proxy's page for signing in is a 200.
        self._service = WriteService(self._client.api_client)  # type: ignore[no-untyped-call]

    def write(self, lines: Sequence[str]) -> Refusal | None:
        """As `Server.write` says."""
        try:
            told, status, _ = self._service.post_write_with_http_info(  # type: ignore[no-untyped-call]
                self._org,
                self._name,
                "\n".join(lines).encode(),
                precision=WritePrecision.MS,
                content_type="text/plain; charset=utf-8",
            )
        except ApiException as e:
            body = e.body or e.reason or ""
            if e.status in ABOUT_THE_POINTS:
                return refusal(len(lines), body)
            raise failure(e.status or 0, e.headers.get("Retry-After") if e.headers else None, body) from e
        except urllib3.exceptions.HTTPError as e:
            raise UnavailableError(f"InfluxDB does not answer: {e}") from e
        except UnicodeDecodeError as e:  # the library reads every answer as UTF-8, a proxy's error page too
            raise UnavailableError(f"what answers is no InfluxDB: {e}") from e
        if status != HTTPStatus.NO_CONTENT:
            raise failure(status, None, told or "")
        return None

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()  # type: ignore[no-untyped-call]
