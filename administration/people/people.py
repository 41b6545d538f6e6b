"""The people of the city and their offices: who is there, who may what, and how somebody gets in for the first time."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from administration.people.audit import append
from administration.people.secret import hashed, new_secret
from administration.people.tables import link, office, person, session
from administration.transaction import transaction
from city.catalog import Department
from city.clock import Clock
from city.errors import UserError
from city.principal import CITY, Office, Principal
from city.right import RIGHTS, Right, Role

LINK_MS: Final = 48 * 3_600_000  # over a weekend's night shift; a new one is a click
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}", re.ASCII)
_FIRST: Final = "admin"
_SETUP: Final = Principal("system:setup", "Megane")


class PeopleError(UserError):
    """What was asked cannot be."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works for the city. can_sign_in: they have a password, or came by the provider before."""

    id: str
    login: str
    name: str
    mail: str | None
    offices: tuple[Office, ...]
    made_ms: int
    disabled_ms: int | None
    can_sign_in: bool

    @property
    def principal(self) -> Principal:
        """Who they are to every door."""
        return Principal(f"person:{self.id}", self.name, self.offices)


class People:
    """Blocking; durable on return. Every change stands in the audit log."""

    def __init__(self, database: sa.Engine, clock: Clock, tree: Callable[[], Mapping[str, Department]]) -> None:
        self._database = database
        self._clock = clock
        self._tree = tree

    def all(self) -> Sequence[Person]:
        """Everybody, by login."""
        with transaction(self._database) as connection:
            return read_people(connection)

    def add(
        self, login: str, name: str, mail: str | None, offices: Sequence[Office], by: Principal
    ) -> tuple[Person, str]:
        """Somebody new, and the secret of a link by which they set their password. Raises PeopleError."""
        login = login.strip().casefold()
        if not _LOGIN.fullmatch(login):
            raise PeopleError("people.login", login=login[:80])
        self._check(name, offices)
        now_ms, ident = self._clock.now_ms(), secrets.token_hex(8)
        with transaction(self._database) as connection:
            if connection.scalar(sa.select(person.c.id).where(person.c.login == login)):
                raise PeopleError("people.login_taken", login=login)
            connection.execute(
                person.insert(), [{"id": ident, "login": login, "name": name, "mail": mail, "made_ms": now_ms}]
            )
            _write_offices(connection, ident, offices)
            secret = _new_link(connection, ident, now_ms)
            append(connection, now_ms, by.id, by.name, "person added", f"{login} {told(offices)}")
            return read_people(connection, ident)[0], secret

    def change(self, ident: str, name: str, mail: str | None, offices: Sequence[Office], by: Principal) -> Person:
        """Their name, address and offices from now on; at their next request already. Raises PeopleError."""
        self._check(name, offices)
        with transaction(self._database) as connection:
            before = self._one(connection, ident)
            connection.execute(person.update().where(person.c.id == ident).values(name=name, mail=mail))
            _write_offices(connection, ident, offices)
            self._keep_one_who_can(connection)
            about = f"{before.login} {told(before.offices)} → {told(offices)}"
            append(connection, self._clock.now_ms(), by.id, by.name, "person changed", about)
            return read_people(connection, ident)[0]

    def disable(self, ident: str, by: Principal) -> Person:
        """They are out at once, with every session they have; what they did stays. Raises PeopleError."""
        now_ms = self._clock.now_ms()
        with transaction(self._database) as connection:
            found = self._one(connection, ident)
            connection.execute(
                person.update().where(person.c.id == ident, person.c.disabled_ms.is_(None)).values(disabled_ms=now_ms)
            )
            connection.execute(session.delete().where(session.c.person == ident))
            connection.execute(link.delete().where(link.c.person == ident))
            self._keep_one_who_can(connection)
            append(connection, now_ms, by.id, by.name, "person disabled", found.login)
            return read_people(connection, ident)[0]

    def new_link(self, ident: str, by: Principal) -> str:
        """The secret of a link for a new password; one that was made before is void, and who was disabled is back."""
        now_ms = self._clock.now_ms()
        with transaction(self._database) as connection:
            found = self._one(connection, ident)
            connection.execute(person.update().where(person.c.id == ident).values(disabled_ms=None))
            secret = _new_link(connection, ident, now_ms)
            append(connection, now_ms, by.id, by.name, "link made", found.login)
            return secret

    def first_link(self) -> str | None:
        """Where nobody who may look after people can sign in: a link for the first who may, made anew each time."""
        now_ms = self._clock.now_ms()
        with transaction(self._database) as connection:
            people = read_people(connection)
            if any(one.can_sign_in for one in people if _looks_after_people(one)):
                return None
            found = next((one for one in people if _looks_after_people(one)), None)
            ident = found.id if found is not None else secrets.token_hex(8)
            if found is None:
                row = {"id": ident, "login": _FIRST, "name": "管理者", "made_ms": now_ms}
                connection.execute(person.insert(), [row])
                _write_offices(connection, ident, [Office(Role.DIGITAL, CITY)])
                append(connection, now_ms, _SETUP.id, _SETUP.name, "person added", f"{_FIRST} first administrator")
            return _new_link(connection, ident, now_ms)

    def _check(self, name: str, offices: Sequence[Office]) -> None:
        if not name.strip():
            raise PeopleError("people.no_name")
        tree = self._tree()
        for one in offices:
            if one.unit != CITY and one.unit not in tree:
                raise PeopleError("people.unknown_unit", unit=one.unit[:80], known=", ".join(tree))

    def _one(self, connection: sa.Connection, ident: str) -> Person:
        found = read_people(connection, ident)
        if not found:
            raise PeopleError("people.unknown", person=ident[:80])
        return found[0]

    def _keep_one_who_can(self, connection: sa.Connection) -> None:
        """A city in which nobody may look after people could be opened again only by its files."""
        if not any(_looks_after_people(one) for one in read_people(connection)):
            raise PeopleError("people.last_administrator")


