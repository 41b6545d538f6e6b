"""The audit log: what was done to it afterwards shows."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from administration.people.audit import FIRST, Broken, Whole, append, lines, verify
from administration.people.tables import audit, audit_head
from administration.tables import metadata
from administration.transaction import transaction
from megane.database import open_database


def written(count: int) -> sa.Engine:
    database = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    metadata.create_all(database)
    with transaction(database) as connection:
        for n in range(count):
            append(connection, 1_000 + n, "person:taro", "鯖江 太郎", "POST /v1/alerts/decisions", f"number {n}")
    return database


def test_what_nobody_touched_is_whole() -> None:
    database = written(3)
    found = verify(database)
    assert isinstance(found, Whole)
    assert (found.lines, found.hash) == (3, lines(database, None, 1)[0].hash)
    assert verify(written(0)) == Whole(0, FIRST)


@pytest.mark.parametrize("column", ["at_ms", "who", "name", "what", "about", "hash"])
@given(at=st.integers(1, 5))
def test_a_line_that_was_changed_is_named(column: str, at: int) -> None:
    database = written(5)
    with database.begin() as connection:
        value = 1 if column == "at_ms" else "0" * 64
        connection.execute(audit.update().where(audit.c.sequence == at).values({column: value}))
    assert verify(database) == Broken(at)


@given(at=st.integers(1, 5))
def test_a_line_that_was_taken_out_is_missed(at: int) -> None:
    database = written(5)
    with database.begin() as connection:
        connection.execute(audit.delete().where(audit.c.sequence == at))
    assert verify(database) == Broken(at)


def test_lines_cut_off_at_the_end_are_missed() -> None:
    database = written(5)
    with database.begin() as connection:
        connection.execute(audit.delete().where(audit.c.sequence > 3))
    assert verify(database) == Broken(4)


def test_two_lines_that_changed_places_are_found() -> None:
    database = written(4)
    with database.begin() as connection:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            connection.execute(audit.update().where(audit.c.sequence == old).values(sequence=new))
    assert verify(database) == Broken(2)


def test_what_was_rolled_back_leaves_no_line_and_no_gap() -> None:
    database = written(1)
    with database.connect() as connection, connection.begin() as begun:
        append(connection, 5, "x", "x", "x")
        begun.rollback()
    with transaction(database) as connection:
        append(connection, 6, "y", "y", "y")
    assert isinstance(verify(database), Whole)
    assert [line.sequence for line in lines(database, None, 10)] == [2, 1]
    assert [line.sequence for line in lines(database, 2, 10)] == [1]


@pytest.mark.parametrize("change", ["UPDATE audit SET what = 'nothing'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_it(tmp_path: Path, change: str) -> None:
    database = open_database(tmp_path / "city.sqlite")
    with transaction(database) as connection:
        append(connection, 5, "x", "x", "x")
    with pytest.raises(sa.exc.DatabaseError, match="only be added to"), database.begin() as connection:
        connection.execute(sa.text(change))
    assert isinstance(verify(database), Whole)
    with database.begin() as connection:
        assert connection.scalar(sa.select(audit_head.c.sequence)) == 1
    database.dispose()
