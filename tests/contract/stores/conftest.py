"""The stores that the contract is held against. Another store is one more entry here, and every test runs on it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from city.ports import Store
from ingest.stores.duckdb import DuckStore
from ingest.stores.memory import MemoryStore

OPENERS: Mapping[str, Callable[[Path], Store]] = {
    "duckdb": lambda folder: DuckStore(folder / "readings.duckdb"),
    "memory": lambda _folder: MemoryStore(),
}


@pytest.fixture(params=sorted(OPENERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = OPENERS[request.param](tmp_path)
    yield opened
    opened.close()
