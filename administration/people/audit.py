"""Who did what, and when: a log that can only be added to, each line chained to the one before by its hash.

A line that is changed, taken out or put in between breaks the chain from there on; lines cut off at the end no longer
agree with the head that the log keeps beside it. Who can write the database file could forge all of it: the last hash,
noted elsewhere (`megane audit verify` prints it), shows that too.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import sqlalchemy as sa

from administration.people.tables import audit, audit_head
from administration.transaction import transaction

FIRST: Final = "0" * 64  # what the first line is chained to
ABOUT_AT_MOST: Final = 2_000  # characters: enough for ids and what changed; the records themselves lie elsewhere
READ_AT_ONCE: Final = 5_000  # lines: 2 MB, however long the log


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line. who: the principal's id; name: as people read it; what: a verb, or method and path; about: on what."""

    sequence: int
    at_ms: int
    who: str
    name: str
    what: str
    about: str
    hash: str


@dataclass(frozen=True, slots=True)
class Whole:
    """The chain holds. hash: of the last line, to be noted elsewhere."""

    lines: int
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first line at which it does not."""

    sequence: int


def append(connection: sa.Connection, at_ms: int, who: str, name: str, what: str, about: str = "") -> None:
    """Adds a line in the caller's transaction: what it tells of and the line are durable together, or neither is."""
    head = connection.execute(sa.select(audit_head).with_for_update()).first()
    sequence, before = (head.sequence + 1, head.hash) if head is not None else (1, FIRST)
    about = about[:ABOUT_AT_MOST]
    line = _chained(sequence, at_ms, who, name[:64], what[:80], about, before)
    fields = {name: getattr(line, name) for name in AuditLine.__slots__}
    connection.execute(audit.insert(), [fields])
    if head is None:
        connection.execute(audit_head.insert(), [{"only": 1, "sequence": sequence, "hash": line.hash}])
    else:
        connection.execute(audit_head.update().values(sequence=sequence, hash=line.hash))


def lines(database: sa.Engine, before: int | None, limit: int) -> Sequence[AuditLine]:
    """The newest first, from before that number on."""
    wanted = sa.select(audit).order_by(audit.c.sequence.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(audit.c.sequence < before)
    with transaction(database) as connection:
        return [AuditLine(*row) for row in connection.execute(wanted)]


def verify(database: sa.Engine) -> Whole | Broken:
    """Reads the log from its first line to its last."""
    before, expected = FIRST, 1
    for line in _all(database):
        made = _chained(line.sequence, line.at_ms, line.who, line.name, line.what, line.about, before)
        if line.sequence != expected or made.hash != line.hash:
            return Broken(expected)
        before, expected = line.hash, expected + 1
    with transaction(database) as connection:
        head = connection.execute(sa.select(audit_head)).first()
    count, last = (head.sequence, head.hash) if head is not None else (0, FIRST)
    if (count, last) != (expected - 1, before):
        return Broken(expected)
    return Whole(count, last)


def _all(database: sa.Engine) -> Iterator[AuditLine]:
    """Oldest first, a portion a time: nobody who wants to write waits for a reader of years."""
    after = 0
    while True:
        wanted = sa.select(audit).where(audit.c.sequence > after).order_by(audit.c.sequence).limit(READ_AT_ONCE)
        with transaction(database) as connection:
            rows = [AuditLine(*row) for row in connection.execute(wanted)]
        yield from rows
        if not rows:
            return
        after = rows[-1].sequence


def _chained(sequence: int, at_ms: int, who: str, name: str, what: str, about: str, before: str) -> AuditLine:
    told = msgspec.json.encode([before, sequence, at_ms, who, name, what, about])
    return AuditLine(sequence, at_ms, who, name, what, about, hashlib.sha256(told).hexdigest())