def read_people(connection: sa.Connection, ident: str | None = None) -> list[Person]:
    """Everybody by login, or the one of that id."""
    wanted, places = sa.select(person).order_by(person.c.login), sa.select(office).order_by(office.c.role)
    if ident is not None:
        wanted, places = wanted.where(person.c.id == ident), places.where(office.c.person == ident)
    offices: dict[str, list[Office]] = {}
    for row in connection.execute(places):
        offices.setdefault(row.person, []).append(Office(Role(row.role), row.unit))
    return [
        Person(
            id=row.id,
            login=row.login,
            name=row.name,
            mail=row.mail,
            offices=tuple(offices.get(row.id, ())),
            made_ms=row.made_ms,
            disabled_ms=row.disabled_ms,
            can_sign_in=row.password is not None or row.subject is not None,
        )
        for row in connection.execute(wanted)
    ]


def told(offices: Sequence[Office]) -> str:
    """Offices in one line, as the audit log has them."""
    return ", ".join(f"{one.role}@{one.unit or '*'}" for one in offices) or "-"


def _looks_after_people(one: Person) -> bool:
    return one.disabled_ms is None and any(Right.PEOPLE in RIGHTS[each.role] for each in one.offices)


def _write_offices(connection: sa.Connection, ident: str, offices: Sequence[Office]) -> None:
    connection.execute(office.delete().where(office.c.person == ident))
    rows = [{"person": ident, "role": one.role, "unit": one.unit} for one in dict.fromkeys(offices)]
    if rows:
        connection.execute(office.insert(), rows)


def _new_link(connection: sa.Connection, ident: str, now_ms: int) -> str:
    secret = new_secret()
    connection.execute(link.delete().where(sa.or_(link.c.person == ident, link.c.ends_ms <= now_ms)))
    connection.execute(link.insert(), [{"hash": hashed(secret), "person": ident, "ends_ms": now_ms + LINK_MS}])
    return secret
