import sqlite3
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from administration import case_tables as _cases  # noqa: F401  its tables stand in the same metadata
from administration import run_tables as _runs  # noqa: F401  the same
from administration.claims import claim
from administration.incident_shelf import IncidentShelf
from administration.joining import join
from administration.office import Office
from administration.playbook import TELL_SUBSCRIBERS
from administration.tables import metadata as administration
from alerts.ledger import Ledger
from alerts.tables import metadata as alerts
from city.alert import AlertState
from megane.database import MIGRATIONS, DatabaseError, open_database, open_for_reading
from tests.support.alert_events import alert_event
from tests.support.business import TestCity
from tests.support.postgresql import Postgresql

REVISIONS = [revision.revision for revision in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | sa.URL]:
    """Where nothing is yet."""
    if request.param == "sqlite":
        yield tmp_path / "city.sqlite"
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    with server.database() as url:
        yield url


def migrated(where: Path | sa.URL, revision: str) -> sa.Engine:
    """A database of an earlier version."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    old = sa.create_engine(where if isinstance(where, sa.URL) else f"sqlite:///{where}")
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return old


@pytest.mark.parametrize("revision", sorted(REVISIONS))
def test_from_every_earlier_version_the_migrations_make_the_tables_that_the_code_uses(
    bare: Path | sa.URL, revision: str
) -> None:
    migrated(bare, revision).dispose()
    engine = open_database(bare)
    every = sa.MetaData()
    for metadata in (alerts, administration):
        for table in metadata.sorted_tables:
            table.to_metadata(every)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, *_: name != "alembic_version"}
        )
        assert compare_metadata(context, every) == []
    engine.dispose()


def test_a_database_of_the_first_version_is_brought_up_to_date_with_what_is_in_it(bare: Path | sa.URL) -> None:
    old = migrated(bare, "0001")
    with old.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO alert (rule, subject, raised_ms, version, severity, state, decided_ms, series) "
            "VALUES ('river-danger', 'toba:water_level', 1, '1', 4, 'firing', 2, 'toba:water_level')"
        )
    old.dispose()
    engine = open_database(bare)
    (alert,) = Ledger(engine).alerts()
    assert (alert.rule, alert.severity, alert.shadow) == ("river-danger", 4, False)
    engine.dispose()


RUN = "tell-subscribers/i"
# A webhook that waits, in the tables of the version before runs were rows: columns and values in turn.
WAITS: Mapping[str, tuple[str | int, ...]] = {
    "incident": ("id", "i", "rule", "river-danger", "subject", "s", "raised_ms", 1, "severity", 4, "opened_ms", 2),
    "incident_event": ("id", "e", "incident", "i", "to_state", "firing", "at_ms", 1, "joined_ms", 2, "body", "{}"),
    "run": (
        *("id", RUN, "incident", "i", "playbook", "tell-subscribers", "playbook_version", "v"),
        *("playbook_text", TELL_SUBSCRIBERS, "state", "open", "began_ms", 2),
    ),
    "endpoint": ("id", "bosai"),
    "step": (
        *("id", "w", "run", RUN, "place", 0, "kind", "webhook", "event", "e", "endpoint", "bosai", "lane", "bosai\ns"),
        *("state", "waiting", "due_ms", 2, "until_ms", 99, "attempts", 1, "created_ms", 2),
    ),
    "attempt": (
        *("step", 1, "number", 1, "began_ms", 2, "ended_ms", 3, "outcome", "retry", "reason", "later", "answer", ""),
    ),
}


def test_webhooks_that_were_on_their_way_go_on_after_the_migration_to_runs(bare: Path | sa.URL) -> None:
    old = migrated(bare, "0009_cases")
    with old.begin() as connection:
        for table, values in WAITS.items():
            row = {str(name): value for name, value in zip(values[::2], values[1::2], strict=True)}
            connection.execute(sa.table(table, *map(sa.column, row)).insert(), row)
    old.dispose()
    engine = open_database(bare)
    office = Office(TestCity({"bosai": "http://127.0.0.1:9/"}, ("s:x",)), TestCity({"bosai": "http://127.0.0.1:9/"}))
    resolved = alert_event("s", AlertState.RESOLVED, raised_ms=1, at_ms=5)
    assert join(engine, office, [resolved], 6).deliveries == 1  # who was told of its beginning is told of its end
    (due,) = claim(engine, "city", 6, 60_000, {}).deliveries
    assert (due.id, due.attempts) == ("w", 1)
    found = IncidentShelf(engine, office).incident("i")
    assert found is not None
    assert (found.over, [step.status for step in found.steps]) == (True, ["done"])
    engine.dispose()


def test_opening_it_again_changes_nothing(bare: Path | sa.URL) -> None:
    for _ in range(2):
        open_database(bare).dispose()


def test_several_that_start_at_once_bring_a_server_up_to_date_one_after_the_other(postgresql: Postgresql) -> None:
    with postgresql.database() as url, ThreadPoolExecutor(4) as threads:
        for engine in threads.map(open_database, [url] * 4):
            assert Ledger(engine).alerts() == []
            engine.dispose()


def test_a_commit_is_on_disk_before_it_returns(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "city.sqlite")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


def test_a_commit_on_a_server_is_durable_before_it_returns(postgresql: Postgresql, postgresql_template: str) -> None:
    with postgresql.database(postgresql_template) as url:
        engine = open_database(url)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
        engine.dispose()


def test_who_only_reads_cannot_write(place: Path | sa.URL) -> None:
    open_database(place).dispose()
    reading = open_for_reading(place)
    with reading.connect() as connection, pytest.raises(sa.exc.DBAPIError, match=r"read-?only"):
        connection.exec_driver_sql("DELETE FROM alert")
    reading.dispose()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "city.sqlite"
    file.write_bytes(b"minutes of the council" * 100)
    with pytest.raises(DatabaseError, match=r"city\.sqlite"):
        open_database(file)
    assert file.read_bytes() == b"minutes of the council" * 100


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "city.sqlite"
    open_database(file).dispose()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(DatabaseError, match="9999"):
        open_database(file)
