"""What the store makes on a server of 2.x or 3.x, and every request of it held against what InfluxData publishes.

No such server can be had where the tests run.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from city.errors import UnavailableError
from city.ports import Aggregate, Written
from ingest.stores.influxdb import InfluxStore
from tests.support.batches import batch_of
from tests.support.described_api import Operation, read_description
from tests.support.scripted_http import Answer, Asked, ScriptedServer, scripted_server
from tests.support.small_catalog import catalog_of

T = 1_719_104_400_000
Open = Callable[..., InfluxStore]
DESCRIPTION = Path(__file__).parent / "influxdb_api.yaml"
SELECTED = {"name": "water_level", "tags": {"device": "a", "sensor": "level"}}


class Described:
    """A server that records what in its requests, and in its own answers, is not as described."""

    def __init__(self, version: str) -> None:
        self.wrong: list[str] = []
        self.used: set[str] = set()
        self.operations = read_description(DESCRIPTION, version)

    def __call__(self, asked: Asked) -> Answer:
        for operation in self.operations:
            if operation.method == asked.method and operation.path.fullmatch(asked.path):
                return self._held(operation, asked)
        self.wrong.append(f"{asked.method} {asked.path} is not described")
        return Answer(404)

    def _held(self, operation: Operation, asked: Asked) -> Answer:
        self.used.add(operation.id)
        in_json = asked.headers.get("Content-Type") == "application/json"
        self.wrong += operation.wrong(asked.query, json.loads(asked.body) if in_json and asked.body else None)
        answer = self.answer(asked)
        if answer.status not in operation.statuses:
            self.wrong.append(f"{operation.id} never answers {answer.status}")
        return answer

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/query":
            figures = b"time,count,sum,min,max" if b"count" in asked.body else b"time,value,quality"
            columns = figures.decode().split(",")
            table = SELECTED | {"columns": columns, "values": [[T, *(1 for _ in columns[1:])]]}
            return said({"results": [{"statement_id": 0, "series": [table]}]})
        return Answer(204)


def said(thing: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(thing).encode())


class Version2(Described):
    """As much of InfluxDB 2's management as the store asks for: what was made is there afterwards."""

    def __init__(self) -> None:
        super().__init__("2")
        self.made: dict[str, list[dict[str, object]]] = {"buckets": [], "dbrps": [], "tasks": []}

    def answer(self, asked: Asked) -> Answer:
        kind = asked.path.removeprefix("/api/v2/")
        if kind == "orgs":
            return said({"orgs": [{"id": "0b", "name": asked.query["org"]}]})
        if kind not in self.made:
            return super().answer(asked)
        if asked.method == "POST":
            thing = {"id": f"{kind}-{len(self.made[kind])}", **json.loads(asked.body)}
            if kind == "tasks":
                thing["name"] = str(thing["flux"]).split('name: "')[1].split('"')[0]
            self.made[kind].append(thing)
            return said(thing, 201)
        if kind == "dbrps":
            fitting = [each for each in self.made[kind] if each["retention_policy"] == asked.query["rp"]]
            return said({"content": fitting})
        return said({kind: [each for each in self.made[kind] if each["name"] == asked.query["name"]]})


class Version3(Described):
    """A database that is made at the first time of asking."""

    def __init__(self) -> None:
        super().__init__("3")
        self.wanted: list[object] = []

    def answer(self, asked: Asked) -> Answer:
        if asked.path != "/api/v3/configure/database":
            return super().answer(asked)
        self.wanted.append(json.loads(asked.body))
        return Answer(201 if len(self.wanted) == 1 else 409)


@pytest.fixture
def version_2() -> Version2:
    return Version2()


@pytest.fixture
def server(version_2: Version2) -> Iterator[ScriptedServer]:
    with scripted_server(version_2) as scripted:
        yield scripted


def used_in_every_way(store: InfluxStore) -> None:
    store.bind(catalog_of("a:level"))
    assert store.write(batch_of([(0, T, 1.0)])) == Written(1, 0)
    assert store.latest().value.tolist() == [1.0]
    assert len(store.readings(np.array([0]), T, T + 1)) == 1
    for every_ms in (60_000, 3_600_000):
        assert store.buckets(0, T, T + 1, every_ms, Aggregate.COUNT).value[0] >= 1
    store.maintain(T)


def test_of_2_buckets_mappings_and_task_are_made_once(
    server: ScriptedServer, version_2: Version2, opened: Open
) -> None:
    made = version_2.made
    for _ in range(2):
        used_in_every_way(opened(url=server.url, version="2", org="sabae", database="city", raw_days=400))
    assert version_2.wrong == []
    assert version_2.used == {operation.id for operation in version_2.operations}
    assert [(each["name"], each["retentionRules"]) for each in made["buckets"]] == [
        ("city", [{"type": "expire", "everySeconds": 400 * 86_400}]),
        ("city_hourly", []),
    ]
    assert [
        (each["database"], each["retention_policy"], each["bucketID"], each["default"]) for each in made["dbrps"]
    ] == [
        ("city", "readings", "buckets-0", True),
        ("city", "hourly", "buckets-1", False),
    ]
    (task,) = made["tasks"]
    assert task["name"] == "megane city_hourly"
    assert all(each["orgID"] == "0b" for kind in made.values() for each in kind)
    (written, _) = (asked for asked in server.asked if asked.path == "/api/v2/write")
    assert (written.query["bucket"], written.query["org"], written.query["precision"]) == ("city", "sabae", "ms")
    assert written.body == f"water_level,area=a,device=a,sensor=level,site=s,zone=z value=1.0,quality=0i {T}".encode()


def test_of_2_a_mapping_into_another_bucket_is_told(server: ScriptedServer, version_2: Version2, opened: Open) -> None:
    mapping: dict[str, object] = {"database": "city", "retention_policy": "readings", "bucketID": "another"}
    version_2.made["dbrps"].append(mapping | {"virtual": False})
    store = opened(url=server.url, version="2", org="sabae", database="city")
    store.bind(catalog_of("a:level"))
    with pytest.raises(UnavailableError, match="city/readings leads to another bucket"):
        store.write(batch_of([(0, T, 1.0)]))
    mapping |= {"virtual": True}  # made up by 2.x for a bucket of that name: ours stands before it
    version_2.made["dbrps"][:] = [mapping]
    assert store.write(batch_of([(0, T, 1.0)])) == Written(1, 0)


def test_of_3_the_database_is_made_with_its_retention(opened: Open) -> None:
    version_3 = Version3()
    with scripted_server(version_3) as server:
        for _ in range(2):
            used_in_every_way(opened(url=server.url, version="3", database="city", raw_days=400))
    assert version_3.wrong == []
    assert version_3.used == {operation.id for operation in version_3.operations}
    assert version_3.wanted == [{"db": "city", "retention_period": "400d"}] * 2
