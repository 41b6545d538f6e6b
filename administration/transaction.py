"""One way into the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from city.errors import UnavailableError


@contextmanager
def transaction(database: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction; durable when the block has ended, nothing of it happened when it raised.

    On SQLite the engine must begin IMMEDIATE, so that what was read still holds when it is written upon; on PostgreSQL
    the rows of `endpoint` are locked first, which puts writers of one lane in line.
    Raises UnavailableError where the database does not answer (locked, disk full, connection lost).
    """
    try:
        with database.begin() as connection:
            yield connection
    except sa.exc.OperationalError as e:
        raise UnavailableError(str(e.orig)) from e
