"""Fixtures that every kind of test may ask for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa

from bench import servers
from tests.support.postgresql import Postgresql

# No test asserts how long something takes, and a loaded machine may take its time.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Gives ports of the loopback that nobody listens on."""
    return servers.free_port


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """A PostgreSQL server for all tests of this process; who kills one starts one of their own."""
    with Postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: Postgresql) -> str:
    """A database in it that has all tables."""
    return postgresql.make_template()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | sa.URL]:
    """Where a city's database is to be: a file that is not there yet, and a database of a server, with its tables."""
    if request.param == "sqlite":
        yield tmp_path / "city.sqlite"
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    with server.database(request.getfixturevalue("postgresql_template")) as url:
        yield url
