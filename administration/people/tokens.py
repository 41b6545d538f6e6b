"""Tokens of programs: shown once, kept as hashes, with a scope and an end."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from administration.people.audit import append
from administration.people.people import PeopleError
from administration.people.secret import hashed, new_secret
from administration.people.tables import token
from administration.transaction import transaction
from city.clock import Clock
from city.principal import Principal
from city.right import Scope

PREFIX: Final = "megane_"  # so that one that was published by mistake can be searched for
DAY_MS: Final = 86_400_000
LONGEST_DAYS: Final = 400  # a year and a month: what nobody renews once a year is nobody's any more
_NOTE_USE_MS: Final = 3_600_000  # a write an hour and token, however often it is used


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of one. Its secret is not."""

    id: str
    name: str
    scope: Scope
    made_ms: int
    made_by: str
    ends_ms: int
    revoked_ms: int | None
    used_ms: int | None

    @property
    def principal(self) -> Principal:
        """Who it is to every door."""
        return Principal(f"token:{self.id}", self.name, scope=self.scope)


class Tokens:
    """Blocking; durable on return. Making and revoking stand in the audit log."""

    def __init__(self, database: sa.Engine, reading: sa.Engine, clock: Clock) -> None:
        """`reading` only reads: a program that asks must not wait for a writer."""
        self._database = database
        self._reading = reading
        self._clock = clock

    def make(self, name: str, scope: Scope, days: int, by: Principal) -> tuple[Token, str]:
        """A new one, good for so many days, and its secret. Raises PeopleError."""
        if not name.strip():
            raise PeopleError("people.no_name")
        if not 1 <= days <= LONGEST_DAYS:
            raise PeopleError("people.token_days", days=days, longest=LONGEST_DAYS)
        now_ms, secret = self._clock.now_ms(), PREFIX + new_secret()
        made = Token(
            id=secrets.token_hex(4),
            name=name.strip()[:64],
            scope=scope,
            made_ms=now_ms,
            made_by=by.name[:64],
            ends_ms=now_ms + days * DAY_MS,
            revoked_ms=None,
            used_ms=None,
        )
        with transaction(self._database) as connection:
            fields = {name: getattr(made, name) for name in Token.__slots__}
            connection.execute(token.insert(), [fields | {"hash": hashed(secret)}])
            append(connection, now_ms, by.id, by.name, "token made", f"{made.id} {made.name} {scope} {days} d")
        return made, secret

    def all(self) -> Sequence[Token]:
        """Every one, the newest first."""
        with transaction(self._database) as connection:
            return [_read(row) for row in connection.execute(sa.select(token).order_by(token.c.made_ms.desc()))]

    def revoke(self, ident: str, by: Principal) -> Token:
        """It opens nothing from now on. Raises PeopleError where there is none of that id."""
        now_ms = self._clock.now_ms()
        with transaction(self._database) as connection:
            connection.execute(
                token.update().where(token.c.id == ident, token.c.revoked_ms.is_(None)).values(revoked_ms=now_ms)
            )
            row = connection.execute(sa.select(token).where(token.c.id == ident)).first()
            if row is None:
                raise PeopleError("people.unknown_token", token=ident[:80])
            append(connection, now_ms, by.id, by.name, "token revoked", f"{row.id} {row.name}")
            return _read(row)

    def of(self, secret: str) -> Token | None:
        """The one that this secret opens, while it is good."""
        now_ms = self._clock.now_ms()
        with self._reading.connect() as connection:
            row = connection.execute(sa.select(token).where(token.c.hash == hashed(secret))).first()
        if row is None or row.revoked_ms is not None or row.ends_ms <= now_ms:
            return None
        if row.used_ms is None or now_ms - row.used_ms >= _NOTE_USE_MS:
            with transaction(self._database) as connection:
                connection.execute(token.update().where(token.c.id == row.id).values(used_ms=now_ms))
        return _read(row)


def _read(row: sa.Row[tuple[object, ...]]) -> Token:
    fields = {name: getattr(row, name) for name in Token.__slots__}
    return Token(**fields | {"scope": Scope(fields["scope"])})
