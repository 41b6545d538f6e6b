"""InfluxDB 1.x: plain HTTP, retention policies, and a continuous query for the hourly figures."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from ingest.stores import influxdb_questions as questions
from ingest.stores.influxdb_server import (
    ABOUT_THE_POINTS,
    Connection,
    InfluxDBSettings,
    Refusal,
    failure,
    refusal,
)
from ingest.stores.influxdb_tables import Table

RAW: Final = "readings"
HOURLY: Final = "hourly"
# A device that was cut off for two days still finds its hours reckoned; what comes later is seen to by `maintain`.
LATE: Final = "2d"
# A day of 10,000 sensors that report every minute is 14 million readings.
RECKONING_S: Final = 60.0


class InfluxDB1:
    """Implements `Server`. Raw readings are in the default policy, so that who asks plainly finds them."""

    def __init__(self, settings: InfluxDBSettings) -> None:
        """Connects to nobody yet. Raises InfluxDBError for settings that cannot be used."""
        auth = (settings.username, settings.secret()) if settings.username else None
        self._connection = Connection(settings, {}, auth)
        self._settings = settings
        self._database = questions.name(settings.database)
        self.raw: str | None = f"{self._database}.{questions.name(RAW)}."
        self.hourly: str | None = f"{self._database}.{questions.name(HOURLY)}."

    def prepare(self) -> None:
        """As `Server.prepare` says."""
        if not self._settings.create:
            return
        database, days = self._database, self._settings.raw_days
        duration = f"{days}d" if days else "INF"
        self.query(f"CREATE DATABASE {database}")
        known = {
            str(policy)
            for table in self.query(f"SHOW RETENTION POLICIES ON {database}")
            for policy in table.column("name")
        }
        for policy, keep in (
            (RAW, f"DURATION {duration} REPLICATION 1 DEFAULT"),
            (HOURLY, "DURATION INF REPLICATION 1"),
        ):
            verb = "ALTER" if policy in known else "CREATE"
            self.query(f"{verb} RETENTION POLICY {questions.name(policy)} ON {database} {keep}")
        assert self.raw is not None
        assert self.hourly is not None
        # It cannot be altered, and an older version of ours may be there.
        self.query(
            f"DROP CONTINUOUS QUERY {questions.name(HOURLY)} ON {database}; "
            f"CREATE CONTINUOUS QUERY {questions.name(HOURLY)} ON {database} RESAMPLE EVERY 1h FOR {LATE} "
            f"BEGIN {questions.reckoning(self.raw, self.hourly)} END"
        )

    def write(self, lines: Sequence[str]) -> Refusal | None:
        """As `Server.write` says: in the write-ahead log, synchronised, before it answers (`wal-fsync-delay` 0)."""
        response = self._connection.request(
            "POST",
            "/write",
            params={"db": self._settings.database, "rp": RAW, "precision": "ms"},
            content="\n".join(lines).encode(),
        )
        if response.status_code == HTTPStatus.NO_CONTENT:
            return None
        if response.status_code in ABOUT_THE_POINTS:
            return refusal(len(lines), response.text)
        raise failure(response.status_code, response.headers.get("retry-after"), response.text)

    def query(self, influxql: str) -> list[Table]:
        """As `Server.query` says."""
        return self._connection.query(influxql)

    def reckon(self, start_ms: int, end_ms: int) -> None:
        """As `Server.reckon` says."""
        assert self.raw is not None
        assert self.hourly is not None
        self._connection.query(
            questions.reckoning(self.raw, self.hourly, questions.within(start_ms, end_ms)), RECKONING_S
        )

    def close(self) -> None:
        """As `Server.close` says."""
        self._connection.close()
