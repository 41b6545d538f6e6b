"""One way into the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from city.errors import UnavailableError


@contextmanager
def transaction(database: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction; durable when the block has ended, nothing of it happened when it raised.

    On SQLite the engine must begin IMMEDIATE, so that what was read still holds when it is written upon; on PostgreSQL
    (READ COMMITTED) the rows of `incident` are locked first, which puts those in line who have to do with one run, then
    those of `endpoint`, which does so for writers of one lane, then deliveries, then runs: two never wait for each
    other.
    Raises UnavailableError where the database does not answer (locked, disk full, connection lost, no connection free)
    or chose this transaction to end a deadlock.
    """
    try:
        with database.begin() as connection:
            yield connection
    except (sa.exc.OperationalError, sa.exc.TimeoutError) as e:
        raise UnavailableError(str(getattr(e, "orig", e))) from e
