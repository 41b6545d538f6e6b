"""Real servers, one of each for all tests of this folder."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.servers import Server, free_port, influxdb, victoria_metrics
from ingest.stores import STORES
from ingest.stores.influxdb import InfluxStore

_numbers = itertools.count()


@pytest.fixture(scope="session")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("influxdb")
    with influxdb(folder, free_port(), free_port(), max_values_per_tag=3) as server:
        yield server


@pytest.fixture(scope="session")
def victoria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with victoria_metrics(tmp_path_factory.mktemp("victoria"), free_port()) as server:
        yield server


@pytest.fixture
def database() -> str:
    """A name that no other test has."""
    return f"test-{next(_numbers)}"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., InfluxStore]]:
    """Opens stores with options, and closes them at the end."""
    with ExitStack() as stack:

        def of(**options: object) -> InfluxStore:
            store = STORES["influxdb"].open(tmp_path, options)
            assert isinstance(store, InfluxStore)
            stack.callback(store.close)
            return store

        yield of
