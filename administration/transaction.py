"""One way into the database."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Final, TypeVar

import sqlalchemy as sa

from city.clock import Clock
from city.errors import UnavailableError

DATABASE_PAUSE_S: Final = 1.0  # a locked or full database is asked again at this pace

T = TypeVar("T")


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


async def until_answered(work: Callable[[], T], thread: Executor, clock: Clock, on_wait: Callable[[], object]) -> T:
    """`work`, done in `thread`: again and again while the database is away, and so nothing is lost meanwhile.

    on_wait: told each time that the database did not answer
    """
    loop = asyncio.get_running_loop()
    while True:
        try:
            return await loop.run_in_executor(thread, work)
        except UnavailableError:
            on_wait()
            await clock.sleep(DATABASE_PAUSE_S)
