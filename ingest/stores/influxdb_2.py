"""InfluxDB 2.x: two buckets, a task for the hourly figures, and the mapping by which InfluxQL finds them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec

from city.errors import UnavailableError
from ingest.stores import influxdb_questions as questions
from ingest.stores.hours import DAY_MS
from ingest.stores.influxdb_bucket import Bucket
from ingest.stores.influxdb_server import Connection, InfluxDBSettings, Refusal, failure
from ingest.stores.influxdb_tables import Table

RAW: Final = "readings"
HOURLY: Final = "hourly"
# Every hour the last two days anew, as in 1.x. `quality % 2` is its lowest bit, `bad`.
TASK: Final = """
import "date"

option task = {{name: {task}, every: 1h, offset: 5m}}

good = from(bucket: {raw})
    |> range(start: date.truncate(t: -2d, unit: 1h))
    |> filter(fn: (r) => r._field == "value" or r._field == "quality")
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
    |> filter(fn: (r) => r.quality % 2 == 0)
    |> drop(columns: ["quality"])
    |> rename(columns: {{value: "_value"}})

hourly = (field, fn) => good
    |> aggregateWindow(every: 1h, fn: fn, createEmpty: false, timeSrc: "_start")
    |> set(key: "_field", value: field)
    |> to(bucket: {hourly})
    |> yield(name: field)

hourly(field: "mean", fn: mean)
hourly(field: "min", fn: min)
hourly(field: "max", fn: max)
hourly(field: "sum", fn: sum)
hourly(field: "count", fn: count)
"""

A = TypeVar("A")


class _Named(msgspec.Struct):
    id: str
    name: str = ""


class _Orgs(msgspec.Struct):
    orgs: list[_Named] = []


class _Buckets(msgspec.Struct):
    buckets: list[_Named] = []


class _Tasks(msgspec.Struct):
    tasks: list[_Named] = []


class _Mapping(msgspec.Struct):
    database: str
    retention_policy: str
    bucket: str = msgspec.field(default="", name="bucketID")
    virtual: bool = False


class _Mappings(msgspec.Struct):
    content: list[_Mapping] = []


class InfluxDB2:
    """Implements `Server`. `<database>` keeps raw readings, `<database>_hourly` figures for ever."""

    def __init__(self, settings: InfluxDBSettings) -> None:
        """Connects to nobody yet. Raises InfluxDBError for settings that cannot be used."""
        self._settings = settings
        self._connection = Connection(settings, settings.authorization("Token"), None)
        self._bucket = Bucket(settings)
        database = questions.name(settings.database)
        self.raw: str | None = f"{database}.{questions.name(RAW)}."
        self.hourly: str | None = f"{database}.{questions.name(HOURLY)}."

    def prepare(self) -> None:
        """As `Server.prepare` says. A retention that a bucket already has is left to who made it."""
        if not self._settings.create:
            return
        org = self._org()
        name, days = self._settings.database, self._settings.raw_days
        hourly = f"{name}_hourly"
        raw_id = self._bucket_id(org, name, days)
        hourly_id = self._bucket_id(org, hourly, 0)
        self._map(org, raw_id, RAW, default=True)
        self._map(org, hourly_id, HOURLY, default=False)
        self._task(org, f"megane {hourly}", name, hourly)

    def write(self, lines: Sequence[str]) -> Refusal | None:
        """As `Server.write` says."""
        return self._bucket.write(lines)

    def query(self, influxql: str) -> list[Table]:
        """As `Server.query` says."""
        return self._connection.query(influxql)

    def reckon(self, start_ms: int, end_ms: int) -> None:
        """2.x cannot be told to: its InfluxQL has no INTO. The task sees to the last two days."""

    def close(self) -> None:
        """As `Server.close` says."""
        self._connection.close()
        self._bucket.close()

    def _org(self) -> str:
        found = self._ask("GET", "/api/v2/orgs", _Orgs, params={"org": self._settings.org}).orgs
        if not found:
            raise UnavailableError(f"InfluxDB has no organisation {self._settings.org!r}: set [store.options] org")
        return found[0].id

    def _bucket_id(self, org: str, name: str, days: int) -> str:
        found = self._ask("GET", "/api/v2/buckets", _Buckets, params={"orgID": org, "name": name}).buckets
        if found:
            return found[0].id
        rules = [{"type": "expire", "everySeconds": days * DAY_MS // 1000}] if days else []
        wanted = {"orgID": org, "name": name, "retentionRules": rules}
        return self._ask("POST", "/api/v2/buckets", _Named, json=wanted).id

    def _map(self, org: str, bucket: str, policy: str, *, default: bool) -> None:
        """InfluxQL's database and retention policy → bucket. What 2.x makes up itself does not count.

        Raises UnavailableError where they lead elsewhere: readings would be written here and asked for there.
        """
        database = self._settings.database
        known = self._ask("GET", "/api/v2/dbrps", _Mappings, params={"orgID": org, "db": database, "rp": policy})
        there = [each for each in known.content if each.retention_policy == policy and not each.virtual]
        if any(each.bucket != bucket for each in there):
            raise UnavailableError(
                f"InfluxDB's mapping of {database}/{policy} leads to another bucket than {bucket}: "
                "`influx v1 dbrp list`, then `update` or `delete` it"
            )
        if not there:
            wanted = {
                "orgID": org,
                "bucketID": bucket,
                "database": database,
                "retention_policy": policy,
                "default": default,
            }
            self._ask("POST", "/api/v2/dbrps", msgspec.Raw, json=wanted)

    def _task(self, org: str, task: str, raw: str, hourly: str) -> None:
        if self._ask("GET", "/api/v2/tasks", _Tasks, params={"orgID": org, "name": task}).tasks:
            return
        task_q, raw_q, hourly_q = (questions.name(each) for each in (task, raw, hourly))  # Flux quotes like InfluxQL
        flux = TASK.format(task=task_q, raw=raw_q, hourly=hourly_q)
        self._ask("POST", "/api/v2/tasks", msgspec.Raw, json={"orgID": org, "flux": flux, "status": "active"})

    def _ask(
        self, method: str, path: str, answer: type[A], *, params: dict[str, str] | None = None, json: object = None
    ) -> A:
        """An answer of the management API. Raises UnavailableError with the server's words for anything else."""
        response = self._connection.request(method, path, params=params, json=json)
        if response.status_code == HTTPStatus.NOT_FOUND and method == "GET":
            return msgspec.convert({}, answer)  # so it answers for a name that it does not know
        if not response.is_success:
            raise failure(response.status_code, response.headers.get("retry-after"), response.text)
        try:
            return msgspec.json.decode(response.content, type=answer)
        except msgspec.DecodeError as e:
            raise UnavailableError(f"what answers {path} is no InfluxDB 2: {e}") from e
