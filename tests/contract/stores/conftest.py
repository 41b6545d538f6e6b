"""The stores that the contract is held against: every kind in the table, those that need a server with a real one."""

import itertools
from collections.abc import Callable, Iterator, Mapping

import pytest

from bench.servers import free_port, influxdb
from city.ports import Store
from ingest.stores import STORES, Kind

_numbers = itertools.count()


@pytest.fixture(scope="session")
def influxdb_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with influxdb(tmp_path_factory.mktemp("influxdb"), free_port(), free_port()) as server:
        yield server.url


@pytest.fixture
def options(request: pytest.FixtureRequest) -> Callable[[Kind], Mapping[str, object]]:
    """Settings with which a kind of store opens for a test: as they are, or at a server, with a database of its own.

    The tests' readings are years old, which InfluxDB's own retention would not take.
    """

    def of(kind: Kind) -> Mapping[str, object]:
        if kind.embedded:
            return {}
        url = request.getfixturevalue("influxdb_url")
        return {"url": url, "version": "1", "database": f"test-{next(_numbers)}", "raw_days": 0}

    return of


@pytest.fixture(params=sorted(STORES))
def kind(request: pytest.FixtureRequest) -> Kind:
    return STORES[request.param]


@pytest.fixture
def store(
    kind: Kind, options: Callable[[Kind], Mapping[str, object]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    opened = kind.open(tmp_path_factory.mktemp("store"), options(kind))
    yield opened
    opened.close()
