"""`megane audit …`: who did what, and whether the log of it was tampered with. Reads the database: no city need run."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from administration.people.audit import AuditLine, Broken, lines, verify
from administration.people.tables import audit
from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from megane.city_home import CityHome
from megane.database import open_database
from megane.episodes import TOKYO


class AuditError(UserError):
    """The log is not what it should be, or there is none."""


class _Verified(msgspec.Struct, frozen=True):
    lines: int
    hash: str


@contextmanager
def city_database(folder: Path, *, make: bool = False) -> Iterator[sa.Engine]:
    """The database under a home folder. Raises AuditError where there is none.

    make: it may be that of a city that has not run yet
    """
    file = CityHome(folder).database
    if not (file.is_file() or (make and folder.is_dir())):
        raise AuditError("people.no-home", home=str(folder))
    database = open_database(file)
    try:
        yield database
    finally:
        database.dispose()


def run_verify(home: Path | None, expect: str | None, *, as_json: bool, lang: Lang) -> None:
    """Raises AuditError that names the first broken line, or where no line has the hash that was noted."""
    with city_database((home or Path("home")).resolve()) as database:
        found = verify(database)
        if isinstance(found, Broken):
            raise AuditError("people.audit-broken", sequence=found.sequence)
        if expect is not None and not _has(database, expect):
            raise AuditError("people.audit-not-expected", expected=expect[:64])
    if as_json:
        print(msgspec.json.encode(_Verified(found.lines, found.hash)).decode())  # noqa: T201  the command's result
    else:
        print(say("people.audit-whole", lang, lines=found.lines, hash=found.hash))  # noqa: T201  the same


def run_list(home: Path | None, limit: int, *, as_json: bool, lang: Lang) -> None:
    """The newest lines, oldest of them first."""
    with city_database((home or Path("home")).resolve()) as database:
        found = list(reversed(lines(database, None, limit)))
    if as_json:
        print(msgspec.json.encode(found).decode())  # noqa: T201  the command's result
        return
    table = Table(*(say(f"people.column-{name}", lang) for name in ("at", "who", "what", "about")))
    for line in found:
        table.add_row(_told(line), line.name, line.what, line.about)
    Console().print(table)


def _told(line: AuditLine) -> str:
    return f"{datetime.fromtimestamp(line.at_ms / 1000, TOKYO):%Y-%m-%d %H:%M:%S}"


def _has(database: sa.Engine, wanted: str) -> bool:
    with database.connect() as connection:
        return connection.scalar(sa.select(audit.c.sequence).where(audit.c.hash == wanted)) is not None
